package behaviour_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

type (
	// Maker has everything that Assign may meet.
	Maker struct {
		ID    int64  `orm:",assigned"`
		Name  string `orm:",length=5"`
		Mood  string `orm:",enum=good|bad"`
		Ratio float64
		Token string
		Home  MakerPlace
		Away  *MakerPlace
		Text  string `orm:",lazy"`
		Works rel.Collection[Work]
	}
	// MakerPlace is kept in columns of the maker.
	MakerPlace struct {
		City string `orm:",length=4"`
		Spot *struct{ X, Y int8 }
	}
	// Work is an item, and leads back.
	Work struct {
		ID    int64          `orm:",assigned"`
		Title string         `orm:",length=5"`
		Maker rel.Ref[Maker] `orm:",nullable"`
	}
)

func makers() []any {
	return []any{mapper.Define(func(e *mapper.Builder[Maker]) {
		mapper.Field(e, func(m *Maker) *rel.Collection[Work] { return &m.Works }).MappedBy("Maker")
	}), Work{}}
}

// maker stores a maker with a work and returns it, read by a new manager.
func maker(t *testing.T, e engine) (*orm.EntityManager, *Maker) {
	t.Helper()
	em := e.db.Fork()
	m := &Maker{ID: 1, Name: "a", Mood: "good", Away: &MakerPlace{City: "Rome"}, Text: "long"}
	m.Works.Add(&Work{ID: 2, Title: "b"})
	em.Persist(m)
	ok(t, em.Flush(t.Context()))
	em = e.db.Fork()
	m, err := orm.FindOneOrFail[Maker](t.Context(), em, 1, orm.Populate("works"))
	ok(t, err)
	return em, m
}

// TestAssignChecksBeforeItAssigns finds all mistakes, each with its whole path, and
// leaves everything as it was.
func TestAssignChecksBeforeItAssigns(t *testing.T) {
	engines(t, makers(), func(t *testing.T, e engine) {
		em, m := maker(t, e)
		before := encode(t, m)
		err := orm.Assign(t.Context(), em, m, orm.M{
			"name": "longer", "mood": "odd", "ratio": "x", "home": orm.M{"city": "Paris", "spot": orm.M{"x": 300}, "cty": 1}, "away": 5,
			"works": []any{orm.M{"id": 2, "title": "a long one", "titel": 1}, orm.M{"id": 3}, "x"},
		})
		want := []string{
			"orm: assign: Maker 1.away: invalid value: an embedded value takes a map",
			"orm: assign: Maker 1.home.city: invalid value: mapper: the value is longer than 4 characters",
			"orm: assign: Maker 1.home.cty: unknown property: did you mean city?",
			"orm: assign: Maker 1.home.spot.x: invalid value: mapper: cannot use int as int8: is out of range",
			"orm: assign: Maker 1.mood: invalid value: mapper: the value must be one of [good bad]",
			"orm: assign: Maker 1.name: invalid value: mapper: the value is longer than 5 characters",
			"orm: assign: Maker 1.ratio: invalid value: mapper: cannot use string as float64: must be a number",
			"orm: assign: Maker 1.works.titel: unknown property: did you mean title?",
			"orm: assign: Maker 1.works.title: invalid value: mapper: the value is longer than 5 characters",
			"orm: assign: Maker 1.works: not found: no item has the key Work 3 of the data; give the key alone to add that",
			"orm: assign: Maker 1.works: invalid value: mapper: Work.id: cannot use string as int64: must be an integer",
		}
		got := strings.Split(fmt.Sprint(err), "\n")
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if after := encode(t, m); after != before {
			t.Errorf("%s became %s", before, after)
		}
		idle(t, em)
	})
}

// TestAssignTellsNothingAboutWhatIsForbidden gives values of every wrong kind to
// properties that may not be assigned: the answer is the same as for a right one.
func TestAssignTellsNothingAboutWhatIsForbidden(t *testing.T) {
	engines(t, makers(), func(t *testing.T, e engine) {
		em, m := maker(t, e)
		only := orm.AssignOnly("name", "works.title")
		for _, data := range []orm.M{
			{"ratio": 1.5}, {"ratio": "x"}, {"ratio": nil}, {"mood": "odd"}, {"mood": 7}, {"token": []int{1}}, {"home": orm.M{"city": "Rome"}}, {"home": 7}, {"home": nil},
			{"home": orm.M{"cty": 1}}, {"away": nil}, {"away": orm.M{"spot": 1}}, {"works": []any{2, 3}}, {"works": []any{orm.M{"title": "c"}}},
			{"works": []any{orm.M{"id": 2, "maker": "x"}}}, {"works": []any{orm.M{"id": 2, "maker": 9}}}, {"id": 7}, {"id": "x"},
		} {
			err := orm.Assign(t.Context(), em, m, data, only)
			if errors.Is(err, mapper.ErrValue) || errors.Is(err, orm.ErrRequired) || errors.Is(err, orm.ErrUnknownProperty) || !errors.Is(err, orm.ErrNotAllowed) && !errors.Is(err, orm.ErrNotFound) {
				t.Errorf("%v gives %v", data, err)
			}
		}
		ok(t, orm.Assign(t.Context(), em, m, orm.M{"id": 1, "name": "new", "works": []any{orm.M{"id": 2, "title": "new"}}}, only))
	})
}

// TestAssignAbsent takes an embedded value away, and refuses to where there is always one.
func TestAssignAbsent(t *testing.T) {
	engines(t, makers(), func(t *testing.T, e engine) {
		em, m := maker(t, e)
		if err := orm.Assign(t.Context(), em, m, orm.M{"home": nil}); !errors.Is(err, orm.ErrRequired) {
			t.Errorf("home: %v", err)
		}
		ok(t, orm.Assign(t.Context(), em, m, orm.M{"away": orm.M{"spot": orm.M{"x": 1, "y": 2}}}))
		ok(t, em.Flush(t.Context()))
		ok(t, orm.Assign(t.Context(), em, m, orm.M{"away": orm.M{"spot": nil}}))
		if m.Away.Spot != nil || m.Away.City != "Rome" {
			t.Errorf("away is %+v", m.Away)
		}
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		ok(t, orm.Assign(t.Context(), em, m, orm.M{"away": nil}))
		ok(t, em.Flush(t.Context()))
		got, err := orm.FindOneOrFail[Maker](t.Context(), e.db.Fork(), 1)
		ok(t, err)
		if m.Away != nil || got.Away != nil {
			t.Errorf("away is %+v, stored %+v", m.Away, got.Away)
		}
	})
}

// TestDTOOfPartlyReadEntities writes loaded collections of entities that were read
// without their lazy properties, or by a list of fields.
func TestDTOOfPartlyReadEntities(t *testing.T) {
	engines(t, makers(), func(t *testing.T, e engine) {
		maker(t, e)
		for _, tt := range []struct {
			opts []orm.FindOption
			want string
		}{
			{[]orm.FindOption{orm.Populate("works")},
				`{"away":{"city":"Rome","spot":{"x":null,"y":null}},"home":{"city":"","spot":{"x":null,"y":null}},"id":1,"mood":"good","name":"a","ratio":0,"token":"","works":[{"id":2,"maker":1,"title":"b"}]}`},
			{[]orm.FindOption{orm.Fields("name", "works.title"), orm.Populate("works")}, `{"id":1,"name":"a","works":[{"id":2,"maker":1,"title":"b"}]}`},
			{[]orm.FindOption{orm.Populate("text")},
				`{"away":{"city":"Rome","spot":{"x":null,"y":null}},"home":{"city":"","spot":{"x":null,"y":null}},"id":1,"mood":"good","name":"a","ratio":0,"text":"long","token":""}`},
		} {
			em := e.db.Fork()
			m, err := orm.FindOneOrFail[Maker](t.Context(), em, 1, tt.opts...)
			ok(t, err)
			got, err := orm.JSON(em, m)
			ok(t, err)
			if string(got) != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		}
	})
}
