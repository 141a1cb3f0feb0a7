package naming

import (
	"errors"
	"fmt"
)

// ErrUnknownStrategy is the class of errors about a strategy name that [Parse] does not know.
var ErrUnknownStrategy = errors.New("unknown naming strategy")

// UnknownStrategyError reports a strategy name that [Parse] does not know. It is an [ErrUnknownStrategy].
type UnknownStrategyError struct {
	// Name is what was asked for.
	Name string
}

// Error says which names exist.
func (e *UnknownStrategyError) Error() string {
	return fmt.Sprintf("naming: %v %q (underscore, underscore-singular, mongo, mongo-singular, entity-case)",
		ErrUnknownStrategy, e.Name)
}

// Unwrap gives the class of the error.
func (e *UnknownStrategyError) Unwrap() error { return ErrUnknownStrategy }
