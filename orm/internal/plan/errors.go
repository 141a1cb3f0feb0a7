package plan

import (
	"errors"
	"strings"
)

// ErrCycle reports rows that depend on each other in a ring none of whose
// references can be written later.
var ErrCycle = errors.New("rows depend on each other in a ring")

// CycleError is a ring that cannot be broken.
type CycleError struct {
	// Path are the properties (or unique keys) the ring runs through.
	Path []string
	// Entities are the entities on the ring, each where the property of the same index leads to.
	Entities []string
}

// Error returns "plan: rows depend on each other in a ring: Book.author, ...".
func (e *CycleError) Error() string {
	return "plan: " + ErrCycle.Error() + ": " + strings.Join(e.Path, ", ") +
		"; make one of these nullable, or flush in two parts"
}

// Unwrap returns ErrCycle.
func (e *CycleError) Unwrap() error { return ErrCycle }
