package reports_test

import (
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// Crew is a ship's, with one captain on the side without columns.
type Crew struct {
	ID      int64
	Name    string           `orm:",unique,length=20"`
	Motto   string           `orm:",length=20"`
	Captain rel.Ref[Captain] `orm:",oneToOne,mappedBy=Crew"`
	Base    struct {
		Pier int
		Port rel.Ref[Port]
	}
	Sailors rel.Collection[Sailor] `orm:",mappedBy=Crew"`
}

// Captain leads a crew.
type Captain struct {
	ID   int64
	Name string        `orm:",length=20"`
	Crew rel.Ref[Crew] `orm:",oneToOne"`
}

// Port may be closed, and is hidden then.
type Port struct {
	ID     int64
	Name   string `orm:",length=20"`
	Closed bool
}

// Sailor is one of a crew.
type Sailor struct {
	ID   int64
	Name string `orm:",length=20"`
	Rank int
	Crew rel.Ref[Crew]
}

// crews runs fn on each engine, with one crew stored.
func crews(t *testing.T, fn func(t *testing.T, db *orm.DB)) {
	t.Helper()
	port := mapper.Define[Port](func(b *mapper.Builder[Port]) {
		b.Filter(mapper.Filter{Name: "open", Default: true, Where: func(mapper.Params) any { return orm.M{"closed": false} }})
	})
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			db := e.Open(t, orm.Entities(Crew{}, Captain{}, port, Sailor{}))
			em := db.Fork()
			crew := &Crew{Name: "Argo", Motto: "on"}
			crew.Base.Pier, crew.Base.Port = 4, rel.To(&Port{Name: "Pagasae", Closed: true})
			crew.Sailors.Add(&Sailor{Name: "Orpheus", Rank: 2}, &Sailor{Name: "Castor", Rank: 3})
			em.Persist(crew, crew.Base.Port.Get(), &Captain{Name: "Jason", Crew: rel.To(crew)})
			done(t, em.Flush(t.Context()))
			fn(t, db)
		})
	}
}

// TestListThenDetail: "the list page selects two columns; opening a row afterwards shows its one-to-one as null".
func TestListThenDetail(t *testing.T) {
	crews(t, func(t *testing.T, db *orm.DB) {
		em := db.Fork()
		list, err := orm.Find[Crew](t.Context(), em, nil, orm.Fields("name"))
		done(t, err)
		if list[0].Captain.IsNil() {
			t.Error("what was not selected is null")
		}
		captain, err := list[0].Captain.Load(t.Context())
		if err != nil || captain == nil || captain.Name != "Jason" || list[0].Captain.Get() != captain {
			t.Errorf("loaded %v, %v", captain, err)
		}
	})
}

// TestSecondScreenNeedsMore: "the second query asks for the whole children, but gets those of the first, half empty, from the session".
func TestSecondScreenNeedsMore(t *testing.T) {
	crews(t, func(t *testing.T, db *orm.DB) {
		em := db.Fork()
		_, err := orm.Find[Crew](t.Context(), em, nil, orm.Fields("name", "sailors.name"), orm.Populate("sailors"))
		done(t, err)
		list, err := orm.Find[Crew](t.Context(), em, nil, orm.Populate("sailors"))
		done(t, err)
		for _, s := range list[0].Sailors.Items() {
			if s.Rank == 0 {
				t.Errorf("%s has no rank", s.Name)
			}
		}
		if list[0].Motto != "on" {
			t.Error("the crew is not completed")
		}
	})
}

// TestSavingKeepsHiddenReferences: "soft-deleted parent: saving the child nulls its foreign key".
func TestSavingKeepsHiddenReferences(t *testing.T) {
	crews(t, func(t *testing.T, db *orm.DB) {
		em := db.Fork()
		crew, err := orm.FindOneOrFail[Crew](t.Context(), em, orm.M{"name": "Argo"}, orm.Populate("base.port"))
		done(t, err)
		if !crew.Base.Port.IsHidden() {
			t.Error("the port is not told as hidden")
		}
		crew.Motto, crew.Base.Pier = "off", 5
		done(t, em.Flush(t.Context()))
		crew, err = orm.FindOneOrFail[Crew](t.Context(), db.Fork(), orm.M{"name": "Argo"}, orm.Populate("base.port"), orm.WithoutFilter())
		done(t, err)
		if crew.Base.Port.Get().Name != "Pagasae" || crew.Base.Pier != 5 {
			t.Errorf("the base is %+v", crew.Base)
		}
	})
}

// TestFindOrCreateInOneTransaction: "find-or-create in a loop inserts the same tag twice, because the first is not flushed".
func TestFindOrCreateInOneTransaction(t *testing.T) {
	crews(t, func(t *testing.T, db *orm.DB) {
		em := db.Fork()
		em.SetFlushMode(orm.FlushCommit)
		for range 3 {
			crew, err := orm.FindOne[Crew](t.Context(), em, orm.M{"name": "Nautilus"})
			done(t, err)
			if crew == nil {
				em.Persist(&Crew{Name: "Nautilus"})
			}
		}
		done(t, em.Flush(t.Context()))
	})
}

// TestExportWhileWriting: "iterating a big query and saving inside the loop waits for a connection for ever".
func TestExportWhileWriting(t *testing.T) {
	crews(t, func(t *testing.T, db *orm.DB) {
		em, n := db.Fork(), 0
		for s, err := range orm.Stream[Sailor](t.Context(), em, nil, orm.Populate("crew.captain")) {
			done(t, err)
			s.Rank++
			done(t, em.Flush(t.Context()))
			n++
		}
		if ranks, err := orm.Count[Sailor](t.Context(), em, orm.M{"rank >=": 3}); err != nil || n != 2 || ranks != 2 {
			t.Errorf("%d sailors, %d promoted, %v", n, ranks, err)
		}
	})
}
