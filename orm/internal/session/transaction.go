package session

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/qb"
)

// Database is a connected database as sessions see it. It is safe for concurrent use.
type Database struct {
	Engine driver.Engine
	Caps   *driver.Caps
	// Log is where records go, nil without one.
	Log Log
	// Programs are the compiled statements.
	Programs Cache
	// transactions numbers them for the log.
	transactions atomic.Uint64
	// resting are the rows that users loop over.
	resting resting
}

// Supports refuses isolation levels the engine does not have.
func (db *Database) Supports(level driver.Isolation) error {
	if level == driver.DefaultIsolation || slices.Contains(db.Caps.Isolations, level) {
		return nil
	}
	return &fault.Error{Class: fault.ErrTransaction, Op: "begin", Err: driver.ErrUnsupported,
		Detail: fmt.Sprintf("isolation level %q does not exist on %s", level, db.Caps.Name)}
}

// Scope supplies sessions: the one of the open transaction, or one of its own for
// every read and every flush. It belongs to one goroutine at a time.
type Scope struct {
	db *Database
	// Schema stands for the wildcard schema "*", "" for the connection's own.
	Schema string
	// Variables are set for every session, nil for none.
	Variables []driver.Variable
	// Session is the open transaction, nil outside of one.
	Session driver.Session
	// Current says that reads see what is stored now, see [driver.SessionOptions].
	Current bool
	// Ending reports that the open transaction is being rolled back.
	Ending bool
	// Undo takes back, in reverse order, what was published inside the open transaction.
	Undo []Undo
	// Contest notes what flushes want to write while the transaction may run again.
	Contest *Contest
	// saves makes savepoint names.
	saves int
	// tell logs the commit that was sent last, nil when nothing is to be told.
	tell func()
}

// uncancelled is context.WithoutCancel, without memory for a context that cannot end anyhow.
func uncancelled(ctx context.Context) context.Context {
	if ctx.Done() == nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// Undo is something that is taken back with a transaction.
type Undo = interface{ Undo() }

// Init makes s an empty scope, for memory that is part of something larger.
func (s *Scope) Init(db *Database) { s.db = db }

// Query runs a read in the open transaction, else in a session that ends with the rows.
func (s *Scope) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	if s.Session != nil {
		return s.Session.Query(ctx, p, args)
	}
	session, err := s.Open(ctx, driver.SessionOptions{})
	if err != nil {
		return nil, err
	}
	open := false
	defer func() {
		if !open { // there are no rows, or the log panicked
			_ = session.End(context.WithoutCancel(ctx), false)
		}
	}()
	rows, err := session.Query(ctx, p, args)
	if err != nil {
		return nil, err
	}
	open = true
	return &ownedRows{Rows: rows, ctx: ctx, session: session, db: s.db}, nil
}

// Each runs reads that do not need each other's results, in one round trip where the engine
// can, and calls take with the rows of each, in order. The first error ends it.
func (s *Scope) Each(ctx context.Context, reads []driver.Read, take func(i int, rows driver.Rows) error) (err error) {
	session := s.Session
	if session == nil {
		if session, err = s.Open(ctx, driver.SessionOptions{}); err != nil {
			return err
		}
		defer func() {
			if ended := session.End(context.WithoutCancel(ctx), err == nil); err == nil {
				err = ended
			}
		}()
	}
	return pipeline(ctx, session, reads, take)
}

// pipeline is Each in a session.
func pipeline(ctx context.Context, session driver.Session, reads []driver.Read, take func(i int, rows driver.Rows) error) error {
	if p, ok := session.(driver.Pipeliner); ok {
		return p.Pipeline(ctx, reads, take)
	}
	for i, r := range reads {
		rows, err := session.Query(ctx, r.P, r.Args)
		if err == nil {
			err = take(i, rows)
			if closed := rows.Close(); err == nil {
				err = closed
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Open starts a session for one operation, observed where somebody listens.
func (s *Scope) Open(ctx context.Context, o driver.SessionOptions) (driver.Session, error) {
	o.Variables, o.Current = s.Variables, o.Current || s.Current
	session, err := s.db.Engine.Session(ctx, o)
	if err != nil || s.db.Log == nil && StatsOf(ctx) == nil {
		return session, err
	}
	return observe(ctx, session, s.db, o), nil
}

// Begin opens the transaction that lasts until it is ended: the context of any of its
// operations may count.
func (s *Scope) Begin(ctx context.Context, o driver.SessionOptions) error {
	o.Variables = s.Variables
	session, err := s.db.Engine.Session(ctx, o)
	if err != nil {
		return err
	}
	s.Session, s.Undo, s.saves = observe(ctx, session, s.db, o), nil, 0
	return nil
}

// ReadCurrent lets the reads outside of transactions see what is stored now, until the end of what
// they are for.
func (s *Scope) ReadCurrent() (end func()) {
	was := s.Current
	s.Current = true
	return func() { s.Current = was }
}

// Commit commits a session. It is logged by [Scope.Tell]: a log is code of users, which may panic, and must
// not keep the caller from what it does about the outcome.
func (s *Scope) Commit(ctx context.Context, session driver.Session) (err error) {
	switch o := session.(type) {
	case *observed:
		s.tell, err = o.end(ctx, true)
	case *observedPoints:
		s.tell, err = o.end(ctx, true)
	default:
		err = session.End(ctx, true)
	}
	return err
}

// Tell logs the last commit, once.
func (s *Scope) Tell() {
	if tell := s.tell; tell != nil {
		s.tell = nil
		tell()
	}
}

// CanLock refuses row locks outside of a transaction.
func (s *Scope) CanLock(lock qb.Lock) error {
	if lock.Mode == qb.NoLock || s.Session != nil {
		return nil
	}
	return &fault.Error{Class: fault.ErrTransaction, Op: "find", Detail: "row locks need a transaction"}
}

// Since returns what was published from mark on, and ends to hold it: the caller takes it back.
func (s *Scope) Since(mark int) []Undo {
	mark = min(mark, len(s.Undo))
	list := s.Undo[mark:]
	s.Undo = s.Undo[:mark:mark]
	return list
}

// Key adds the schema to the key of a cached program.
func (s *Scope) Key(key []byte) []byte { return SchemaKey(key, s.Schema) }

// SchemaKey adds a schema to the key of a cached program.
func SchemaKey(key []byte, schema string) []byte {
	if schema == "" {
		return key
	}
	return append(append(append(key, 0), schema...), 'S')
}

// ownedRows are rows that end their session when they are closed.
type ownedRows struct {
	driver.Rows
	ctx     context.Context
	session driver.Session
	db      *Database
	// turn is whose turn it is: that of the loop, or of the keeper while the rows rest.
	turn sync.Mutex
	// listed rows may rest, spilled ones are in memory.
	listed, spilled bool
	closed          bool
}

// Unwrap returns the rows of the session.
func (r *ownedRows) Unwrap() driver.Rows { return r.Rows }

// Close closes the rows and ends the session.
func (r *ownedRows) Close() (err error) {
	if r.closed {
		return nil
	}
	r.closed = true
	if r.listed {
		r.db.drop(r)
	}
	defer func() { // also when the log panics
		if ended := r.session.End(uncancelled(r.ctx), true); err == nil {
			err = ended
		}
	}()
	return r.Rows.Close()
}
