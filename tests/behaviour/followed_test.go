package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// A guest sits on a seat, whose key of the guest lies beside the reference, and waits in a queue.
type (
	guest struct {
		ID    int64
		Name  string
		Seat  *seat   `orm:",mappedBy=Guest"`
		Chair *chair  `orm:",mappedBy=Guest"`
		Coats []*coat `orm:",mappedBy=Guest"`
	}
	seat struct {
		ID      int64
		Name    string
		GuestID *int64
		Guest   *guest `orm:",oneToOne,nullable"`
	}
	chair struct {
		ID    int64
		Name  string
		Guest orm.Ref[guest] `orm:",oneToOne,nullable"`
	}
	coat struct {
		ID      int64
		Name    string
		GuestID *int64
		Guest   orm.Ref[guest] `orm:",nullable"`
	}
)

// seatings are two guests, and all that the first one has, read by a new manager.
type seatings struct {
	em            *orm.EntityManager
	former, other *guest
	seat          *seat
	chair         *chair
	coat          *coat
}

func seated(t *testing.T, e engine, mode orm.FlushMode, populate ...string) *seatings {
	t.Helper()
	ctx, em := t.Context(), e.db.Fork()
	former, other := &guest{Name: "former"}, &guest{Name: "other"}
	s, c, k := &seat{Name: "s", Guest: former}, &chair{Name: "c", Guest: orm.To(former)}, &coat{Name: "k", Guest: orm.To(former)}
	em.Persist(former, other, s, c, k)
	ok(t, em.Flush(ctx))
	g := &seatings{em: e.db.Fork()}
	g.em.SetFlushMode(mode)
	var err error
	g.seat, err = orm.FindOneOrFail[seat](ctx, g.em, s.ID, orm.Populate(populate...))
	ok(t, err)
	g.chair, err = orm.FindOneOrFail[chair](ctx, g.em, c.ID, orm.Populate(populate...))
	ok(t, err)
	g.coat, err = orm.FindOneOrFail[coat](ctx, g.em, k.ID, orm.Populate(populate...))
	ok(t, err)
	g.former, err = orm.FindOneOrFail[guest](ctx, g.em, former.ID, orm.Populate("coats"))
	ok(t, err)
	g.other, err = orm.FindOneOrFail[guest](ctx, g.em, other.ID, orm.Populate("coats"))
	ok(t, err)
	return g
}

// moves let all lead to the other guest, each by another view than the reference of the row.
var moves = map[string]func(g *seatings){
	"scalar": func(g *seatings) {
		g.seat.GuestID, g.coat.GuestID = &g.other.ID, &g.other.ID
		g.other.Chair = g.chair
	},
	"inverse": func(g *seatings) {
		g.other.Seat, g.other.Chair = g.seat, g.chair
		g.other.Coats = append(g.other.Coats, g.coat)
	},
}

// followed runs fn for all moves, in the modes that do and do not write before reads.
func followed(t *testing.T, fn func(ctx context.Context, t *testing.T, g *seatings)) {
	engines(t, []any{guest{}, seat{}, chair{}, coat{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		for name, move := range moves {
			for mode, label := range map[orm.FlushMode]string{orm.FlushAuto: "auto", orm.FlushCommit: "commit"} {
				for _, populate := range [][]string{nil, {"guest"}} {
					t.Run(name+" "+label, func(t *testing.T) {
						g := seated(t, e, mode, populate...)
						move(g)
						fn(t.Context(), t, g)
					})
				}
			}
		}
	})
}

// TestAssignFollowsAllViews: nested data changes what an entity refers to by now, whichever view said so.
func TestAssignFollowsAllViews(t *testing.T) {
	followed(t, func(ctx context.Context, t *testing.T, g *seatings) {
		for _, x := range []any{g.seat, g.chair, g.coat} {
			g.other.Name = "other"
			ok(t, orm.Assign(ctx, g.em, x, orm.M{"guest": orm.M{"name": "new"}}))
			if g.former.Name != "former" || g.other.Name != "new" {
				t.Errorf("%T: the former guest is %s, the other %s", x, g.former.Name, g.other.Name)
			}
		}
		item := orm.M{"coats": []any{orm.M{"id": g.coat.ID, "name": "new"}}}
		if err := orm.Assign(ctx, g.em, g.former, item); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("an item of the former guest: %v", err)
		}
		ok(t, orm.Assign(ctx, g.em, g.other, item))
		if g.coat.Name != "new" {
			t.Errorf("the coat is %s", g.coat.Name)
		}
		ok(t, g.em.Flush(ctx))
		idle(t, g.em)
		if len(g.other.Coats) != 1 || g.seat.Guest != g.other || g.chair.Guest.Get() != g.other || g.coat.Guest.Get() != g.other {
			t.Errorf("after the flush: %s", encode(t, g.other))
		}
	})
}

// TestCloneFollowsAllViews: what a clone refers to is what all views say.
func TestCloneFollowsAllViews(t *testing.T) {
	followed(t, func(ctx context.Context, t *testing.T, g *seatings) {
		twin, err := orm.Clone(ctx, g.em, g.coat)
		ok(t, err)
		if twin.Guest.Get() != g.other || twin.GuestID != nil && *twin.GuestID != g.other.ID {
			t.Errorf("the clone refers to %v", twin.Guest)
		}
	})
}

// TestAssignRefusesWhatIsContradicted: where views contradict each other nothing is followed, and
// nothing changed; a plain value needs none of that.
func TestAssignRefusesWhatIsContradicted(t *testing.T) {
	engines(t, []any{guest{}, seat{}, chair{}, coat{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		ctx, g := t.Context(), seated(t, e, orm.FlushCommit, "guest")
		g.seat.Guest, g.other.Seat = nil, g.seat
		err := orm.Assign(ctx, g.em, g.seat, orm.M{"guest": orm.M{"name": "new"}})
		if !errors.Is(err, orm.ErrConflict) || g.former.Name != "former" || g.other.Name != "other" {
			t.Errorf("%v, %s, %s", err, g.former.Name, g.other.Name)
		}
		if _, err := orm.Clone(ctx, g.em, g.seat); !errors.Is(err, orm.ErrConflict) {
			t.Errorf("a clone: %v", err)
		}
		ok(t, orm.Assign(ctx, g.em, g.seat, orm.M{"name": "plain", "guest": g.other}))
		ok(t, g.em.Flush(ctx))
		if g.seat.Guest != g.other || g.seat.Name != "plain" {
			t.Errorf("got %s", encode(t, g.seat))
		}
	})
}
