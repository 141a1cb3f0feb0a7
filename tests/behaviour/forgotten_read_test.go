package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
)

type (
	club struct {
		ID      int64
		Members orm.Collection[clubber]
	}
	clubber struct {
		ID    int64
		Clubs orm.Collection[club] `orm:",mappedBy=Members"`
	}
)

// TestForgottenAndReadBeforeRollback: what leads to an entity that was forgotten and read again inside of a
// transaction leads to it once that is rolled back.
func TestForgottenAndReadBeforeRollback(t *testing.T) {
	engines(t, []any{guest{}, seat{}, chair{}, coat{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		ctx, em := t.Context(), e.db.Fork()
		q, s, k := &guest{Name: "q"}, &seat{Name: "s"}, &coat{Name: "k"}
		em.Persist(q, s, k)
		ok(t, em.Flush(ctx))
		ok(t, em.Begin(ctx))
		s.Guest, k.Guest = q, orm.To(q)
		ok(t, em.Flush(ctx))
		em.Forget(q)
		again := must(orm.FindOneOrFail[guest](ctx, em, q.ID))
		ok(t, em.Rollback(ctx))
		ok(t, em.Flush(ctx))
		if s.Guest != again || k.Guest.Get() != again {
			t.Errorf("they lead to %v and %v", s.Guest, k.Guest)
		}
		stored := must(orm.FindOneOrFail[seat](ctx, e.db.Fork(), s.ID))
		worn := must(orm.FindOneOrFail[coat](ctx, e.db.Fork(), k.ID))
		if stored.GuestID == nil || worn.GuestID == nil {
			t.Errorf("stored with %v and %v", stored.GuestID, worn.GuestID)
		}
	})
}

// TestLinkForgottenAndReadBeforeRollback: the same for links, from both sides, that were made and taken away.
func TestLinkForgottenAndReadBeforeRollback(t *testing.T) {
	engines(t, []any{club{}, clubber{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		for _, owning := range []bool{true, false} {
			for _, add := range []bool{true, false} {
				linkForgotten(t, e, owning, add)
			}
		}
	})
}

func linkForgotten(t *testing.T, e engine, owning, add bool) {
	t.Helper()
	ctx, em := t.Context(), e.db.Fork()
	o, g := &club{}, &clubber{}
	if !add {
		o.Members.Add(g)
	}
	em.Persist(o, g)
	ok(t, em.Flush(ctx))
	ok(t, em.Begin(ctx))
	switch {
	case add:
		g.Clubs.Add(o)
	default:
		g.Clubs.Remove(o)
	}
	ok(t, em.Flush(ctx))
	if owning { // which side is forgotten
		em.Forget(o)
		must(orm.FindOneOrFail[club](ctx, em, o.ID))
	} else {
		em.Forget(g)
		must(orm.FindOneOrFail[clubber](ctx, em, g.ID))
	}
	ok(t, em.Rollback(ctx))
	ok(t, em.Flush(ctx))
	x := must(orm.FindOneOrFail[clubber](ctx, e.db.Fork(), g.ID, orm.Populate("clubs")))
	if n := len(x.Clubs.Items()); n == 1 != add {
		t.Errorf("owning side forgotten %v, link made %v: stored %d links", owning, add, n)
	}
}
