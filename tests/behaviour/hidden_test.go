package behaviour_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// veilRoom is a target that a filter may hide.
type veilRoom struct {
	ID   int64
	Name string `orm:",length=20"`
	Gone bool
	Desk orm.Ref[veilDesk] `orm:",oneToOne,mappedBy=Room"`
}

// veilDesk leads to a room from the side with columns, veilLamp is two steps away.
type veilDesk struct {
	ID   int64
	Gone bool
	Room orm.Ref[veilRoom] `orm:",oneToOne"`
}

type veilLamp struct {
	ID   int64
	Desk orm.Ref[veilDesk]
}

func veiled() []any {
	there := mapper.Filter{Name: "there", Default: true, Where: func(mapper.Params) any { return orm.M{"gone": false} }}
	return []any{
		mapper.Define[veilRoom](func(b *mapper.Builder[veilRoom]) { b.Filter(there) }),
		mapper.Define[veilDesk](func(b *mapper.Builder[veilDesk]) { b.Filter(there) }), veilLamp{},
	}
}

// paniced returns what fn panics with.
func paniced(fn func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	fn()
	return nil
}

// TestHiddenTarget: a reference whose target a filter hides tells so in every way, keeps
// its key, and is not null.
func TestHiddenTarget(t *testing.T) {
	engines(t, veiled(), func(t *testing.T, e engine) {
		ctx := t.Context()
		em := e.db.Fork()
		room := &veilRoom{Name: "attic", Gone: true}
		desk := &veilDesk{Room: orm.To(room)}
		em.Persist(room, desk, &veilLamp{Desk: orm.To(desk)})
		ok(t, em.Flush(ctx))
		for _, strategy := range strategyNames {
			em := e.db.Fork()
			lamp, err := orm.FindOneOrFail[veilLamp](ctx, em, orm.M{"id": 1}, orm.Populate("desk.room"), orm.Strategy(strategy))
			ok(t, err)
			ref := lamp.Desk.Get().Room
			if ref.IsNil() || ref.IsLoaded() || !ref.IsHidden() || ref.Key() != int64(1) {
				t.Errorf("%s: nil %t, loaded %t, hidden %t, key %v", strategy, ref.IsNil(), ref.IsLoaded(), ref.IsHidden(), ref.Key())
			}
			if err := paniced(func() { ref.Get() }); !errors.Is(err, orm.ErrHidden) || strings.Contains(err.Error(), "populate") {
				t.Errorf("%s: Get panics with %v", strategy, err)
			}
			if _, err := ref.Load(ctx); !errors.Is(err, orm.ErrHidden) || !errors.Is(err, orm.ErrNotFound) {
				t.Errorf("%s: Load: %v", strategy, err)
			}
			idle(t, em)
			ok(t, orm.PopulateAll(ctx, em, []*veilLamp{lamp}, orm.Populate("desk.room"), orm.WithoutFilter("there")))
			if ref.IsHidden() || ref.Get().Name != "attic" {
				t.Errorf("%s: without the filter: hidden %t", strategy, ref.IsHidden())
			}
			idle(t, em)
		}
		em = e.db.Fork()
		lamp, err := orm.FindOneOrFail[veilLamp](ctx, em, orm.M{"id": 1}, orm.Populate("desk"))
		ok(t, err)
		ref := lamp.Desk.Get().Room
		if ref.IsHidden() || !errors.Is(paniced(func() { ref.Get() }), rel.ErrNotLoaded) {
			t.Error("what nobody looked for counts as hidden")
		}
		if err := orm.Load(ctx, em, lamp.Desk.Get(), "room"); err != nil || !ref.IsHidden() {
			t.Errorf("orm.Load: %v, hidden %t", err, ref.IsHidden())
		}
	})
}

// TestHiddenInverse: the inverse side of a one-to-one relation whose row is hidden is
// answered alike by all strategies.
func TestHiddenInverse(t *testing.T) {
	engines(t, veiled(), func(t *testing.T, e engine) {
		ctx := t.Context()
		em := e.db.Fork()
		room := &veilRoom{Name: "attic"}
		em.Persist(room, &veilDesk{Room: orm.To(room), Gone: true})
		ok(t, em.Flush(ctx))
		for _, strategy := range strategyNames {
			for _, fields := range [][]string{nil, {"name"}} {
				em := e.db.Fork()
				room, err := orm.FindOneOrFail[veilRoom](ctx, em, orm.M{"id": 1}, orm.Populate("desk"), orm.Strategy(strategy), orm.Fields(fields...))
				ok(t, err)
				if room.Desk.IsLoaded() || !room.Desk.IsNil() && !room.Desk.IsHidden() {
					t.Errorf("%s %v: nil %t, hidden %t", strategy, fields, room.Desk.IsNil(), room.Desk.IsHidden())
				}
				idle(t, em)
			}
		}
	})
}
