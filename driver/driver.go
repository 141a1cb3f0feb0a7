package driver

import (
	"context"
	"database/sql"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// Connector opens an engine. It is what a driver's constructor returns, and is safe for concurrent use.
type Connector interface {
	// Connect makes the engine ready; it pings the server.
	Connect(ctx context.Context) (Engine, error)
}

// Engine is a connected database. It is safe for concurrent use.
type Engine interface {
	// Compile translates a logical query; it does no I/O. Programs are
	// immutable, cached by the caller and may run in any session of the engine.
	Compile(q qb.Query) (Program, error)
	// Session starts a unit of work with the database; it may do no I/O yet, so
	// that BEGIN travels with the first statement.
	Session(ctx context.Context, opts SessionOptions) (Session, error)
	// Caps describes the engine; the result must not be changed.
	Caps() *Caps
	// Close releases all connections; sessions must have ended.
	Close() error
}

// Session is a conversation with the database: one transaction, or single
// statements outside of one. It is not safe for concurrent use.
//
// What a transaction guarantees after a failure, on every engine ([Gate] keeps
// the rule):
//   - After an error that matches ErrDeadlock, ErrSerialization, ErrConnection or
//     ErrCanceled the transaction is doomed: every later call but End answers
//     ErrDoomed, unsent. (A deadlock may have rolled everything back already, and
//     what came next would be committed on its own.)
//   - After any other failed statement the innermost scope is: everything answers
//     ErrDoomed, unsent, until RollbackTo a savepoint.
//   - End with commit rolls back a transaction in either state and answers ErrDoomed.
//
// Mistakes found before anything was sent change nothing. Outside of a
// transaction each statement stands alone, and an operation on many rows may be
// several statements: what needs to be atomic needs a transaction.
//
// Rows may stay open while the session goes on: what is unread is then taken
// into memory.
type Session interface {
	// Query runs a compiled *qb.Select. args are canonical values by slot number.
	Query(ctx context.Context, p Program, args []any) (Rows, error)
	// Exec runs operations that do not need each other's results, in order, in as
	// few round trips as the engine can. It fills Affected and Returned. On failure
	// the error is an *Error carrying the index of the operation and row.
	Exec(ctx context.Context, ops []*Op) error
	// End commits or rolls back and releases the session. It is idempotent. The
	// error matches ErrCommitUnknown when the answer to COMMIT was lost.
	End(ctx context.Context, commit bool) error
}

// Savepoints is implemented by sessions whose engine has them.
type Savepoints interface {
	// Save sets a savepoint; weft makes the name.
	Save(ctx context.Context, name string) error
	// RollbackTo undoes everything since Save; the savepoint remains.
	RollbackTo(ctx context.Context, name string) error
	// Release forgets the savepoint and keeps what was done since.
	Release(ctx context.Context, name string) error
}

// Deferrer is implemented by sessions whose engine can check unique constraints at the
// end of a transaction (Caps.DeferrableUnique).
type Deferrer interface {
	// Defer puts off the checks of constraints that were declared deferrable until the
	// transaction ends; with on false it makes up for them, and checks each statement
	// again from then on.
	Defer(ctx context.Context, list []Constraint, on bool) error
}

// Constraint names a constraint of the database.
type Constraint struct {
	// Schema is the schema of its table, "" the connection's own.
	Schema string
	// Name is the unquoted name.
	Name string
}

// TextExecer is implemented by sessions of engines with a query language: it
// runs statements written by the user or the schema tools. Placeholders are the
// engine's own; the text is one statement.
type TextExecer interface {
	// ExecText returns the number of affected rows, as far as the engine knows it.
	ExecText(ctx context.Context, text string, args ...any) (int64, error)
}

// TextQueryer is implemented by sessions of engines with a query language.
type TextQueryer interface {
	// QueryText runs a query written by the user.
	QueryText(ctx context.Context, text string, args ...any) (NamedRows, error)
}

// NamedRows are rows with the names of their columns.
type NamedRows interface {
	Rows
	// Columns returns the names of the result columns.
	Columns() []string
}

// SQLHandle is implemented by engines that can lend a database/sql handle, for
// tools that need one. The handle belongs to the engine and is closed with it.
type SQLHandle interface {
	DB() *sql.DB
}

// Classifier is implemented by engines that lend a handle, and tells what the errors
// of it mean.
type Classifier interface {
	// Classify returns err with its class and code; nil for nil.
	Classify(err error) error
}

// Rows is the result of a query. Columns come in the order documented at qb.Select.
type Rows interface {
	// Next advances to the next row; false at the end or on error.
	Next() bool
	// Scan reads the row. A destination is a pointer to a basic Go type, or an
	// sql.Scanner, which gets the engine's own value (int64, float64, bool,
	// string, []byte, time.Time, nil, or what Caps says). Byte slices given to
	// a Scanner are valid only until the next call.
	Scan(dest []any) error
	// Close ends the iteration, returns its error, and is idempotent.
	Close() error
}

// Buffered is implemented by rows that hold a connection and can go on without it.
type Buffered interface {
	// Buffer reads aside what is left, without filling the memory, and gives the connection back.
	Buffer()
}

// Program is a compiled statement, opaque to the caller.
type Program interface {
	// String returns the statement text for logs and tools.
	String() string
}

// Placed is implemented by programs whose text has placeholders; logs show the
// parameters in their order. Find it with [ProgramAs].
type Placed interface {
	// Places returns what stands at each placeholder of a read or a bulk write; nil
	// for a write in row form, whose values are given row by row.
	Places() []Place
}

// Place is what a placeholder stands for.
type Place struct {
	// Slot is the number of the argument, conditions.NoSlot for a constant.
	Slot conditions.Slot
	// Const is the constant.
	Const any
}

// Op is one write program applied to rows of the same shape.
type Op struct {
	// P is a program compiled from a *qb.Write.
	P Program
	// Rows hold canonical values, for the row form: the columns of Set (a qb.Revision
	// where Caps.Revisions and an update changes a document or list), then of Match. The condition form has exactly one row: the values by slot number.
	Rows [][]any
	// Load allows the engine's own protocol for loading many rows (COPY on
	// PostgreSQL), where nothing is returned. It does the same, but not on tables
	// with row-level security, and a failure does not tell the row.
	Load bool
	// Uncounted says that nobody asks how many rows were matched: the engine may then write
	// many of them at once, by statements that do not tell, and fill Affected with anything.
	Uncounted bool
	// Affected is filled with the number of rows each row of Rows matched; an
	// engine that only knows the sum puts it into a single element (see Caps.CountsPerRow).
	Affected []int64
	// Returned is filled with the Returning columns for each row.
	Returned [][]any
	// Sent is filled with the number of statements it took: many rows may need
	// several, and an operation that travelled in the statement of one before it has none.
	// What begins and ends transactions is not counted.
	Sent int
}

// SessionOptions say how a session behaves.
type SessionOptions struct {
	// Transaction starts a transaction with the first statement.
	Transaction bool
	// Isolation is the level of the transaction; "" is the engine's default.
	Isolation Isolation
	// ReadOnly refuses writes where the engine can.
	ReadOnly bool
	// Variables are set for the session alone (Caps.SessionVariables), so that policies and
	// triggers can read them: nobody who has the connection later sees them. With some, a
	// session outside of a transaction is a transaction of its own, that End commits.
	Variables []Variable
	// Current says that what is read decides what is written, or must be what was written just
	// before: a server that may lag behind the one that is written to must not answer.
	Current bool
	// Alone says that the transaction is one Exec of one operation, on one row or in bulk, whose
	// answer decides whether it ends in a commit. An engine on which the outcome of a
	// statement is always known may leave out what begins and ends it.
	Alone bool
}

// Variable is a setting of a session, "app.tenant".
type Variable struct{ Name, Value string }

// Isolation is a transaction isolation level, as in SQL.
type Isolation string

// The isolation levels.
const (
	DefaultIsolation Isolation = ""
	ReadUncommitted  Isolation = "read uncommitted"
	ReadCommitted    Isolation = "read committed"
	RepeatableRead   Isolation = "repeatable read"
	Serializable     Isolation = "serializable"
)
