package orm

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/session"
)

// retried runs fn in a new transaction, again where that may help.
func (em *EntityManager) retried(ctx context.Context, fn func(context.Context, *EntityManager) error, o *txOptions) error {
	if o.retries <= 0 || o.readOnly {
		return em.outermost(ctx, fn, o)
	}
	c := &session.Contest{}
	em.scope.Contest = c
	defer func() { em.scope.Contest = nil }()
	again := func(ctx context.Context, em *EntityManager) error {
		if err := em.lockContested(ctx, c); err != nil {
			return err
		}
		return fn(ctx, em)
	}
	for attempt := 0; ; attempt++ {
		run := em
		if attempt > 0 {
			run = em.fork()
			run.scope.Contest = c
		}
		run.stored = false
		err := run.outermost(ctx, again, o)
		if err == nil || attempt >= o.retries || !retryable(err) || run.stored {
			return err // what the function has committed itself would be written again
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(backoff(attempt)):
		}
	}
}

func retryable(err error) bool {
	if errors.Is(err, ErrAfterCommit) || errors.Is(err, driver.ErrCommitUnknown) {
		return false
	}
	if transient(err) {
		return true
	}
	for _, class := range []error{driver.ErrDeadlock, driver.ErrSerialization, ErrOptimisticLock} {
		if errors.Is(err, class) {
			return true
		}
	}
	return false
}

// transient reports an engine's word that nothing of the transaction is kept and that
// the same may succeed when it is sent again.
func transient(err error) bool {
	e, ok := errors.AsType[*driver.Error](err)
	return ok && e.Transient
}

// backoff is how long to wait before another attempt: longer each time, and
// never the same, so that the losers of one conflict do not meet again.
func backoff(attempt int) time.Duration {
	d := 10 * time.Millisecond << min(attempt, 6)
	return d/2 + rand.N(d/2)
}

// clashing runs a transaction that weft makes by itself, again while it meets another one
// on an engine that refuses instead of waiting: nothing of it was kept, and nobody has
// seen anything of it.
func clashing(ctx context.Context, f func() error) error {
	end := time.Now().Add(patience)
	for {
		err := f()
		if err == nil || !transient(err) || !errors.Is(err, driver.ErrSerialization) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause/10 + rand.N(pause)):
		}
	}
}

// patience is how long weft tries to get through a transaction of its own. It pauses
// shortly, and no longer each time: who waits longest would get through last.
const (
	patience = 10 * time.Second
	pause    = 20 * time.Millisecond
)
