package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// What leads to rooms and doors, by each rule there is.
type (
	// Chamber is in a house, by a key of two parts; a Hall is one.
	Chamber struct {
		_     struct{} `orm:"inheritance=single,discriminator=kind"`
		House string   `orm:",pk,length=10"`
		No    int64    `orm:",pk"`
		Name  string
	}
	Hall struct {
		Chamber
		Doors rel.Collection[Hatch] `orm:",mappedBy=Hall"`
	}
	// Hatch goes with its room, with its hall and with the door behind it.
	Hatch struct {
		ID      int64
		Name    string
		Chamber rel.Ref[Chamber] `orm:",onDelete=cascade"`
		Hall    *Hall            `orm:",onDelete=cascade"`
		Behind  rel.Ref[Hatch]   `orm:",onDelete=cascade"`
	}
	// Lamp loses its room and its door.
	Lamp struct {
		ID      int64
		Name    string
		Chamber *Chamber       `orm:",onDelete=set null"`
		Hatch   rel.Ref[Hatch] `orm:",onDelete=set null"`
	}
	// Lock keeps a door where it is, unless it goes with it.
	Lock struct {
		ID    int64
		Name  string
		Keeps rel.Ref[Hatch] `orm:",onDelete=restrict"`
		On    rel.Ref[Hatch] `orm:",onDelete=cascade"`
	}
	// Tour leads through rooms, halls and doors.
	Tour struct {
		ID    int64
		Name  string
		Rooms rel.Collection[Chamber]
		Halls rel.Collection[Hall]
		Doors rel.Collection[Hatch] `orm:",ordered"`
	}
)

func house() []any { return []any{Chamber{}, Hall{}, Hatch{}, Lamp{}, Lock{}, Tour{}} }

// build writes a house: two rooms and a hall, with doors in a row between them and in a ring.
func build(t *testing.T, e engine) {
	t.Helper()
	em := e.db.Fork()
	bath, bed := &Chamber{House: "a", No: 1, Name: "bath"}, &Chamber{House: "a", No: 2, Name: "bed"}
	hall := &Hall{Chamber: Chamber{House: "b", No: 1, Name: "hall"}}
	front, back := &Hatch{Name: "front", Hall: hall}, &Hatch{Name: "back", Chamber: rel.To(bath)}
	cellar := &Hatch{Name: "cellar", Behind: rel.To(back)}
	one, two := &Hatch{Name: "one"}, &Hatch{Name: "two"}
	one.Behind, two.Behind = rel.To(two), rel.To(one)
	side := &Hatch{Name: "side", Chamber: rel.To(bed)}
	em.Persist(bath, bed, hall, front, back, cellar, one, two, side)
	em.Persist(&Lamp{Name: "red", Chamber: bath, Hatch: rel.To(cellar)}, &Lamp{Name: "blue", Chamber: bed, Hatch: rel.To(front)})
	em.Persist(&Lock{Name: "old", Keeps: rel.To(side)}, &Lock{Name: "new", On: rel.To(back)})
	all := &Tour{Name: "all"}
	all.Rooms.Add(bath, bed)
	all.Halls.Add(hall)
	all.Doors.Add(front, back, cellar, one, two, side)
	short := &Tour{Name: "short"}
	short.Rooms.Add(bath)
	short.Doors.Add(cellar, side)
	em.Persist(all, short)
	ok(t, em.Flush(t.Context()))
}

// standing tells all that is left of a house.
func standing(t *testing.T, e engine) string {
	t.Helper()
	ctx, em := t.Context(), e.db.Fork()
	var b strings.Builder
	rooms, err := orm.Find[Chamber](ctx, em, nil, orm.OrderBy("name"))
	ok(t, err)
	for _, r := range rooms {
		b.WriteString(r.Name + " ")
	}
	doors, err := orm.Find[Hatch](ctx, em, nil, orm.OrderBy("name"))
	ok(t, err)
	for _, d := range doors {
		b.WriteString("| " + d.Name + " ")
	}
	lamps, err := orm.Find[Lamp](ctx, em, nil, orm.OrderBy("name"), orm.Populate("chamber", "hatch"))
	ok(t, err)
	for _, l := range lamps {
		fmt.Fprintf(&b, "| %s %t %t ", l.Name, l.Chamber != nil, !l.Hatch.IsNil())
	}
	locks, err := orm.Find[Lock](ctx, em, nil, orm.OrderBy("name"))
	ok(t, err)
	for _, l := range locks {
		b.WriteString("| " + l.Name + " ")
	}
	for _, name := range []string{"all", "short"} {
		for _, relation := range []string{"rooms", "halls", "doors"} {
			for n := range 7 { // as the links are counted, targets or not
				if held, err := orm.Count[Tour](ctx, em, orm.M{"name": name, relation + ":size": n}); err != nil || held > 0 {
					ok(t, err)
					fmt.Fprintf(&b, "| %s %d %s ", name, n, relation)
				}
			}
		}
	}
	return strings.TrimSpace(b.String())
}

const whole = "bath bed hall | back | cellar | front | one | side | two | blue true true | red true true | new | old " +
	"| all 2 rooms | all 1 halls | all 6 doors | short 1 rooms | short 0 halls | short 2 doors"

// TestOnDeleteInBulk: a bulk delete does to what leads to its rows what foreign keys and link
// tables do, and the same on every engine.
func TestOnDeleteInBulk(t *testing.T) {
	for _, c := range []struct {
		name string
		// remove returns how many rows it deleted.
		remove func(t *testing.T, em *orm.EntityManager) (int64, error)
		n      int64
		want   string
	}{
		{"of a room", func(t *testing.T, em *orm.EntityManager) (int64, error) {
			return orm.NativeDelete[Chamber](t.Context(), em, orm.M{"name": "bath"})
		}, 1, "bed hall | front | one | side | two | blue true true | red false false | old " +
			"| all 1 rooms | all 1 halls | all 4 doors | short 0 rooms | short 0 halls | short 1 doors"},
		{"of a subtype", func(t *testing.T, em *orm.EntityManager) (int64, error) {
			return orm.NativeDelete[Hall](t.Context(), em, nil, orm.AllowAll())
		}, 1, "bath bed | back | cellar | one | side | two | blue true false | red true true | new | old " +
			"| all 2 rooms | all 0 halls | all 5 doors | short 1 rooms | short 0 halls | short 2 doors"},
		{"of a base", func(t *testing.T, em *orm.EntityManager) (int64, error) {
			return orm.NativeDelete[Chamber](t.Context(), em, orm.M{"name:in": []string{"hall", "bath", "none"}})
		}, 2, "bed | one | side | two | blue true false | red false false | old " +
			"| all 1 rooms | all 0 halls | all 3 doors | short 0 rooms | short 0 halls | short 1 doors"},
		{"of a ring", func(t *testing.T, em *orm.EntityManager) (int64, error) {
			return orm.Exec(t.Context(), em, orm.QB[Hatch](em, "d").Where(orm.M{"d.behind.name": "two"}).Delete())
		}, 1, "bath bed hall | back | cellar | front | side | blue true true | red true true | new | old " +
			"| all 2 rooms | all 1 halls | all 4 doors | short 1 rooms | short 0 halls | short 2 doors"},
		{"by keys", func(t *testing.T, em *orm.EntityManager) (int64, error) {
			return orm.NativeDelete[Chamber](t.Context(), em, orm.M{"$in": []any{[]any{"a", 1}, []any{"b", 1}, []any{"c", 1}}})
		}, 2, "bed | one | side | two | blue true false | red false false | old " +
			"| all 1 rooms | all 0 halls | all 3 doors | short 0 rooms | short 0 halls | short 1 doors"},
		{"of nothing", func(t *testing.T, em *orm.EntityManager) (int64, error) {
			return orm.NativeDelete[Chamber](t.Context(), em, orm.M{"name": "none"})
		}, 0, whole},
		{"in a transaction that is rolled back", func(t *testing.T, em *orm.EntityManager) (n int64, err error) {
			if !em.DB().Engine().Caps().Transactions {
				return 0, nil
			}
			sorry := errors.New("sorry")
			err = em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				deleted, err := orm.NativeDelete[Chamber](ctx, em, orm.M{"name": "bath"})
				ok(t, err)
				if deleted != 1 {
					t.Errorf("deleted %d rooms", deleted)
				}
				return sorry
			})
			if errors.Is(err, sorry) {
				err = nil
			}
			return 0, err
		}, 0, whole},
	} {
		t.Run(c.name, func(t *testing.T) {
			engines(t, house(), func(t *testing.T, e engine) {
				ok(t, e.refused)
				build(t, e)
				n, err := c.remove(t, e.db.Fork())
				ok(t, err)
				if n != c.n {
					t.Errorf("%d rows were deleted, not %d", n, c.n)
				}
				if got := standing(t, e); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

// TestRestrictInBulk: a row that keeps another one keeps it from a bulk delete, of which
// nothing is done then.
func TestRestrictInBulk(t *testing.T) {
	engines(t, house(), func(t *testing.T, e engine) {
		ok(t, e.refused)
		build(t, e)
		for _, cond := range []orm.M{{"name": "bed"}, {"name:in": []string{"bath", "bed", "hall"}}} {
			n, err := orm.NativeDelete[Chamber](t.Context(), e.db.Fork(), cond)
			if n != 0 || !errors.Is(err, orm.ErrForeignKeyViolation) {
				t.Errorf("%v: %d rows, %v", cond, n, err)
			}
			if got := standing(t, e); got != whole {
				t.Errorf("%v: got %s", cond, got)
			}
		}
		em := e.db.Fork()
		removed, err := orm.FindOneOrFail[Hatch](t.Context(), em, orm.M{"name": "side"})
		ok(t, err)
		em.Remove(removed)
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrForeignKeyViolation) {
			t.Errorf("a flush: %v", err)
		}
		if got := standing(t, e); got != whole {
			t.Errorf("a flush: got %s", got)
		}
	})
}

// shrine keeps its relics: links do not go with either end.
type (
	shrine struct {
		ID     int64
		Name   string
		Relics rel.Collection[relic] `orm:",onDelete=restrict"`
	}
	relic struct {
		ID   int64
		Name string
	}
)

// TestLinksThatKeep: rows at either end of links with restrict stay, and what has none goes.
func TestLinksThatKeep(t *testing.T) {
	engines(t, []any{shrine{}, relic{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		em := e.db.Fork()
		full, bare := &shrine{Name: "full"}, &shrine{Name: "bare"}
		held, free := &relic{Name: "held"}, &relic{Name: "free"}
		full.Relics.Add(held)
		em.Persist(full, bare, free)
		ok(t, em.Flush(t.Context()))
		all := orm.M{"name:in": []string{"full", "bare", "held", "free"}}
		if n, err := orm.NativeDelete[shrine](t.Context(), e.db.Fork(), all); n != 0 || !errors.Is(err, orm.ErrForeignKeyViolation) {
			t.Errorf("shrines: %d rows, %v", n, err)
		}
		if n, err := orm.NativeDelete[relic](t.Context(), e.db.Fork(), all); n != 0 || !errors.Is(err, orm.ErrForeignKeyViolation) {
			t.Errorf("relics: %d rows, %v", n, err)
		}
		if n, err := orm.NativeDelete[shrine](t.Context(), e.db.Fork(), orm.M{"name": "bare"}); n != 1 || err != nil {
			t.Errorf("a bare shrine: %d rows, %v", n, err)
		}
		if n, err := orm.NativeDelete[relic](t.Context(), e.db.Fork(), orm.M{"name": "free"}); n != 1 || err != nil {
			t.Errorf("a free relic: %d rows, %v", n, err)
		}
		list, err := orm.Find[shrine](t.Context(), e.db.Fork(), nil, orm.Populate("relics"))
		ok(t, err)
		if len(list) != 1 || len(list[0].Relics.Items()) != 1 {
			t.Errorf("%d shrines are left", len(list))
		}
	})
}
