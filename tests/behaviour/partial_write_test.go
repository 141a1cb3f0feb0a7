package behaviour_test

import (
	"testing"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

type stampPlace struct{ Lat, Lon float64 }

// stampCard has a value that is made with each update, and a place that may be absent.
type stampCard struct {
	ID      int64
	Name    string
	Place   *stampPlace
	Changed time.Time `orm:",onUpdate=now"`
}

// TestStampOfPartial: what is made with each update is written where it was not read, too, and by
// itself changes nothing.
func TestStampOfPartial(t *testing.T) {
	engines(t, []any{stampCard{}}, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		long := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		em.Persist(&stampCard{Name: "a", Changed: long})
		ok(t, em.Flush(ctx))
		em = e.db.Fork()
		card, err := orm.FindOneOrFail[stampCard](ctx, em, orm.M{"name": "a"}, orm.Fields("name"))
		ok(t, err)
		idle(t, em)
		for _, name := range []string{"b", "c"} {
			card.Name = name
			ok(t, em.Flush(ctx))
			idle(t, em)
			stored, err := orm.FindOneOrFail[stampCard](ctx, e.db.Fork(), orm.M{"name": name})
			ok(t, err)
			if !stored.Changed.After(long) {
				t.Errorf("%s: changed at %v", name, stored.Changed)
			}
		}
		_, err = orm.FindOneOrFail[stampCard](ctx, em, orm.M{"name": "c"})
		ok(t, err)
		idle(t, em)
	})
}

// TestAssignedUnreadPlace: an embedded value that is assigned without being read stays a change, whatever
// else is flushed before it is read.
func TestAssignedUnreadPlace(t *testing.T) {
	engines(t, []any{stampCard{}}, func(t *testing.T, e engine) {
		for _, fields := range [][]string{{"name"}, {"name", "place.lat"}} {
			for _, was := range []*stampPlace{nil, {3, 4}} {
				ctx, em := t.Context(), e.db.Fork()
				em.Persist(&stampCard{Name: "a", Place: was})
				ok(t, em.Flush(ctx))
				em = e.db.Fork()
				card, err := orm.FindOneOrFail[stampCard](ctx, em, orm.M{"name": "a"}, orm.Fields(fields...))
				ok(t, err)
				card.Name, card.Place = "b", &stampPlace{9, 8}
				ok(t, em.Flush(ctx))
				_, err = orm.FindOneOrFail[stampCard](ctx, em, orm.M{"name": "b"}) // the rest of it
				ok(t, err)
				ok(t, em.Flush(ctx))
				stored, err := orm.FindOneOrFail[stampCard](ctx, e.db.Fork(), orm.M{"name": "b"})
				ok(t, err)
				if stored.Place == nil || *stored.Place != (stampPlace{9, 8}) {
					t.Errorf("read %v, was %v: the place is %v", fields, was, stored.Place)
				}
				_, err = orm.NativeDelete[stampCard](ctx, em, nil, orm.AllowAll())
				ok(t, err)
			}
		}
	})
}

// guestHall and guestFan are linked; a filter hides fans.
type guestHall struct {
	ID   int64
	Fans orm.Collection[guestFan]
}

type guestFan struct {
	ID    int64
	Name  string
	Gone  bool
	Halls orm.Collection[guestHall] `orm:",mappedBy=Fans"`
}

func guests() []any {
	there := mapper.Filter{Name: "there", Default: true, Where: func(mapper.Params) any { return orm.M{"gone": false} }}
	return []any{guestHall{}, mapper.Define[guestFan](func(b *mapper.Builder[guestFan]) { b.Filter(there) })}
}

// TestHiddenLinksStay: replacing a many-to-many collection leaves the links to what a filter hides
// alone, whether it was read before or not.
func TestHiddenLinksStay(t *testing.T) {
	engines(t, guests(), func(t *testing.T, e engine) {
		for _, read := range []bool{false, true} {
			for _, set := range []bool{false, true} {
				ctx, em := t.Context(), e.db.Fork()
				hall, other := &guestHall{}, &guestFan{Name: "other"}
				hall.Fans.Add(&guestFan{Name: "seen"}, &guestFan{Name: "hidden", Gone: true})
				em.Persist(hall, other, hall.Fans.Items()[0], hall.Fans.Items()[1])
				ok(t, em.Flush(ctx))
				em = e.db.Fork()
				again, err := orm.FindOneOrFail[guestHall](ctx, em, hall.ID)
				ok(t, err)
				if read {
					ok(t, again.Fans.Load(ctx))
				}
				want := map[string]bool{"hidden": true}
				if again.Fans.RemoveAll(); set {
					fan, err := orm.FindOneOrFail[guestFan](ctx, em, other.ID)
					ok(t, err)
					again.Fans.Set(fan)
					want["other"] = true
				}
				ok(t, em.Flush(ctx))
				idle(t, em)
				stored, err := orm.FindOneOrFail[guestHall](ctx, e.db.Fork(), hall.ID, orm.Populate("fans"), orm.WithoutFilter())
				ok(t, err)
				for _, fan := range stored.Fans.Items() {
					if !want[fan.Name] {
						t.Errorf("read %t, set %t: %s is still linked", read, set, fan.Name)
					}
					delete(want, fan.Name)
				}
				for name := range want {
					t.Errorf("read %t, set %t: %s is not linked", read, set, name)
				}
			}
		}
	})
}
