package behaviour_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

type (
	// Lodging has values that can be absent, at each depth.
	Lodging struct {
		ID    int64
		Name  string `orm:",length=20"`
		Note  *string
		When  *time.Time
		Stars *int
		Meta  map[string]any
		Tags  []string
		Raw   *LodgingMeta `orm:",json,default='{\"a\":1}'"`
		Home  *LodgingHome
		Doc   *LodgingHome    `orm:",json"`
		Owner rel.Ref[Lodger] `orm:",nullable"`
	}
	LodgingMeta struct {
		A int `json:"a"`
	}
	LodgingHome struct {
		City   string `orm:",length=20"`
		Street *string
		Spot   *LodgingSpot
	}
	LodgingSpot struct {
		X *int
		Y int
	}
	Lodger struct {
		ID   int64
		Name string `orm:",length=20"`
	}
)

// TestAssignNull empties what stands behind pointers, whatever kind of nil says so.
func TestAssignNull(t *testing.T) {
	engines(t, []any{Lodging{}, Lodger{}}, func(t *testing.T, e engine) {
		full := func() *Lodging {
			return &Lodging{Name: "a", Note: new("n"), When: new(time.Unix(0, 0)), Stars: new(3), Meta: map[string]any{"a": 1}, Tags: []string{"x"},
				Raw: &LodgingMeta{2}, Home: &LodgingHome{City: "Oslo", Street: new("s"), Spot: &LodgingSpot{X: new(1), Y: 2}}, Doc: &LodgingHome{City: "Rome"}}
		}
		for name, c := range map[string]struct {
			data orm.M
			gone func(l *Lodging) bool
		}{
			"note":           {orm.M{"note": nil}, func(l *Lodging) bool { return l.Note == nil }},
			"typed note":     {orm.M{"note": (*string)(nil)}, func(l *Lodging) bool { return l.Note == nil }},
			"sql.Null":       {orm.M{"note": sql.Null[string]{}}, func(l *Lodging) bool { return l.Note == nil }},
			"time":           {orm.M{"when": (*time.Time)(nil)}, func(l *Lodging) bool { return l.When == nil }},
			"int":            {orm.M{"stars": (*int)(nil)}, func(l *Lodging) bool { return l.Stars == nil }},
			"home":           {orm.M{"home": nil}, func(l *Lodging) bool { return l.Home == nil }},
			"typed home":     {orm.M{"home": (*LodgingHome)(nil)}, func(l *Lodging) bool { return l.Home == nil }},
			"nil map home":   {orm.M{"home": orm.M(nil)}, func(l *Lodging) bool { return l.Home == nil }},
			"street":         {orm.M{"home": orm.M{"street": nil}}, func(l *Lodging) bool { return l.Home != nil && l.Home.Street == nil && l.Home.City == "Oslo" }},
			"typed street":   {orm.M{"home": orm.M{"street": (*string)(nil)}}, func(l *Lodging) bool { return l.Home != nil && l.Home.Street == nil }},
			"spot":           {orm.M{"home": orm.M{"spot": nil}}, func(l *Lodging) bool { return l.Home != nil && l.Home.Spot == nil }},
			"typed spot":     {orm.M{"home": orm.M{"spot": (*LodgingSpot)(nil)}}, func(l *Lodging) bool { return l.Home != nil && l.Home.Spot == nil }},
			"x":              {orm.M{"home": orm.M{"spot": orm.M{"x": nil}}}, func(l *Lodging) bool { return l.Home.Spot != nil && l.Home.Spot.X == nil && l.Home.Spot.Y == 2 }},
			"typed x":        {orm.M{"home": orm.M{"spot": orm.M{"x": (*int)(nil)}}}, func(l *Lodging) bool { return l.Home.Spot != nil && l.Home.Spot.X == nil }},
			"document":       {orm.M{"doc": nil}, func(l *Lodging) bool { return l.Doc == nil }},
			"typed document": {orm.M{"doc": (*LodgingHome)(nil)}, func(l *Lodging) bool { return l.Doc == nil }},
			"owner":          {orm.M{"owner": nil}, func(l *Lodging) bool { return l.Owner.IsNil() }},
			"typed owner":    {orm.M{"owner": (*Lodger)(nil)}, func(l *Lodging) bool { return l.Owner.IsNil() }},
		} {
			em := e.db.Fork()
			l := full()
			l.Owner = rel.To(&Lodger{Name: "o"})
			em.Persist(l)
			ok(t, em.Flush(t.Context()))
			if err := unpanicked(t, name, func() error { return orm.Assign(t.Context(), em, l, c.data) }); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if !c.gone(l) {
				t.Errorf("%s: it is still there", name)
			}
			ok(t, em.Flush(t.Context()))
			idle(t, em)
			again, err := orm.FindOneOrFail[Lodging](t.Context(), e.db.Fork(), l.ID)
			ok(t, err)
			if !c.gone(again) {
				t.Errorf("%s: it is stored", name)
			}
			// And into a value that is absent.
			other := &Lodging{Name: "b"}
			if err := unpanicked(t, name+" absent", func() error { return orm.Assign(t.Context(), em, other, c.data) }); err != nil {
				t.Errorf("%s, absent: %v", name, err)
			}
		}
		for name, data := range map[string]orm.M{
			"name": {"name": nil}, "typed name": {"name": (*string)(nil)}, "city": {"home": orm.M{"city": nil}}, "y": {"home": orm.M{"spot": orm.M{"y": (*int)(nil)}}},
		} {
			l := full()
			if err := unpanicked(t, name, func() error { return orm.Assign(t.Context(), e.db.Fork(), l, data) }); !errors.Is(err, orm.ErrRequired) && !errors.Is(err, orm.ErrValue) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestTypedNils are accepted wherever nil is.
func TestTypedNils(t *testing.T) {
	engines(t, []any{Lodging{}, Lodger{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&Lodging{Name: "a"})
		em.Persist(&Lodging{Name: "b", Note: new("x"), Stars: new(1), When: new(time.Unix(0, 0)), Home: &LodgingHome{City: "c", Street: new("s")}})
		ok(t, em.Flush(t.Context()))
		for name, cond := range map[string]orm.M{
			"text": {"note": (*string)(nil)}, "int": {"stars": (*int)(nil)}, "other int": {"stars": (*int64)(nil)}, "time": {"when": (*time.Time)(nil)},
			"sql": {"note": sql.NullString{}}, "opt": {"note": rel.Opt[string]{}}, "in": {"note": []*string{nil}}, "$eq": {"note": orm.M{"$eq": (*string)(nil)}},
			"embedded": {"home.street": (*string)(nil), "name": "a"}, "relation": {"owner": (*Lodger)(nil), "name": "a"}, "uuid": {"name": "a", "note": (*mapper.UUID)(nil)},
		} {
			var n int64
			err := unpanicked(t, name, func() (err error) {
				n, err = orm.Count[Lodging](context.Background(), e.db.Fork(), cond)
				return err
			})
			if err != nil || n != 1 {
				t.Errorf("%s: %d, %v", name, n, err)
			}
		}
		for name, set := range map[string]orm.M{"text": {"note": (*string)(nil)}, "int": {"stars": (*int)(nil)}, "time": {"when": (*time.Time)(nil)}, "owner": {"owner": (*Lodger)(nil)}} {
			if err := unpanicked(t, name, func() error {
				_, err := orm.NativeUpdate[Lodging](t.Context(), e.db.Fork(), orm.M{"name": "b"}, set)
				return err
			}); err != nil {
				t.Errorf("update of %s: %v", name, err)
			}
		}
		n, err := orm.Count[Lodging](t.Context(), e.db.Fork(), orm.M{"note": nil, "stars": nil, "when": nil})
		if err != nil || n != 2 {
			t.Errorf("%d rows, %v", n, err)
		}
	})
}

// TestPointerToADocumentWithADefault leaves it to the database and reads it back, and knows NULL from it.
func TestPointerToADocumentWithADefault(t *testing.T) {
	type Parcel struct {
		ID   int64
		Meta *LodgingMeta    `orm:",json,default='{\"a\":1}'"`
		Any  *map[string]any `orm:",json,default='{\"a\":1}'"`
		List *[]int          `orm:",json,default='[1,2]'"`
		Text *string         `orm:",json,default='\"x\"'"`
		Map  map[string]any  `orm:",json,optional,default='{\"a\":1}'"`
		More *[]LodgingMeta  `orm:",json,default='[{\"a\":1}]'"`
		Deep **LodgingMeta   `orm:"-"`
		Set  rel.Opt[[]int]  `orm:",json,default='[3]'"`
	}
	engines(t, []any{Parcel{}}, func(t *testing.T, e engine) {
		if e.refused != nil {
			t.Skip(e.refused)
		}
		em := e.db.Fork()
		p := &Parcel{}
		em.Persist(p)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		for _, got := range []*Parcel{p, must(orm.FindOneOrFail[Parcel](t.Context(), e.db.Fork(), p.ID))} {
			if got.Meta == nil || got.Meta.A != 1 || got.Any == nil || (*got.Any)["a"] == nil || got.List == nil || len(*got.List) != 2 || got.Text == nil || *got.Text != "x" ||
				got.Map["a"] == nil || got.More == nil || len(*got.More) != 1 {
				t.Errorf("read back %s", encode(t, got))
			}
		}
	})
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}
