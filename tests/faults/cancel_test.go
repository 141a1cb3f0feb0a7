package faults_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/faultproxy"
	"github.com/weft-orm/weft/orm"
)

// cancelAt returns a context that ends when a connection sends text, while the
// server's answer is kept back.
func (w *world) cancelAt(t *testing.T, text string, fault faultproxy.Fault) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	fired := w.proxy.On(text, fault)
	go func() {
		select {
		case <-fired:
			cancel()
		case <-t.Context().Done():
		}
	}()
	return ctx
}

// testCanceledFlush ends the context of a flush at its first statement, and at a
// later one.
func testCanceledFlush(t *testing.T, w *world) {
	for _, at := range []string{"new", "peace"} {
		t.Run(at, func(t *testing.T) {
			u := w.unit(t)
			before := u.state(t)
			is(t, u.em.Flush(w.cancelAt(t, u.name(at), faultproxy.Stall)), driver.ErrCanceled, context.Canceled)
			w.gone(t)
			u.unchanged(t, before)
			u.settles(t)
		})
	}
	t.Run("before", func(t *testing.T) {
		u := w.unit(t)
		before := u.state(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		is(t, u.em.Flush(ctx), driver.ErrCanceled, context.Canceled)
		u.unchanged(t, before)
		u.settles(t)
	})
}

// testCanceledCommit ends the context while the COMMIT is on its way: the end of a
// transaction is never cancelled itself.
func testCanceledCommit(t *testing.T, w *world) {
	u := w.unit(t)
	ok(t, u.em.Flush(w.cancelAt(t, w.commit, faultproxy.Watch)))
	u.stored(t, true)
	u.done(t)
}

// testCanceledTransaction ends the context in the middle of a transaction, after a
// flush in it.
func testCanceledTransaction(t *testing.T, w *world) {
	u := w.unit(t)
	before := u.state(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := u.em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		ok(t, em.Flush(ctx))
		cancel()
		_, err := orm.Find[tag](ctx, em, nil)
		return err
	})
	is(t, err, driver.ErrCanceled, context.Canceled)
	w.gone(t)
	u.unchanged(t, before)
	u.settles(t)
}

// testCanceledFind ends the context of a read; the unit goes on without it.
func testCanceledFind(t *testing.T, w *world) {
	u := w.unit(t)
	u.em.SetFlushMode(orm.FlushCommit)
	before := u.state(t)
	_, err := orm.Find[author](w.cancelAt(t, u.name("ann"), faultproxy.Stall), u.em, orm.M{"name": u.name("ann")})
	is(t, err, driver.ErrCanceled, context.Canceled)
	w.proxy.Up()
	u.unchanged(t, before)
	same, err := orm.FindOneOrFail[author](t.Context(), u.em, u.ann.ID)
	ok(t, err)
	if same != u.ann {
		t.Error("after a cancelled read a row has another pointer")
	}
	u.settles(t)
}

// testCanceledStream ends the context between two entities of a stream.
func testCanceledStream(t *testing.T, w *world) {
	const rows = 3000
	em := w.direct.Fork()
	for i := range rows {
		em.Persist(&author{Name: fmt.Sprintf("%-90d", i)})
	}
	ok(t, em.Flush(t.Context()))
	for name, opts := range map[string][]orm.FindOption{"rows": nil, "populated": {orm.Populate("books")}} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			u := w.unit(t)
			u.em.SetFlushMode(orm.FlushCommit)
			before := u.state(t)
			seen := 0
			var failed error
			for a, err := range orm.Stream[author](ctx, u.em, nil, append(opts, orm.ReadOnly())...) {
				if failed = err; err != nil {
					break
				}
				if seen++; a == nil {
					t.Fatal("a stream yielded nothing without an error")
				}
				cancel()
			}
			is(t, failed, driver.ErrCanceled, context.Canceled)
			if seen == 0 || seen >= rows {
				t.Errorf("the stream went on for %d entities", seen)
			}
			idle(t, w.db)
			u.unchanged(t, before)
			u.settles(t)
		})
	}
}
