package orm

import (
	"context"
	"errors"
)

// TransactionEvents are called around every transaction weft begins: that of
// Begin or Transactional, of a flush outside of one, and of a native or bulk write.
// Savepoints have none. Each function may be nil. AfterBegin may read and write in the
// transaction; most engines send BEGIN with its first statement.
//
// An error before the commit ends the transaction by a rollback and is the error of
// the operation. An error of AfterCommit comes back as ErrAfterCommit: the work is
// done, and a transaction with Retry does not run again. Errors around a rollback
// join the error that caused it.
type TransactionEvents struct {
	BeforeBegin, AfterBegin       func(ctx context.Context, em *EntityManager) error
	BeforeCommit, AfterCommit     func(ctx context.Context, em *EntityManager) error
	BeforeRollback, AfterRollback func(ctx context.Context, em *EntityManager) error
}

// txEvent is a moment of a transaction.
type txEvent uint8

const (
	beforeBegin txEvent = iota
	afterBegin
	beforeCommit
	afterCommit
	beforeRollback
	afterRollback
)

var txStages = [...]stage{"BeforeBegin", "AfterBegin", "BeforeCommit", "AfterCommit", "BeforeRollback", "AfterRollback"}

func (e *TransactionEvents) at(when txEvent) func(context.Context, *EntityManager) error {
	switch when {
	case beforeBegin:
		return e.BeforeBegin
	case afterBegin:
		return e.AfterBegin
	case beforeCommit:
		return e.BeforeCommit
	case afterCommit:
		return e.AfterCommit
	case beforeRollback:
		return e.BeforeRollback
	}
	return e.AfterRollback
}

// event calls the subscribers at a moment of a transaction. Those around an end
// are all called; the others stop at the first error.
func (em *EntityManager) event(ctx context.Context, when txEvent) error {
	em.cacheEvent(ctx, when)
	if when == afterCommit {
		em.scope.Tell()
	}
	switch {
	case em.writing():
		defer em.during(txStages[when])()
	case when == beforeBegin || when == beforeCommit:
		defer em.taking(txStages[when])()
	}
	var errs []error
	for i := range em.db.config.subscribers {
		f := em.db.config.subscribers[i].Transactions.at(when)
		if f == nil {
			continue
		}
		err := em.guard.aside(func() error { return f(ctx, em) })
		if err == nil {
			continue
		}
		if when <= beforeCommit {
			return err
		}
		errs = append(errs, err)
	}
	err := errors.Join(errs...)
	if err != nil && when == afterCommit {
		return &Error{Class: ErrAfterCommit, Op: "commit", Err: err}
	}
	return err
}
