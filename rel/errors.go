package rel

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/internal/class"
)

// Classes of mistakes in the use of relations. Those of methods without an
// error result are the values these methods panic with.
var (
	// ErrNotLoaded reports that a target or an item was asked for before it was loaded.
	ErrNotLoaded = class.Within(class.ErrNotLoaded, "relation is not loaded")
	// ErrHidden reports a target that was looked for and not found: a filter or the
	// condition of a populate hint hides its row, or the row is gone.
	ErrHidden = errors.New("target is hidden")
	// ErrDetached reports that loading was asked of an entity no manager knows.
	ErrDetached = class.Within(class.ErrDetached, "entity is not managed")
	// ErrCopied reports a change made through a copy of a managed entity.
	ErrCopied = errors.New("collection belongs to another copy of the entity")
)

// Error is a misused relation.
type Error struct {
	// Class is one of the sentinels of this package.
	Class error
	// Subject names the relation: "Author 7", "Author 7.books".
	Subject string
	// Remedy says what to do instead.
	Remedy string
}

// Error returns "rel: Author 7.books: relation is not loaded: remedy".
func (e *Error) Error() string {
	return fmt.Sprintf("rel: %s: %s: %s", e.Subject, e.Class, e.Remedy)
}

// Unwrap returns the class.
func (e *Error) Unwrap() error { return e.Class }
