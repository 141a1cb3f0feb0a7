package postgres

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"math"
	"net"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb"
	weftsql "github.com/weft-orm/weft/qb/sql"
)

var caps = driver.Caps{
	Name:             "postgres",
	Transactions:     true,
	Savepoints:       true,
	Pipelines:        true,
	ForeignKeys:      true,
	JoinsToMany:      true,
	FewRoots:         128,
	NullsHigh:        true,
	Checks:           true,
	CountsPerRow:     true,
	ReturnsRows:      true,
	DeferrableUnique: true,
	SessionVariables: true,
	RowSecurity:      true,
	RowLocks:         true,
	LockOptions:      true,
	TransactionalDDL: true,
	Language:         &driver.Language{EscapeStrings: true, DollarStrings: true, NestedComments: true, Arrays: true},
	Isolations:       []driver.Isolation{driver.ReadCommitted, driver.RepeatableRead, driver.Serializable},
	Limits:           mapper.Limits{Name: naming.MaxPostgres, Digits: 1000, TimePrecision: 6, Years: mapper.Years{First: -4712, Last: 294276}, Uint: math.MaxInt64, Marks: `"`},
}

// engine implements driver.Engine, driver.SQLHandle and driver.Pooled.
type engine struct {
	pool    *pgxpool.Pool
	waiting atomic.Int64 // callers that ask the pool for a connection
	handle  *sql.DB      // for callers of DB, made when first asked for
	mu      sync.Mutex
}

// Native implements driver.Native.
func (e *engine) Native() []any { return []any{e.pool} }

// Compile implements driver.Engine.
func (e *engine) Compile(q qb.Query) (driver.Program, error) {
	p, err := sqlexec.Compile(weftsql.Postgres(), q)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Session implements driver.Engine.
func (e *engine) Session(_ context.Context, opts driver.SessionOptions) (driver.Session, error) {
	if err := caps.Check(opts); err != nil {
		return nil, err
	}
	// A variable lasts as long as a transaction: so must the session, or the variable would
	// be there for the next one on the connection.
	opts.Transaction = opts.Transaction || len(opts.Variables) > 0
	s := &session{engine: e, opts: opts}
	if opts.Transaction {
		s.pending = append(s.pending, control{text: begin(opts)})
	}
	if len(opts.Variables) > 0 {
		s.pending = append(s.pending, setLocal(opts.Variables))
	}
	return s, nil
}

// Caps implements driver.Engine.
func (e *engine) Caps() *driver.Caps { return &caps }

// DB implements driver.SQLHandle, on the same pool.
func (e *engine) DB() *sql.DB {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.handle == nil {
		e.handle = stdlib.OpenDBFromPool(e.pool)
	}
	return e.handle
}

// Classify implements driver.Classifier.
func (e *engine) Classify(err error) error {
	if err == nil {
		return nil
	}
	x := &driver.Error{Class: driver.ErrOther, Engine: caps.Name, Err: err}
	native, ok := errors.AsType[*pgconn.PgError](err)
	_, network := errors.AsType[net.Error](err)
	switch {
	case ok:
		fill(x, native)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		x.Class = driver.ErrCanceled
	case network, errors.Is(err, sqldriver.ErrBadConn), errors.Is(err, net.ErrClosed), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		x.Class = driver.ErrConnection
	}
	return x.At("", -1, -1)
}

// PoolStats implements driver.Pooled.
func (e *engine) PoolStats() []driver.PoolStats {
	s := e.pool.Stat()
	return []driver.PoolStats{{
		Max: int(s.MaxConns()), Open: int(s.TotalConns()), Idle: int(s.IdleConns()), InUse: int(s.AcquiredConns()),
		Waiting: int(e.waiting.Load()),
		Waits:   s.EmptyAcquireCount(), Waited: s.EmptyAcquireWaitTime(),
	}}
}

// Ping implements driver.Pinger.
func (e *engine) Ping(ctx context.Context) error {
	if err := e.pool.Ping(ctx); err != nil {
		return connectError(ctx, err)
	}
	return nil
}

// Close implements driver.Engine.
func (e *engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var err error
	if e.handle != nil {
		err = e.handle.Close()
	}
	e.pool.Close()
	return err
}

func begin(opts driver.SessionOptions) string {
	text := "begin"
	if opts.Isolation != driver.DefaultIsolation {
		text += " isolation level " + string(opts.Isolation)
	}
	if opts.ReadOnly {
		text += " read only"
	}
	return text
}
