package orm

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/driver"
)

// transact runs f in a transaction of its own, which the options begin. The caller reports
// the commit with event(afterCommit), once it has published what was done.
func (em *EntityManager) transact(ctx context.Context, o driver.SessionOptions, f func(driver.Session) error) error {
	if err := em.event(ctx, beforeBegin); err != nil {
		return err
	}
	session, err := em.scope.Open(ctx, o)
	if err != nil {
		return err
	}
	leave := em.inside(session)
	defer leave()
	if err = em.event(ctx, afterBegin); err == nil {
		err = f(session)
	}
	if err == nil {
		err = em.event(ctx, beforeCommit)
	}
	if err != nil {
		err = em.rollBack(ctx, session, err)
	} else {
		err = em.ended(ctx, session.End(context.WithoutCancel(ctx), true))
	}
	em.attended(err)
	return err
}

// attended ends what the unit has noted of a transaction that subscribers have worked in.
func (em *EntityManager) attended(err error) {
	switch {
	case !em.db.attended || errors.Is(err, driver.ErrCommitUnknown): // see Resolve
	case err == nil:
		em.scope.Undo = nil
		em.unit.Ended()
	default:
		em.takeBack()
	}
}

// inside makes a transaction that weft began by itself the open one, so that what
// subscribers read and write takes part in it. They can neither flush in it nor end it.
func (em *EntityManager) inside(session driver.Session) (leave func()) {
	if em.db.attended {
		em.began()
	}
	hooking := em.hooking
	em.hooking, em.scope.Session, em.scope.Ending = true, session, true
	return func() { em.hooking, em.scope.Session, em.scope.Ending = hooking, nil, false }
}

// rollBack ends a transaction because of an error, which may be nil.
func (em *EntityManager) rollBack(ctx context.Context, session driver.Session, cause error) error {
	ctx = context.WithoutCancel(ctx)
	before := em.event(ctx, beforeRollback)
	err := session.End(ctx, false)
	return join(cause, before, err, em.event(ctx, afterRollback))
}

// ended reports a commit that became a rollback.
func (em *EntityManager) ended(ctx context.Context, err error) error {
	if errors.Is(err, driver.ErrCommitUnknown) {
		em.dropWritten(ctx) // it may have been stored
	}
	if err == nil || errors.Is(err, driver.ErrCommitUnknown) {
		return err
	}
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

// alone runs f in a transaction of its own and reports its commit.
func (em *EntityManager) alone(ctx context.Context, f func(driver.Session) error) error {
	if err := em.transact(ctx, driver.SessionOptions{Transaction: true}, f); err != nil {
		if errors.Is(err, driver.ErrCommitUnknown) {
			em.scope.Undo = nil // nothing of the unit was written
			em.unit.Ended()
		}
		return err
	}
	return em.event(ctx, afterCommit)
}

// atomically runs f in the open transaction, under a savepoint, else in one of its own.
func (em *EntityManager) atomically(ctx context.Context, f func(driver.Session) error) error {
	s := em.scope
	if s.Session == nil {
		return em.alone(ctx, f)
	}
	name, err := s.Save(ctx)
	if err != nil {
		return err
	}
	if err := f(s.Session); err != nil {
		return join(err, s.RollbackTo(context.WithoutCancel(ctx), name))
	}
	return s.Release(ctx, name)
}

// exec runs one write in the open transaction, else in one of its own, after before has
// looked at the rows that are there. A statement that empties a table needs none: some
// engines commit by it.
func (em *EntityManager) exec(ctx context.Context, send func(driver.Session) error, empties bool, before func(context.Context) error) error {
	write := func(session driver.Session) error {
		if err := before(ctx); err != nil {
			return err
		}
		return send(session)
	}
	switch {
	case em.scope.Session != nil:
		return write(em.scope.Session)
	case !empties:
		return clashing(ctx, func() error { return em.alone(ctx, write) })
	}
	session, err := em.scope.Open(ctx, driver.SessionOptions{})
	if err != nil {
		return err
	}
	err = write(session)
	return join(err, session.End(context.WithoutCancel(ctx), err == nil))
}

// untransacted runs f in a session without a transaction, for managers that ask for it.
func (em *EntityManager) untransacted(ctx context.Context, f func(driver.Session) error) error {
	session, err := em.scope.Open(ctx, driver.SessionOptions{})
	if err != nil {
		return err
	}
	err = f(session)
	return join(err, session.End(context.WithoutCancel(ctx), err == nil))
}
