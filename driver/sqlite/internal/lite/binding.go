package lite

import (
	"context"
	sqldriver "database/sql/driver"
	"sync/atomic"
	"time"
)

// Binding is a Go package that speaks to SQLite. It is safe for concurrent use.
type Binding interface {
	// Open opens a connection to the database that a URI names. Until it is told otherwise
	// the connection waits for a lock as long as wait.
	Open(ctx context.Context, uri string, wait time.Duration) (Conn, error)
	// Failure returns the extended result code of an error and SQLite's own message; ok is
	// false for an error that does not come from SQLite.
	Failure(err error) (code Code, message string, ok bool)
	// KeepText makes rows give the text of columns declared as date or timestamp as it is
	// stored. Bindings like to make times of it; weft knows the layout of each column.
	KeepText(rows sqldriver.Rows)
}

// Conn is a connection of a binding, for one goroutine at a time. What it prepares is a [Stmt]. A
// query takes its first step before it returns; a context that ends interrupts a statement, whose
// error is then that of the context.
type Conn interface {
	sqldriver.ConnPrepareContext
	sqldriver.ConnBeginTx
	session
}

type session interface {
	sqldriver.Conn
	sqldriver.ExecerContext
	sqldriver.QueryerContext
	extras
}

type extras interface {
	// AutoCommit reports that no transaction is open.
	AutoCommit() bool
	// Register adds the functions to the connection.
	Register(f *Functions) error
}

// Stmt is a prepared statement of a binding.
type Stmt interface {
	sqldriver.Stmt
	sqldriver.StmtExecContext
	sqldriver.StmtQueryContext
}

var offered atomic.Pointer[Binding]

// Offer makes a binding the one of programs that are built without another.
func Offer(b Binding) { offered.Store(&b) }

// Offered returns the binding that was offered last, nil when there is none.
func Offered() Binding {
	if b := offered.Load(); b != nil {
		return *b
	}
	return nil
}
