package sqlexec

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb/sql"
)

// Use says what a connection is wanted for.
type Use uint8

// The uses of a connection.
const (
	ForRead Use = iota
	ForWrite
)

// Profile is what differs between engines, as data. It is immutable.
type Profile struct {
	Caps *driver.Caps
	// Acquire takes a connection; the session releases it.
	Acquire func(ctx context.Context, use Use) (*Lease, error)
	// Begin returns the statements that begin a transaction.
	Begin func(opts driver.SessionOptions) []string
	// Classify finds class, code and details of an engine's error.
	Classify func(err error) *driver.Error
	// Dialect encodes values and quotes names.
	Dialect *sql.Dialect

	// OnRows adjusts the rows of a query before the first is read; nil does nothing.
	OnRows func(rows sqldriver.Rows)
	// SureStatements reports that an error of a statement outside of a transaction always
	// means that it has not happened: there is no answer to be lost.
	SureStatements bool
	// IsText reports that the Go driver gives the text of a column as bytes; nil is never.
	IsText func(rows sqldriver.Rows, column int) bool
	// RolledBack reports after an error that the engine has ended the transaction by itself; nil never does.
	RolledBack func(c *Conn) bool
	// Commits reports that a statement would silently commit the transaction it runs in; it is refused. nil is never.
	Commits func(text string) bool
	// BufferReads reads the whole result of a query outside of a transaction, so that no lock outlives the call.
	BufferReads bool
	// QuickRows runs row-form writes without watching the context during a
	// statement: it is looked at between rows.
	QuickRows bool
	// Inline sends statements for several rows with the parameters in their text
	// (escaped by the Go driver), because their text seldom comes again.
	Inline bool
	// MaxBytes limits the parameters of one statement; 0 does not.
	MaxBytes int
	// MaxValue is the longest parameter the engine takes, in bytes; 0 is any.
	MaxValue int
}

// failure turns any error of the Go driver into an *driver.Error.
func (p *Profile) failure(ctx context.Context, err error, text string) *driver.Error {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e
	}
	if cause := driver.Ended(ctx); cause != nil && (errors.Is(err, cause) || isLost(err)) {
		e := &driver.Error{Class: driver.ErrCanceled, Engine: p.Caps.Name, Err: cause}
		return e.At(text, -1, -1)
	}
	e := p.Classify(err)
	e.Engine, e.Err = p.Caps.Name, err
	return e.At(text, -1, -1)
}

// tooLong refuses a parameter the engine would not take. It is not sent.
func (p *Profile) tooLong(i, size int) error {
	err := &lengthError{i, size, p.MaxValue}
	return (&driver.Error{Class: driver.ErrOutOfRange, Engine: p.Caps.Name, Err: err}).At("", -1, -1)
}

// lengthError is a parameter that is too long; parameter counts from 0.
type lengthError struct{ parameter, size, most int }

func (e *lengthError) Error() string {
	return fmt.Sprintf("parameter %d has %d bytes, the server takes %d (max_allowed_packet)", e.parameter+1, e.size, e.most)
}

// spoils reports an error after which a prepared statement is not used again: the
// server may still hold parts of parameters that were sent ahead. Violated
// constraints are about rows, not about the statement.
func (p *Profile) spoils(err error) bool {
	switch p.Classify(err).Class {
	case driver.ErrUniqueViolation, driver.ErrForeignKeyViolation, driver.ErrNotNullViolation, driver.ErrCheckViolation:
		return false
	}
	return true
}

// unreached is failure for an attempt to get a connection: what has no other class, such as a pool that
// is closed, is one of connections, and whatever it says, an ended context is the cause.
func (p *Profile) unreached(ctx context.Context, err error) *driver.Error {
	e := p.failure(ctx, err, "")
	if e.Class == driver.ErrOther {
		e.Class = driver.ErrConnection
	}
	if cause := driver.Ended(ctx); cause != nil && e.Class == driver.ErrConnection {
		e.Class, e.Err = driver.ErrCanceled, cause
	}
	return e
}
