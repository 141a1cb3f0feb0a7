package orm

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
)

// scope supplies sessions: the one of the open transaction, or one of its own
// for every read and every flush.
type scope struct {
	db *DB
	// schema stands for the wildcard schema "*", "" for the connection's own.
	schema string
	// session is the open transaction, nil outside of one.
	session driver.Session
	// ending reports that the open transaction is being rolled back.
	ending bool
	// saves makes savepoint names.
	saves int
	// undo takes back, in reverse order, what flushes inside the open
	// transaction published.
	undo []*unit.Journal
	// unresolved is the publication of a flush whose COMMIT may or may not have
	// happened.
	unresolved *unresolved
	// contest notes what flushes want to write while the transaction may run again.
	contest *contest
}

// query runs a read in the open transaction, else in a session that ends with the rows.
func (s *scope) query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	if s.session != nil {
		return s.session.Query(ctx, p, args)
	}
	session, err := s.open(ctx, driver.SessionOptions{})
	if err != nil {
		return nil, err
	}
	rows, err := session.Query(ctx, p, args)
	if err != nil {
		session.End(context.WithoutCancel(ctx), false)
		return nil, err
	}
	return &ownedRows{Rows: rows, ctx: ctx, session: session}, nil
}

// open starts a session for one operation, observed where somebody listens.
func (s *scope) open(ctx context.Context, o driver.SessionOptions) (driver.Session, error) {
	session, err := s.db.engine.Session(ctx, o)
	if err != nil || s.db.config.log == nil && statsOf(ctx) == nil {
		return session, err
	}
	return observe(ctx, session, s.db, o), nil
}

// begin starts a session for many operations: the context of any of them may count.
func (s *scope) begin(ctx context.Context, o driver.SessionOptions) (driver.Session, error) {
	session, err := s.db.engine.Session(ctx, o)
	if err != nil {
		return nil, err
	}
	return observe(ctx, session, s.db, o), nil
}

// locks refuses row locks outside of a transaction.
func (s *scope) locks(lock qb.Lock) error {
	if lock.Mode == qb.NoLock || s.session != nil {
		return nil
	}
	return &Error{Class: ErrTransaction, Op: "find", Detail: "row locks need a transaction"}
}

// save sets a savepoint where the engine has them; the name is "" where it has none.
func (s *scope) save(ctx context.Context) (string, error) {
	points, ok := s.session.(driver.Savepoints)
	if !ok || !s.db.caps.Savepoints {
		return "", nil
	}
	s.saves++
	name := fmt.Sprintf("weft%d", s.saves)
	return name, points.Save(ctx, name)
}

// release forgets a savepoint, rollbackTo undoes what was done since.
func (s *scope) release(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	return s.session.(driver.Savepoints).Release(ctx, name)
}

func (s *scope) rollbackTo(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	points := s.session.(driver.Savepoints)
	if err := points.RollbackTo(ctx, name); err != nil {
		return err
	}
	return points.Release(ctx, name)
}

// ownedRows are rows that end their session when they are closed.
type ownedRows struct {
	driver.Rows
	ctx     context.Context
	session driver.Session
	closed  bool
}

// Close closes the rows and ends the session.
func (r *ownedRows) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	err := r.Rows.Close()
	if ended := r.session.End(context.WithoutCancel(r.ctx), true); err == nil {
		err = ended
	}
	return err
}

// atomically runs f in the open transaction, under a savepoint, else in one of its own.
func (em *EntityManager) atomically(ctx context.Context, f func(driver.Session) error) error {
	s := em.scope
	if s.session == nil {
		return em.alone(ctx, f)
	}
	name, err := s.save(ctx)
	if err != nil {
		return err
	}
	if err := f(s.session); err != nil {
		return join(err, s.rollbackTo(context.WithoutCancel(ctx), name))
	}
	return s.release(ctx, name)
}

// exec runs one write in the open transaction, else in one of its own. A statement
// that empties a table needs none: some engines commit by it.
func (em *EntityManager) exec(ctx context.Context, op *driver.Op, empties bool) error {
	write := func(session driver.Session) error { return session.Exec(ctx, []*driver.Op{op}) }
	switch {
	case em.scope.session != nil:
		return write(em.scope.session)
	case !empties:
		return em.alone(ctx, write)
	}
	session, err := em.scope.open(ctx, driver.SessionOptions{})
	if err != nil {
		return err
	}
	err = write(session)
	return join(err, session.End(context.WithoutCancel(ctx), err == nil))
}
