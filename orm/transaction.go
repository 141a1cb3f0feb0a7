package orm

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/planted"
)

// Propagation says how a transaction relates to one that is open already.
type Propagation uint8

// The propagation modes.
const (
	// Nested runs under a savepoint of the open transaction, or starts one. It is
	// the default. On engines without savepoints it is Required.
	Nested Propagation = iota
	// Required joins the open transaction, or starts one.
	Required
	// RequiresNew runs in a transaction of its own, on another connection and with a fork of the manager.
	RequiresNew
	// Supports joins the open transaction, or runs without one.
	Supports
	// Mandatory joins the open transaction and fails without one.
	Mandatory
	// Never fails inside a transaction and runs without one.
	Never
	// NotSupported runs without a transaction, with a fork of the manager when one is open.
	NotSupported
)

// TxOption configures a transaction.
type TxOption func(*txOptions)

type txOptions struct {
	propagation Propagation
	isolation   driver.Isolation
	readOnly    bool
	retries     int
}

// Propagate sets the propagation mode.
func Propagate(p Propagation) TxOption { return func(o *txOptions) { o.propagation = p } }

// Isolation sets the isolation level of a new transaction. A level the engine
// lacks is an error.
func Isolation(level driver.Isolation) TxOption { return func(o *txOptions) { o.isolation = level } }

// ReadOnlyTx makes a new transaction read-only; flushing in it fails where the
// engine checks that.
func ReadOnlyTx() TxOption { return func(o *txOptions) { o.readOnly = true } }

// Retry runs the function again, up to n more times, when an outermost
// transaction ends in a deadlock, a serialization failure or a stale version, or in an
// error that the server calls transient (a lost primary on MongoDB).
// Each run gets a fresh fork of the manager, so that what the runs before read
// does not matter. It first locks, where the engine has row locks, the existing
// rows that the runs before wanted to write, so that what it reads of them stays
// true. Waits grow from 10 milliseconds.
func Retry(n int) TxOption { return func(o *txOptions) { o.retries = n } }

// Transactional runs fn in a transaction. It flushes and commits when fn returns
// nil, and rolls back when fn returns an error or panics. After a rollback what
// weft wrote into entities is taken back; the user's own assignments stay. With
// Retry, fn must use the manager it is given, which [From] finds in its context where
// ctx carries a manager.
func (em *EntityManager) Transactional(ctx context.Context, fn func(ctx context.Context, em *EntityManager) error, opts ...TxOption) error {
	em = em.there()
	if em.guard.fault != nil {
		return em.guard.fault
	}
	var o txOptions
	if err := apply("transactional", &o, opts); err != nil {
		return err
	}
	if fn == nil {
		return &Error{Class: ErrInvalidOption, Op: "transactional", Detail: "there is no function to run"}
	}
	fn = carrying(ctx, fn)
	open := em.scope.Session != nil
	switch o.propagation {
	case Mandatory:
		if !open {
			return &Error{Class: ErrTransaction, Op: "transactional", Detail: "there is none, and mandatory needs one"}
		}
		return em.joined(ctx, fn)
	case Never:
		if open {
			return &Error{Class: ErrTransaction, Op: "transactional", Detail: "there is one, and never refuses it"}
		}
		return fn(ctx, em)
	case NotSupported:
		if open {
			em = em.fork()
		}
		return fn(ctx, em)
	case Supports:
		if !open {
			return fn(ctx, em)
		}
		return em.joined(ctx, fn)
	case RequiresNew:
		if open {
			em = em.fork()
		}
	case Required:
		if open {
			return em.joined(ctx, fn)
		}
	case Nested:
		if open {
			return em.nested(ctx, fn)
		}
	}
	return em.retried(ctx, fn, &o)
}

// joined runs fn as a part of the open transaction.
func (em *EntityManager) joined(ctx context.Context, fn func(context.Context, *EntityManager) error) error {
	if err := em.refused("transactional", endsItself); err != nil {
		return err
	}
	session := em.scope.Session
	if err := fn(ctx, em); err != nil {
		return err
	}
	if em.scope.Session != session {
		return &Error{Class: ErrTransaction, Op: "transactional", Detail: "the function ended the transaction it was a part of"}
	}
	return em.Flush(ctx)
}

// nested runs fn under a savepoint.
func (em *EntityManager) nested(ctx context.Context, fn func(context.Context, *EntityManager) error) (err error) {
	if err := em.refused("transactional", endsItself); err != nil {
		return err
	}
	name, err := em.scope.Save(ctx)
	if err != nil {
		return err
	}
	mark, session := len(em.scope.Undo), em.scope.Session
	done := false
	defer func() {
		if done || em.scope.Session != session {
			return // what ended the transaction has taken back
		}
		if !planted.Is(planted.UndoNested) {
			em.takeBackTo(mark)
		}
		err = errors.Join(err, em.scope.RollbackTo(context.WithoutCancel(ctx), name))
	}()
	if err = em.joined(ctx, fn); err != nil {
		return err
	}
	done = true
	return em.scope.Release(ctx, name)
}

// outermost runs fn in a transaction of its own.
func (em *EntityManager) outermost(ctx context.Context, fn func(context.Context, *EntityManager) error, o *txOptions) (err error) {
	if err := em.refused("transactional", endsItself); err != nil {
		return err
	}
	if err := em.Begin(ctx, func(t *txOptions) { *t = *o }); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, em.Rollback(ctx))
		}
	}()
	session := em.scope.Session
	if err = fn(ctx, em); err != nil {
		return err
	}
	if em.scope.Session != session {
		done = true // fn ended the transaction itself, and what it said stands
		return nil
	}
	if err = em.Flush(ctx); err != nil {
		return err
	}
	done = true
	return em.commit(ctx)
}

// Begin opens a transaction that lasts until Commit or Rollback. Transactional is
// safer; use this where the ends lie in different functions.
func (em *EntityManager) Begin(ctx context.Context, opts ...TxOption) error {
	em = em.there()
	if em.guard.fault != nil {
		return em.guard.fault
	}
	var o txOptions
	if err := apply("begin", &o, opts); err != nil {
		return err
	}
	if err := join(em.refused("begin", endsItself), em.unended("begin")); err != nil {
		return err
	}
	if em.scope.Session != nil {
		return &Error{Class: ErrTransaction, Op: "begin", Detail: "one is open already"}
	}
	if em.guard.shared != nil {
		return &Error{Class: ErrTransaction, Op: "begin", Detail: "the manager is shared by goroutines; Fork one for the transaction"}
	}
	if em.unresolved != nil {
		return &Error{Class: ErrUnresolved, Op: "begin", Detail: "call Resolve or Clear first"}
	}
	if err := em.db.sessions.Supports(o.isolation); err != nil {
		return err
	}
	if err := em.event(ctx, beforeBegin); err != nil {
		return err
	}
	if err := em.scope.Begin(ctx, driver.SessionOptions{Transaction: true, Isolation: o.isolation, ReadOnly: o.readOnly}); err != nil {
		return err
	}
	em.beganNotes()
	session := em.scope.Session
	told := false
	defer func() {
		if !told { // a subscriber panicked
			_ = em.Rollback(ctx)
		}
	}()
	err := em.event(ctx, afterBegin)
	told = true
	if err != nil {
		return join(err, em.Rollback(ctx))
	}
	if em.scope.Session != session {
		return &Error{Class: ErrTransaction, Op: "begin", Detail: "a subscriber has ended it"}
	}
	return nil
}

// Commit flushes and commits the transaction opened by Begin. When it fails the
// transaction is rolled back.
func (em *EntityManager) Commit(ctx context.Context) error {
	em = em.there()
	if em.guard.fault != nil {
		return em.guard.fault
	}
	if err := join(em.refused("commit", endsItself), em.unended("commit")); err != nil {
		return err
	}
	if em.scope.Session == nil {
		return &Error{Class: ErrTransaction, Op: "commit", Detail: "none is open"}
	}
	if em.scope.Ending {
		return &Error{Class: ErrTransaction, Op: "commit", Detail: "it is being rolled back"}
	}
	ran := false
	defer func() {
		if !ran { // user code panicked
			_ = em.Rollback(ctx)
		}
	}()
	err := em.Flush(ctx)
	ran = true
	if err != nil {
		return errors.Join(err, em.Rollback(ctx))
	}
	return em.commit(ctx)
}

func (em *EntityManager) commit(ctx context.Context) error {
	told := false
	defer func() {
		if !told { // a subscriber panicked
			_ = em.Rollback(ctx)
		}
	}()
	err := em.event(ctx, beforeCommit)
	told = true
	if err != nil {
		return join(err, em.Rollback(ctx))
	}
	if em.scope.Session == nil {
		return &Error{Class: ErrTransaction, Op: "commit", Detail: "a subscriber has ended it"}
	}
	if err := em.sendCommit(ctx); err != nil {
		em.scope.Tell()
		return err
	}
	return em.event(ctx, afterCommit)
}

// sendCommit ends the open transaction. The manager knows what became of it also when a
// subscriber, who is told that the commit became a rollback, panics.
func (em *EntityManager) sendCommit(ctx context.Context) error {
	s := em.scope
	err := s.Commit(context.WithoutCancel(ctx), s.Session)
	defer func() {
		s.Session = nil
		switch {
		case err == nil:
			s.Undo = nil
			em.unit.Ended()
		case errors.Is(err, driver.ErrCommitUnknown):
			em.unresolved = &unresolved{undo: s.Undo}
			s.Undo = nil
		default:
			em.takeBack()
		}
	}()
	return em.ended(ctx, err)
}

// takeBack undoes all that was published inside the transaction that has ended.
func (em *EntityManager) takeBack() {
	em.takeBackTo(0)
	em.scope.Undo = nil
	em.unit.Ended()
}

// takeBackTo undoes what was published since there were mark steps to take back.
func (em *EntityManager) takeBackTo(mark int) { em.unit.TakeBack(em.scope.Since(mark)) }

// Rollback ends the transaction opened by Begin and takes back what weft wrote
// into entities. Without a transaction it does nothing; inside a flush it is [ErrInsideFlush].
func (em *EntityManager) Rollback(ctx context.Context) error {
	em = em.there()
	if em.guard.fault != nil {
		return em.guard.fault
	}
	if err := join(em.refused("rollback", endsItself), em.unended("rollback")); err != nil {
		return err
	}
	s := em.scope
	if s.Session == nil || s.Ending {
		return nil
	}
	s.Ending = true
	defer func() {
		s.Session, s.Ending = nil, false
		em.takeBack()
	}()
	return em.rollBack(ctx, s.Session, nil)
}

// InTransaction reports whether a transaction is open.
func (em *EntityManager) InTransaction() bool {
	em = em.there()
	return em.scope.Session != nil
}

// Resolve tells the manager what became of a commit that ended in
// driver.ErrCommitUnknown. It makes the manager usable again.
func (em *EntityManager) Resolve(committed bool) {
	em = em.there()
	u := em.unresolved
	em.unresolved = nil
	switch {
	case u == nil:
	case committed:
		em.noted()
		switch {
		case u.work == nil:
		case u.work.published:
			em.unit.Settled()
		default:
			u.work.Publish(nil)
		}
	case u.work != nil:
		em.scope.Undo = u.undo
		em.takeBackNoted()
		u.work.takeBack()
	default:
		em.scope.Undo = u.undo
		em.takeBack()
	}
}
