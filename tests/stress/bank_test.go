package stress_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

const (
	accounts = 100
	deposit  = 1000 // on each account at the start
	retries  = 10
	// hurry is one in how many transfers has a deadline it may miss.
	hurry = 16
)

// account is a row that many goroutines write at once.
type account struct {
	ID      int64
	Balance int64
	Version int `orm:",version"`
}

// bank counts what becomes of the transfers.
type bank struct {
	db *orm.DB
	// committed transfers wrote two accounts each, the others none.
	committed, refused, late atomic.Int64
	// runs counts calls of the function that Retry repeats.
	runs atomic.Int64
}

func TestTransfersKeepTheSum(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			b := &bank{db: open(t, e.open(t), account{})}
			before := b.found(t)
			start := time.Now()
			b.contend(t, e.goroutines)
			took := time.Since(start)
			b.audit(t, before)
			idle(t, b.db)
			if n := b.refused.Load(); n > 0 {
				t.Errorf("%d transfers were refused after %d retries", n, retries)
			}
			t.Logf("%d goroutines: %.0f commits/s; %d committed in %d runs, %d refused after %d retries, %d cancelled",
				e.goroutines, float64(b.committed.Load())/took.Seconds(),
				b.committed.Load(), b.runs.Load(), b.refused.Load(), retries, b.late.Load())
		})
	}
}

// found opens the accounts and returns the sum of their first versions.
func (b *bank) found(t *testing.T) int64 {
	t.Helper()
	em := b.db.Fork()
	for range accounts {
		em.Persist(&account{Balance: deposit})
	}
	ok(t, em.Flush(t.Context()))
	balances, versions, err := b.sums(t.Context())
	ok(t, err)
	if balances != accounts*deposit {
		t.Fatalf("the accounts hold %d at the start, not %d", balances, accounts*deposit)
	}
	return versions
}

// contend transfers from many goroutines while one more looks on.
func (b *bank) contend(t *testing.T, goroutines int) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	end := time.Now().Add(*stressFor)
	var clerks, auditor sync.WaitGroup
	auditor.Go(func() { b.watch(ctx, t) })
	for range goroutines {
		clerks.Go(func() {
			em := b.db.Fork()
			for time.Now().Before(end) && !t.Failed() {
				if err := b.transfer(t.Context(), em); err != nil {
					t.Errorf("a transfer failed: %v", err)
				}
			}
		})
	}
	clerks.Wait()
	stop()
	auditor.Wait()
}

// watch reads all accounts again and again: no statement may see half a transfer.
func (b *bank) watch(ctx context.Context, t *testing.T) {
	for ctx.Err() == nil {
		balances, _, err := b.sums(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			t.Errorf("an audit failed: %v", err)
			return
		case balances != accounts*deposit:
			t.Errorf("an audit on the way found %d, not %d", balances, accounts*deposit)
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// transfer moves an amount between two accounts. It returns an error only if the
// transfer ended in a way that contention and deadlines do not explain.
func (b *bank) transfer(ctx context.Context, em *orm.EntityManager) error {
	if rand.IntN(hurry) == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(10_000))*time.Microsecond)
		defer cancel()
	}
	from := rand.Int64N(accounts) + 1
	to := (from+rand.Int64N(accounts-1))%accounts + 1 // another one
	amount := rand.Int64N(deposit/10) + 1
	err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		b.runs.Add(1)
		return move(ctx, em, order{from, to, amount})
	}, orm.Retry(retries))
	em.Clear() // the next transfer reads again
	switch {
	case err == nil:
		b.committed.Add(1)
	case driver.Ended(ctx) != nil && overtaken(err):
		b.late.Add(1)
	case errors.Is(err, orm.ErrOptimisticLock), errors.Is(err, driver.ErrDeadlock), errors.Is(err, driver.ErrSerialization):
		b.refused.Add(1)
	default:
		return err
	}
	return nil
}

// overtaken reports an error that a deadline explains. A driver that watches the
// context may close the connection when the deadline passes just after an answer:
// the commit then finds it closed and is never sent.
func overtaken(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, driver.ErrCanceled) || errors.Is(err, driver.ErrConnection)
}

// order is an order to transfer.
type order struct{ from, to, amount int64 }

func move(ctx context.Context, em *orm.EntityManager, o order) error {
	from, err := orm.FindOneOrFail[account](ctx, em, o.from)
	if err != nil {
		return err
	}
	to, err := orm.FindOneOrFail[account](ctx, em, o.to)
	if err != nil {
		return err
	}
	from.Balance -= o.amount
	to.Balance += o.amount
	return nil
}

// audit compares what the accounts hold with what the transfers reported.
func (b *bank) audit(t *testing.T, before int64) {
	t.Helper()
	balances, versions, err := b.sums(t.Context())
	ok(t, err)
	if balances != accounts*deposit {
		t.Errorf("the accounts hold %d, not %d", balances, accounts*deposit)
	}
	if got, want := versions-before, 2*b.committed.Load(); got != want {
		t.Errorf("the versions count %d writes, the transfers %d", got, want)
	}
	if b.committed.Load() == 0 {
		t.Error("no transfer was committed")
	}
}

// sums adds up balances and versions as one statement sees them.
func (b *bank) sums(ctx context.Context) (balances, versions int64, err error) {
	all, err := orm.Find[account](ctx, b.db.Fork(), nil)
	if err != nil {
		return 0, 0, err
	}
	for _, a := range all {
		balances += a.Balance
		versions += int64(a.Version)
	}
	return balances, versions, nil
}
