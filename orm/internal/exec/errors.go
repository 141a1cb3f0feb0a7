package exec

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// ErrStale reports a locked row that another transaction changed or deleted.
var ErrStale = errors.New("row was changed by another transaction")

// StaleError is a row whose version is not the expected one.
type StaleError struct {
	Change *changeset.Change
	// Suspects are the rows it is one of, where the count does not tell more; Change is
	// a guess then. What the database holds when this flush is undone tells.
	Suspects []*changeset.Change
}

// Error returns "exec: update Author 7: row was changed ...".
func (e *StaleError) Error() string { return fmt.Sprintf("exec: %s: %s", e.Change, ErrStale) }

// Unwrap returns ErrStale.
func (e *StaleError) Unwrap() error { return ErrStale }

// OpError is a failed operation of a plan.
type OpError struct {
	// Step is the step, Op the operation when it is known, else nil.
	Step *plan.Step
	Op   *plan.Op
	// Deferred are the constraints that were checked at the end, when one of them failed.
	Deferred []*constraint.Unique
	Err      error
}

// Error returns the engine's message.
func (e *OpError) Error() string { return e.Err.Error() }

// Unwrap returns the engine's error.
func (e *OpError) Unwrap() error { return e.Err }

// Free returns the value that the failed operation could not write in place of
// another, nil when it was about something else.
func (e *OpError) Free() *plan.Free {
	if e.Step == nil || e.Step.Role != plan.Release {
		return nil
	}
	op := e.Op
	if op == nil {
		op = e.Step.Ops[0]
	}
	for _, v := range op.Written() {
		if f, ok := v.(*plan.Free); ok {
			return f
		}
	}
	return nil
}
