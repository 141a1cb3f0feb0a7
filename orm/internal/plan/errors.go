package plan

import (
	"errors"
	"strings"

	"github.com/weft-orm/weft/orm/internal/constraint"
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
	// Missing says which unique values no other can stand for meanwhile, why, and what helps.
	Missing []string
}

// Error returns "plan: rows depend on each other in a ring: Book.author, ...".
func (e *CycleError) Error() string {
	text := "plan: " + ErrCycle.Error() + ": " + strings.Join(e.Path, ", ")
	if len(e.Missing) > 0 {
		return text + "; " + strings.Join(e.Missing, "; ")
	}
	return text + "; make one of these nullable, or flush in two parts"
}

// mend says what helps where no value of a unique key is free.
func mend(u *constraint.Unique) string {
	if u.Primary {
		return "flush in two parts, through a key that is free"
	}
	return "make " + u.Name + " nullable, declare its constraint deferrable (where the engine has that), or flush in two parts"
}

// Unwrap returns ErrCycle.
func (e *CycleError) Unwrap() error { return ErrCycle }

// FreeError is a unique value that no other can stand for meanwhile, which shows in the
// table only, or when the row is written.
type FreeError struct {
	Free *Free
	// Err is what the engine said, nil when nothing was tried.
	Err error
}

// Error returns "plan: rows depend on each other in a ring: no value of Seat.no is free ...".
func (e *FreeError) Error() string {
	text := "plan: " + ErrCycle.Error() + ": " + e.Free.Unique.Name
	switch {
	case e.Err == nil:
		text += "; every value it could hold meanwhile is taken in the table"
	case e.Free.Unique.Primary:
		text += "; the engine refuses another key meanwhile, which foreign keys must follow (onUpdate=cascade): " + e.Err.Error()
	default:
		text += "; the engine refuses another value meanwhile: " + e.Err.Error()
	}
	return text + "; " + mend(e.Free.Unique)
}

// Unwrap returns ErrCycle and what the engine said.
func (e *FreeError) Unwrap() []error {
	if e.Err == nil {
		return []error{ErrCycle}
	}
	return []error{ErrCycle, e.Err}
}
