package orm

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// transact runs f in a transaction of its own, which the options begin. The caller reports
// the commit with event(afterCommit), once it has published what was done.
func (em *EntityManager) transact(ctx context.Context, o driver.SessionOptions, f func(driver.Session) error) error {
	defer em.during(stageWrite)()
	if err := join(em.event(ctx, beforeBegin), em.misuses()); err != nil {
		return err
	}
	session, err := em.scope.Open(ctx, o)
	if err != nil {
		return err
	}
	leave := em.inside(session)
	defer leave()
	ran := false
	defer func() {
		if !ran { // user code panicked
			_ = em.rollBack(ctx, session, nil)
			em.takeBackNoted()
		}
	}()
	if err = join(em.event(ctx, afterBegin), em.misuses()); err == nil {
		err = f(session)
	}
	if err == nil {
		err = join(em.event(ctx, beforeCommit), em.misuses())
	}
	ran = true
	if err != nil {
		defer em.takeBackNoted()
		return join(em.rollBack(ctx, session, err), em.misuses())
	}
	err = em.scope.Commit(context.WithoutCancel(ctx), session)
	switch {
	case err == nil:
		em.noted()
	case !errors.Is(err, driver.ErrCommitUnknown):
		defer em.takeBackNoted()
	}
	return join(em.ended(ctx, err), em.misuses())
}

// takeBackNoted takes back what subscribers have let the unit read of rows that they wrote past it.
func (em *EntityManager) takeBackNoted() {
	if em.unit.Notes() {
		em.takeBack()
	}
	em.scope.Undo = nil
}

// noted ends the notes of a transaction of weft's own that is not taken back.
func (em *EntityManager) noted() {
	if em.unit.Notes() {
		em.unit.Ended()
	}
	em.scope.Undo = nil
}

// noteOwn lets the unit note, from the first write past it, what is taken back with a transaction
// that weft began by itself.
func (em *EntityManager) noteOwn() {
	if em.scope.Session != nil && !em.unit.Notes() {
		em.beganNotes()
	}
}

// beganNotes lets the unit note what is taken back with the open transaction.
func (em *EntityManager) beganNotes() {
	em.unit.Began(func(step unit.Undo) { em.scope.Undo = append(em.scope.Undo, step) })
}

// inside makes a transaction that weft began by itself the open one, so that what
// subscribers read and write takes part in it. They can neither flush in it nor end it.
func (em *EntityManager) inside(session driver.Session) (leave func()) {
	if em.db.attended {
		em.beganNotes()
	}
	em.scope.Session, em.scope.Ending = session, true
	return func() { em.scope.Session, em.scope.Ending = nil, false }
}

// rollBack ends a transaction because of an error, which may be nil. It has ended also when
// a subscriber panics.
func (em *EntityManager) rollBack(ctx context.Context, session driver.Session, cause error) (err error) {
	ctx = context.WithoutCancel(ctx)
	told := false
	defer func() {
		if !told {
			_ = session.End(ctx, false)
		}
	}()
	before := em.event(ctx, beforeRollback)
	told = true
	err = session.End(ctx, false)
	return join(cause, before, err, em.event(ctx, afterRollback))
}

// ended reports a commit that became a rollback.
func (em *EntityManager) ended(ctx context.Context, err error) error {
	if errors.Is(err, driver.ErrCommitUnknown) {
		em.dropWritten(ctx) // it may have been stored
	}
	if err == nil || errors.Is(err, driver.ErrCommitUnknown) {
		em.stored = true
		return err // it is logged by who knows what to do then
	}
	em.scope.Tell()
	return join(err, em.event(context.WithoutCancel(ctx), afterRollback))
}

// join is errors.Join that leaves a lone error as it is.
func join(errs ...error) error {
	var first error
	for _, err := range errs {
		switch {
		case err == nil:
		case first == nil:
			first = err
		default:
			return errors.Join(errs...)
		}
	}
	return first
}

// alone runs f in a transaction of its own, which the options begin, and reports its commit.
func (em *EntityManager) alone(ctx context.Context, o driver.SessionOptions, f func(driver.Session) error) error {
	if err := em.transact(ctx, o, f); err != nil {
		if errors.Is(err, driver.ErrCommitUnknown) {
			em.noted()
			em.scope.Tell()
		}
		return err
	}
	return em.event(ctx, afterCommit)
}

// atomically runs f in the open transaction, under a savepoint, else in one of its own.
func (em *EntityManager) atomically(ctx context.Context, f func(driver.Session) error) error {
	s := em.scope
	if s.Session == nil {
		return em.alone(ctx, driver.SessionOptions{Transaction: true}, f)
	}
	name, err := s.Save(ctx)
	if err != nil {
		return err
	}
	ran := false
	defer func() {
		if !ran { // user code panicked
			_ = s.RollbackTo(context.WithoutCancel(ctx), name)
		}
	}()
	err = f(s.Session)
	ran = true
	if err != nil {
		return join(err, s.RollbackTo(context.WithoutCancel(ctx), name))
	}
	return s.Release(ctx, name)
}

// ownWrite is a write made by a query builder.
type ownWrite struct {
	send func(driver.Session) error
	// before looks at the rows that are there, in the transaction of the write; nil is nothing.
	before func(context.Context) error
	// empties reports a statement that empties a table, which needs no transaction: some
	// engines commit by it.
	empties bool
	// single reports a write that is one operation.
	single bool
}

// exec runs one write in the open transaction, else in one of its own.
func (em *EntityManager) exec(ctx context.Context, w ownWrite) error {
	write := func(session driver.Session) error {
		if w.before != nil {
			if err := w.before(ctx); err != nil {
				return err
			}
		}
		return w.send(session)
	}
	switch {
	case em.scope.Session != nil:
		return write(em.scope.Session)
	case !w.empties:
		o := driver.SessionOptions{Transaction: true, Alone: w.single && w.before == nil && len(em.db.config.subscribers) == 0}
		return clashing(ctx, func() error { return em.alone(ctx, o, write) })
	}
	return em.untransacted(ctx, write)
}

// untransacted runs f in a session without a transaction.
func (em *EntityManager) untransacted(ctx context.Context, f func(driver.Session) error) error {
	session, err := em.scope.Open(ctx, driver.SessionOptions{Current: true})
	if err != nil {
		return err
	}
	ran := false
	defer func() {
		if !ran { // user code panicked
			_ = session.End(context.WithoutCancel(ctx), false)
		}
	}()
	err = f(session)
	ran = true
	return join(err, session.End(context.WithoutCancel(ctx), err == nil))
}
