package schema

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver"
)

// ErrUnsupported is the class of errors about something in the mapping that the
// dialect has no DDL for. It is found before any statement is sent, and matches
// driver.ErrUnsupported as well.
var ErrUnsupported error = unsupported{}

type unsupported struct{}

func (unsupported) Error() string { return "not supported by the dialect" }

func (unsupported) Is(target error) bool { return target == driver.ErrUnsupported }

// ErrNoSchema is the class of errors about an engine that gives no access to its schema.
var ErrNoSchema = errors.New("engine does not support schema operations")

// ErrLocked is the class of errors about a program that holds the lock of the schema
// for longer than [LockTimeout].
var ErrLocked = errors.New("another program is changing the schema")

// ErrArgument is the class of errors about a target, an option, or another argument that is nil.
var ErrArgument = errors.New("argument is nil")

// ErrUnsettled is the class of errors about statements that do not lead where they
// should: run on a scratch database, they leave a difference.
var ErrUnsettled = errors.New("the statements leave a difference")

// ErrObject is the class of errors about a text that makes no trigger or routine.
var ErrObject = errors.New("unusable trigger or routine")

// UnsupportedError names what cannot be created. It is an [ErrUnsupported].
type UnsupportedError struct {
	// Dialect is the dialect's name.
	Dialect string
	// Object is the table, or "table.column", or "table: index".
	Object string
	// Feature says what is missing: "partial index".
	Feature string
}

// Error returns "schema: mysql: books: partial index is not supported by the dialect".
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("schema: %s: %s: %s is %s", e.Dialect, e.Object, e.Feature, ErrUnsupported)
}

// Unwrap gives the class of the error.
func (e *UnsupportedError) Unwrap() error { return ErrUnsupported }

// StatementError is a statement that the database refused.
type StatementError struct {
	// SQL is the statement.
	SQL string
	// Applied is the number of statements that ran before; they stay where DDL is not transactional.
	Applied int
	// Hazards are what was known that it can fail at.
	Hazards []Hazard
	// Err is the driver's error.
	Err error
}

// Error returns the database's message with the statement, and what it can fail at.
func (e *StatementError) Error() string {
	text := fmt.Sprintf("schema: %v (statement: %s)", e.Err, e.SQL)
	for _, h := range e.Hazards {
		text += "; " + h.String()
		if h.Remedy != "" {
			text += " (" + h.Remedy + ")"
		}
	}
	return text
}

// Unwrap gives the driver's error.
func (e *StatementError) Unwrap() error { return e.Err }
