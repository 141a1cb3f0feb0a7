package driver

import "errors"

// Classes of engine errors. Drivers classify by code; test with errors.Is.
var (
	ErrUniqueViolation     = errors.New("unique constraint violated")
	ErrForeignKeyViolation = errors.New("foreign key constraint violated")
	ErrNotNullViolation    = errors.New("not-null constraint violated")
	ErrCheckViolation      = errors.New("check constraint violated")
	ErrDeadlock            = errors.New("deadlock detected")
	ErrSerialization       = errors.New("transaction could not be serialized")
	ErrLockTimeout         = errors.New("lock wait timed out")
	ErrConnection          = errors.New("connection failed")
	ErrCommitUnknown       = errors.New("outcome of commit is unknown")
	ErrSyntax              = errors.New("statement has a syntax error")
	ErrUndefined           = errors.New("table or column does not exist (schema.Create or a migration makes it)")
	ErrReadOnly            = errors.New("database or transaction is read-only")
	ErrDiskFull            = errors.New("no room left on the disk")
	ErrOutOfRange          = errors.New("value too long or out of range")
	ErrUnsupported         = errors.New("not supported by this engine")
	ErrCanceled            = errors.New("statement was cancelled")
	ErrDoomed              = errors.New("transaction cannot continue")
	ErrOther               = errors.New("database error")
)

// ErrScan reports a destination of Rows.Scan that does not fit the value.
var ErrScan = errors.New("value does not fit the destination")

// Error is a failure reported by an engine.
type Error struct {
	// Class is one of the sentinels above; errors.Is matches it.
	Class error
	// Engine is Caps.Name.
	Engine string
	// Code is the engine's own code, "23505".
	Code string
	// Constraint, Table and Columns are filled as far as the engine tells.
	Constraint string
	Table      string
	Columns    []string
	// Statement is the text of the statement, without arguments.
	Statement string
	// Op and Row are the indexes of the failed operation and row in Session.Exec, -1 when unknown.
	Op, Row int
	// Transient reports that the server has kept nothing of the transaction and says that
	// the same may succeed when it is sent again, from its beginning.
	Transient bool
	// Account tells what a failed Session.Exec has left behind outside of a transaction;
	// nil where nothing stays, or the engine does not know.
	Account Account
	// Err is the engine's own error.
	Err error
}

// Account tells what became of rows, by operation and row of a failed Session.Exec.
type Account [][]Fate

// Fate is what became of a row.
type Fate uint8

// The fates of rows. Unsure is a row that was sent and whose answer was lost, or that was
// written in part.
const (
	NotWritten Fate = iota
	Written
	Unsure
)

// Error returns "postgres: unique constraint violated (23505): ...".
func (e *Error) Error() string {
	s := e.Engine + ": " + e.Class.Error()
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the class and the engine's own error.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Class}
	}
	return []error{e.Class, e.Err}
}

// At records the statement, and the operation and row of Session.Exec (-1 when
// unknown), and returns e.
func (e *Error) At(statement string, op, row int) *Error {
	e.Statement, e.Op, e.Row = statement, op, row
	return e
}
