package changeset

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/mapper"
)

// ErrConflict reports that two fields sharing a column were given different values.
var ErrConflict = errors.New("fields of one column disagree")

// ErrRequired reports NULL where a column does not take it.
var ErrRequired = errors.New("must have a value")

// ConflictError is two fields that share a column and disagree.
type ConflictError struct {
	Property, Other *mapper.Property
	Column          *mapper.Column
}

// Error returns "changeset: Book.author: fields of one column disagree: ...".
func (e *ConflictError) Error() string {
	return fmt.Sprintf("changeset: %s: %s: %s is written by %s as well; change one of them, or both alike",
		e.Property, ErrConflict, e.Column.Name, e.Other)
}

// Unwrap returns ErrConflict.
func (e *ConflictError) Unwrap() error { return ErrConflict }

// PropertyError is a value that cannot be written.
type PropertyError struct {
	Property *mapper.Property
	Err      error
}

// Error returns "changeset: Author.name: reason".
func (e *PropertyError) Error() string {
	return fmt.Sprintf("changeset: %s: %v", e.Property, e.Err)
}

// Unwrap returns the reason.
func (e *PropertyError) Unwrap() error { return e.Err }
