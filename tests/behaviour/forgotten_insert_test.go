package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
)

// TestForgottenWithItsRow: what led to an entity that a transaction had inserted, and that was forgotten,
// leads where it led before once the transaction is rolled back.
func TestForgottenWithItsRow(t *testing.T) {
	engines(t, []any{guest{}, seat{}, chair{}, coat{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		ctx, em := t.Context(), e.db.Fork()
		former := &guest{Name: "former"}
		k, s := &coat{Name: "k", Guest: orm.To(former)}, &seat{Name: "s", Guest: former}
		em.Persist(former, k, s)
		ok(t, em.Flush(ctx))
		ok(t, em.Begin(ctx))
		g := &guest{Name: "new", Coats: []*coat{k}, Seat: s}
		em.Persist(g)
		ok(t, em.Flush(ctx))
		em.Forget(g)
		ok(t, em.Rollback(ctx))
		if led, _ := k.Guest.Peek(); led != former || s.Guest != former {
			t.Errorf("they lead to %v and %v", led, s.Guest)
		}
		ok(t, em.Flush(ctx))
		if kept, err := orm.FindOneOrFail[coat](ctx, e.db.Fork(), k.ID, orm.Populate("guest")); err != nil || kept.Guest.Get().Name != "former" {
			t.Errorf("stored %v, %v", kept, err)
		}
	})
}
