package behaviour_test

import (
	"context"
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
				if room.Desk.IsLoaded() || room.Desk.IsNil() || !room.Desk.IsHidden() || room.Desk.Key() != int64(1) {
					t.Errorf("%s %v: nil %t, hidden %t", strategy, fields, room.Desk.IsNil(), room.Desk.IsHidden())
				}
				idle(t, em)
			}
		}
	})
}

// veilHall and veilBell are the same in plain pointers.
type veilHall struct {
	ID   int64
	Name string `orm:",length=20"`
	Gone bool
	Bell *veilBell `orm:",oneToOne,mappedBy=Hall"`
}

type veilBell struct {
	ID   int64
	Gone bool
	Hall *veilHall `orm:",oneToOne"`
}

// TestHiddenEveryWay: null, not loaded, hidden and loaded are told apart in every style, on
// both sides, and however the target was looked for.
func TestHiddenEveryWay(t *testing.T) {
	there := mapper.Filter{Name: "there", Default: true, Where: func(mapper.Params) any { return orm.M{"gone": false} }}
	entities := append(veiled(), mapper.Define[veilHall](func(b *mapper.Builder[veilHall]) { b.Filter(there) }),
		mapper.Define[veilBell](func(b *mapper.Builder[veilBell]) { b.Filter(there) }))
	engines(t, entities, func(t *testing.T, e engine) {
		ctx := t.Context()
		em := e.db.Fork()
		// 1: there, 2: hidden, 3: none
		rooms := []*veilRoom{{Name: "a"}, {Name: "b"}, {Name: "c"}}
		halls := []*veilHall{{Name: "a"}, {Name: "b"}, {Name: "c"}}
		for i := range rooms {
			em.Persist(rooms[i], halls[i])
			if i < 2 {
				em.Persist(&veilDesk{Room: orm.To(rooms[i]), Gone: i == 1}, &veilBell{Hall: halls[i], Gone: i == 1})
			}
		}
		ok(t, em.Flush(ctx))
		state := func(em *orm.EntityManager, x any, property string) string {
			loaded, err := orm.IsLoaded(em, x, property)
			ok(t, err)
			hidden, err := orm.IsHidden(em, x, property)
			ok(t, err)
			key, err := orm.Key(em, x, property)
			switch {
			case hidden && !loaded && err == nil && key != nil:
				return "hidden"
			case loaded && key == nil && !hidden:
				return "null"
			case loaded && key != nil && !hidden:
				return "there"
			case !loaded && !hidden:
				return "unread"
			}
			t.Errorf("%s: loaded %t, hidden %t, key %v, %v", property, loaded, hidden, key, err)
			return "?"
		}
		checkRooms := func(what string, em *orm.EntityManager, list []*veilRoom, want ...string) {
			t.Helper()
			if len(list) != len(want) {
				t.Errorf("%s: %d rooms", what, len(list))
				return
			}
			for i, room := range list {
				got := state(em, room, "desk")
				if nul := room.Desk.IsNil(); got != want[i] || nul != (got == "null") || room.Desk.IsHidden() != (got == "hidden") || room.Desk.IsLoaded() != (got == "there") {
					t.Errorf("%s: %s's desk is %s (nil %t, hidden %t), want %s", what, room.Name, got, nul, room.Desk.IsHidden(), want[i])
				}
			}
			idle(t, em)
		}
		checkHalls := func(what string, em *orm.EntityManager, list []*veilHall, want ...string) {
			t.Helper()
			if len(list) != len(want) {
				t.Errorf("%s: %d halls", what, len(list))
				return
			}
			for i, hall := range list {
				if got := state(em, hall, "bell"); got != want[i] || (hall.Bell != nil) != (got == "there") {
					t.Errorf("%s: %s's bell is %s (%v), want %s", what, hall.Name, got, hall.Bell, want[i])
				}
			}
			idle(t, em)
		}
		byName := orm.OrderBy("name")
		all := []string{"there", "hidden", "null"}
		em = e.db.Fork()
		list, err := orm.Find[veilRoom](ctx, em, nil, byName)
		ok(t, err)
		checkRooms("not populated", em, list, "unread", "unread", "unread")
		for i, room := range list {
			desk, err := room.Desk.Load(ctx)
			if (i == 0) != (desk != nil) || (i == 1) != errors.Is(err, orm.ErrHidden) || i != 1 && err != nil {
				t.Errorf("Load of %s: %v, %v", room.Name, desk, err)
			}
		}
		checkRooms("after Load", em, list, all...)
		plain, err := orm.Find[veilHall](ctx, em, nil, byName)
		ok(t, err)
		checkHalls("not populated", em, plain, "unread", "unread", "unread")
		for _, hall := range plain {
			ok(t, orm.Load(ctx, em, hall, "bell"))
		}
		checkHalls("after Load", em, plain, all...)
		for _, strategy := range strategyNames {
			em := e.db.Fork()
			list, err := orm.Find[veilRoom](ctx, em, nil, byName, orm.Populate("desk"), orm.Strategy(strategy))
			ok(t, err)
			checkRooms(strategy, em, list, all...)
			plain, err := orm.Find[veilHall](ctx, em, nil, byName, orm.Populate("bell"), orm.Strategy(strategy))
			ok(t, err)
			checkHalls(strategy, em, plain, all...)
			em = e.db.Fork()
			list, err = orm.Find[veilRoom](ctx, em, nil, byName, orm.Fields("name", "desk.id"), orm.Populate("desk"), orm.Strategy(strategy))
			ok(t, err)
			checkRooms(strategy+" in part", em, list, all...)
			em = e.db.Fork()
			page, err := orm.FindByCursor[veilRoom](ctx, em, nil, orm.Window{First: 5}, byName, orm.Populate("desk"), orm.Strategy(strategy))
			ok(t, err)
			checkRooms(strategy+" by cursor", em, page.Items, all...)
			em = e.db.Fork()
			var kept []*veilRoom
			for room, err := range orm.Stream[veilRoom](ctx, em, nil, byName, orm.Populate("desk"), orm.Strategy(strategy)) {
				ok(t, err)
				kept = append(kept, room)
			}
			if len(kept) != 3 || kept[1].Desk.IsNil() || !kept[1].Desk.IsHidden() || !kept[2].Desk.IsNil() {
				t.Errorf("%s, streamed: %v", strategy, kept)
			}
			em = e.db.Fork()
			list, err = orm.Find[veilRoom](ctx, em, nil, byName, orm.ReadOnly(), orm.Populate("desk"), orm.Strategy(strategy))
			ok(t, err)
			if !list[0].Desk.IsLoaded() || !list[1].Desk.IsHidden() || !list[2].Desk.IsNil() {
				t.Errorf("%s, read-only: %v %v %v", strategy, list[0].Desk, list[1].Desk, list[2].Desk)
			}
			chimes, err := orm.Find[veilBell](ctx, e.db.Fork(), nil, orm.OrderBy("id"), orm.ReadOnly(), orm.Populate("hall"), orm.Strategy(strategy), orm.WithoutFilter())
			if err != nil || chimes[1].Hall == nil || chimes[1].Hall.Name != "b" {
				t.Errorf("%s, plain and read-only: %v, %v", strategy, chimes[1].Hall, err)
			}
			em = e.db.Fork()
			list, err = orm.Find[veilRoom](ctx, em, nil, byName, orm.Populate("desk"), orm.Strategy(strategy), orm.WithoutFilter())
			ok(t, err)
			checkRooms(strategy+" without filters", em, list, "there", "there", "null")
		}
		em = e.db.Fork()
		list, err = orm.Find[veilRoom](ctx, em, nil, byName)
		ok(t, err)
		ok(t, orm.PopulateAll(ctx, em, list, orm.Populate("desk")))
		checkRooms("PopulateAll", em, list, all...)
		ok(t, orm.PopulateAll(ctx, em, list, orm.Populate("desk"), orm.WithoutFilter()))
		checkRooms("PopulateAll without filters", em, list, "there", "there", "null")
		if e.caps.Name != "memory" {
			em = e.db.Fork()
			list, err = orm.QB[veilRoom](em, "r").LeftJoinAndSelect("desk", "d").OrderBy("name").All(ctx)
			ok(t, err)
			checkRooms("JoinAndSelect", em, list, all...)
			plain, err = orm.QB[veilHall](em, "h").LeftJoinAndSelect("bell", "b").OrderBy("name").All(ctx)
			ok(t, err)
			checkHalls("JoinAndSelect", em, plain, all...)
		}
		// the side with columns
		ok(t, updateGone(ctx, e.db.Fork()))
		for _, way := range append([]string{"none", "qb", "PopulateAll", "Load"}, strategyNames...) {
			em := e.db.Fork()
			opts := []orm.FindOption{orm.OrderBy("id")}
			if way != "none" && way != "qb" && way != "PopulateAll" && way != "Load" {
				opts = append(opts, orm.Populate("room"), orm.Strategy(way))
			}
			var desks []*veilDesk
			var bells []*veilBell
			if way == "qb" {
				if e.caps.Name == "memory" {
					continue
				}
				desks, err = orm.QB[veilDesk](em, "d").LeftJoinAndSelect("room", "r").All(ctx)
				ok(t, err)
				bells, err = orm.QB[veilBell](em, "d").LeftJoinAndSelect("hall", "r").All(ctx)
				ok(t, err)
			} else {
				desks, err = orm.Find[veilDesk](ctx, em, nil, opts...)
				ok(t, err)
				if len(opts) > 1 {
					opts[1] = orm.Populate("hall")
				}
				bells, err = orm.Find[veilBell](ctx, em, nil, opts...)
				ok(t, err)
			}
			want := "hidden"
			switch way {
			case "none":
				want = "unread"
			case "PopulateAll":
				ok(t, orm.PopulateAll(ctx, em, desks, orm.Populate("room")))
				ok(t, orm.PopulateAll(ctx, em, bells, orm.Populate("hall")))
			case "Load":
				if _, err := desks[0].Room.Load(ctx); !errors.Is(err, orm.ErrHidden) {
					t.Errorf("Load: %v", err)
				}
				ok(t, orm.Load(ctx, em, bells[0], "hall"))
			}
			if got := state(em, desks[0], "room"); got != want || desks[0].Room.IsNil() || desks[0].Room.IsHidden() != (want == "hidden") {
				t.Errorf("%s: the room is %s", way, got)
			}
			if got := state(em, bells[0], "hall"); got != want || bells[0].Hall != nil {
				t.Errorf("%s: the hall is %s", way, got)
			}
			idle(t, em)
		}
	})
}

// updateGone hides the first room and hall.
func updateGone(ctx context.Context, em *orm.EntityManager) error {
	room, err := orm.FindOneOrFail[veilRoom](ctx, em, 1)
	if err != nil {
		return err
	}
	hall, err := orm.FindOneOrFail[veilHall](ctx, em, 1)
	if err != nil {
		return err
	}
	room.Gone, hall.Gone = true, true
	return em.Flush(ctx)
}
