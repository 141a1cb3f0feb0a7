package behaviour_test

import (
	"context"
	"errors"
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

// TestForgottenBeforeItsRow: the same where first a part of the transaction is taken back, which has not inserted it,
// and then either nothing more, or all of it.
func TestForgottenBeforeItsRow(t *testing.T) {
	engines(t, []any{guest{}, seat{}, chair{}, coat{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		if !e.caps.Savepoints {
			t.Skip("there are no savepoints")
		}
		for _, want := range []string{"new", "former"} {
			t.Run(want, func(t *testing.T) { forgottenInPart(t, e, want) })
		}
	})
}

func forgottenInPart(t *testing.T, e engine, want string) {
	ctx, em := t.Context(), e.db.Fork()
	former := &guest{Name: "former"}
	k, s := &coat{Name: "k", Guest: orm.To(former)}, &seat{Name: "s", Guest: former}
	em.Persist(former, k, s)
	ok(t, em.Flush(ctx))
	ok(t, em.Begin(ctx))
	g := &guest{Name: "new"}
	em.Persist(g)
	ok(t, em.Flush(ctx))
	back := errors.New("back")
	err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		g.Coats, g.Seat = []*coat{k}, s
		ok(t, em.Flush(ctx))
		em.Forget(g)
		return back
	})
	if !errors.Is(err, back) {
		t.Fatal(err)
	}
	if len(former.Coats) != 0 || former.Seat != nil {
		t.Errorf("the former guest still has %v and %v", former.Coats, former.Seat)
	}
	if want == "former" {
		ok(t, em.Rollback(ctx))
	} else {
		ok(t, em.Commit(ctx))
	}
	ok(t, em.Flush(ctx))
	coatOf := must(orm.FindOneOrFail[coat](ctx, e.db.Fork(), k.ID, orm.Populate("guest"))).Guest.Get()
	seatOf := must(orm.FindOneOrFail[seat](ctx, e.db.Fork(), s.ID, orm.Populate("guest"))).Guest
	if coatOf.Name != want || seatOf.Name != want {
		t.Errorf("stored with %s and %s", coatOf.Name, seatOf.Name)
	}
}

// TestForgottenWithNewRows: what only a forgotten entity leads to is not inserted, until somebody hands it in.
func TestForgottenWithNewRows(t *testing.T) {
	engines(t, []any{guest{}, seat{}, chair{}, coat{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		ctx, em := t.Context(), e.db.Fork()
		g := &guest{Name: "g"}
		em.Persist(g)
		ok(t, em.Flush(ctx))
		k := &coat{Name: "k"}
		g.Coats = append(g.Coats, k)
		em.Forget(g)
		ok(t, em.Flush(ctx))
		if n := must(orm.Count[coat](ctx, em, nil)); n != 0 {
			t.Errorf("there are %d coats", n)
		}
		em.Persist(k)
		ok(t, em.Flush(ctx))
		if kept := must(orm.FindOneOrFail[coat](ctx, e.db.Fork(), k.ID)); kept.GuestID == nil || *kept.GuestID != g.ID {
			t.Errorf("stored of %v", kept.GuestID)
		}
	})
}
