package faults_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/faultproxy"
	"github.com/weft-orm/weft/orm"
)

// lost lets a unit lose the answer to its COMMIT, for good: the server cannot be
// asked again before the end of the fault.
func (w *world) lost(t *testing.T, fault faultproxy.Fault) *unit {
	t.Helper()
	u := w.unit(t)
	w.proxy.On(w.commit, fault)
	is(t, u.em.Flush(t.Context()), driver.ErrCommitUnknown)
	w.gone(t)
	u.unresolved(t)
	u.stored(t, fault == faultproxy.Gone)
	if u.new.ID != 0 || u.new.Version != 0 || u.ann.Version != 1 || !u.em.Contains(u.dan) {
		t.Errorf("an unknown commit was published: %+v, %+v", u.new, u.ann)
	}
	return u
}

// unresolved expects whatever would write to be refused, unsent.
func (u *unit) unresolved(t *testing.T) {
	t.Helper()
	ctx, stats := orm.WithStats(t.Context())
	is(t, u.em.Flush(ctx), orm.ErrUnresolved)
	is(t, u.em.Begin(ctx), orm.ErrUnresolved)
	_, err := u.em.Plan(ctx)
	is(t, err, orm.ErrUnresolved)
	if n := stats.Statements(); n != 0 {
		t.Errorf("an unresolved unit sent %d statements", n)
	}
}

func testCommitLost(t *testing.T, w *world) {
	t.Run("before, resolved as it was", func(t *testing.T) {
		u := w.lost(t, faultproxy.Lost)
		u.em.Resolve(false)
		u.settles(t)
	})
	t.Run("after, resolved as it was", func(t *testing.T) {
		u := w.lost(t, faultproxy.Gone)
		u.em.Resolve(true)
		u.done(t)
	})
	t.Run("after, resolved wrongly", func(t *testing.T) {
		u := w.lost(t, faultproxy.Gone)
		u.em.Resolve(false)
		if err := u.em.Flush(t.Context()); err == nil {
			t.Error("what is there already was written again")
		}
		u.stored(t, true)
	})
	for _, fault := range []faultproxy.Fault{faultproxy.Lost, faultproxy.Gone} {
		t.Run("cleared", func(t *testing.T) {
			u := w.lost(t, fault)
			u.em.Clear()
			ann, err := orm.FindOneOrFail[author](t.Context(), u.em, u.ann.ID)
			ok(t, err)
			if ann == u.ann {
				t.Error("a cleared unit still knows the entity")
			}
			ann.Name = u.name("ann") + "?"
			ok(t, u.em.Flush(t.Context()))
		})
	}
}

// testCommitLostInTransaction loses the COMMIT of a transaction in which a flush
// has published already: what it published is taken back, or stays.
func testCommitLostInTransaction(t *testing.T, w *world) {
	for committed, fault := range map[bool]faultproxy.Fault{false: faultproxy.Lost, true: faultproxy.Gone} {
		t.Run(fmt.Sprintf("committed %t", committed), func(t *testing.T) {
			u := w.unit(t)
			before := u.state(t)
			runs := 0
			err := u.em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				runs++
				ok(t, em.Flush(ctx))
				w.proxy.On(w.commit, fault)
				return nil
			}, orm.Retry(3))
			is(t, err, driver.ErrCommitUnknown)
			if runs != 1 {
				t.Errorf("a transaction that may be committed ran %d times", runs)
			}
			w.gone(t)
			u.unresolved(t)
			u.em.Resolve(committed)
			if committed {
				u.stored(t, true)
				u.done(t)
				return
			}
			u.unchanged(t, before)
			u.settles(t)
		})
	}
}
