package behaviour_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// band has references to the first items of its albums: the latest, the longest of those
// that are out, and the first by name, in the order of the collection.
type band struct {
	ID      int64
	Name    string
	Label   rel.Ref[label]
	Albums  rel.Collection[album] `orm:",mappedBy=Band,orderBy=name"`
	Out     rel.Collection[album] `orm:",mappedBy=Band,where={\"out\": true}"`
	Latest  rel.Ref[album]        `orm:",through=Albums,orderBy=-year"`
	Longest rel.Ref[album]        `orm:",through=Out,orderBy=-songs.length|name"`
	ByName  rel.Ref[album]        `orm:",through=Albums"`
}

type album struct {
	ID    int64
	Name  string
	Year  *int
	Out   bool
	Band  rel.Ref[band]
	Songs rel.Collection[song] `orm:",mappedBy=Album"`
}

type song struct {
	ID     int64
	Length int
	Album  rel.Ref[album]
}

type label struct {
	ID    int64
	Name  string
	Bands rel.Collection[band] `orm:",mappedBy=Label,orderBy=name"`
}

func music() []any { return []any{band{}, album{}, song{}, label{}} }

// writeMusic writes A with three albums, one without a year, B with two of the same year,
// and C with none.
func writeMusic(t *testing.T, e engine) {
	t.Helper()
	lbl := &label{Name: "l"}
	a, b, c := &band{Name: "A", Label: orm.To(lbl)}, &band{Name: "B", Label: orm.To(lbl)}, &band{Name: "C"}
	record := func(of *band, name string, year *int, out bool, lengths ...int) {
		x := &album{Name: name, Year: year, Out: out}
		for _, n := range lengths {
			x.Songs.Add(&song{Length: n})
		}
		of.Albums.Add(x)
	}
	record(a, "a1", ptr(1990), true, 100, 300)
	record(a, "a2", ptr(1995), false, 900)
	record(a, "a3", nil, true, 200)
	record(b, "b2", ptr(1980), true)
	record(b, "b1", ptr(1980), true)
	em := e.db.Fork()
	em.Persist(a, b, c)
	ok(t, em.Flush(t.Context()))
	idle(t, em)
	if a.Latest.IsLoaded() {
		t.Error("the latest album of a new band is known")
	}
	latest, err := a.Latest.Load(t.Context())
	ok(t, err)
	if latest == nil || latest.Name != "a2" {
		t.Errorf("the latest album is %v", latest)
	}
	idle(t, em)
}

func albumName(r rel.Ref[album]) string {
	if x := r.Get(); x != nil {
		return x.Name
	}
	return "none"
}

func albumNames(list []*band, of func(*band) rel.Ref[album]) []string {
	out := []string{}
	for _, b := range list {
		out = append(out, albumName(of(b)))
	}
	return out
}

func latest(b *band) rel.Ref[album]  { return b.Latest }
func longest(b *band) rel.Ref[album] { return b.Longest }
func byName(b *band) rel.Ref[album]  { return b.ByName }

// TestThroughPopulate fills the references of all owners by every strategy, with no more
// statements for many owners than for one.
func TestThroughPopulate(t *testing.T) {
	engines(t, music(), func(t *testing.T, e engine) {
		writeMusic(t, e)
		for strategy, most := range map[string]int64{"select-in": 2, "joined": 1, "balanced": 1} {
			em := e.db.Fork()
			ctx, stats := orm.WithStats(t.Context())
			list, err := orm.Find[band](ctx, em, nil, orm.OrderBy("name"), orm.Populate("latest"), orm.Strategy(strategy))
			ok(t, err)
			same(t, albumNames(list, latest), "a2", "b2", "none")
			if n := stats.Statements(); int64(n) > most {
				t.Errorf("%s: %d statements", strategy, n)
			}
			if list[0].Longest.IsLoaded() {
				t.Errorf("%s: what was not asked for is loaded", strategy)
			}
			idle(t, em)
			list, err = orm.Find[band](t.Context(), e.db.Fork(), nil, orm.OrderBy("name"), orm.Populate("longest", "byName", "albums"), orm.Strategy("balanced"))
			ok(t, err)
			same(t, albumNames(list, longest), "a1", "b1", "none")
			same(t, albumNames(list, byName), "a1", "b1", "none")
			if list[0].ByName.Get() != list[0].Albums.Items()[0] {
				t.Errorf("%s: one row is two entities", strategy)
			}
		}
		em := e.db.Fork()
		list, err := orm.Find[band](t.Context(), em, nil, orm.OrderBy("name"))
		ok(t, err)
		ok(t, orm.PopulateAll(t.Context(), em, list, orm.Populate("latest", "longest.songs")))
		same(t, albumNames(list, latest), "a2", "b2", "none")
		if list[0].Longest.Get().Songs.Len() != 2 {
			t.Error("the songs of the longest album are not there")
		}
		idle(t, em)
		labels, err := orm.Find[label](t.Context(), e.db.Fork(), nil, orm.Populate("bands.latest"))
		ok(t, err)
		same(t, albumNames(labels[0].Bands.Items(), latest), "a2", "b2")
	})
}

// TestThroughConditions asks about the first item: by its properties, its key, whether there
// is one, and in an order.
func TestThroughConditions(t *testing.T) {
	engines(t, music(), func(t *testing.T, e engine) {
		writeMusic(t, e)
		first, err := orm.FindOneOrFail[album](t.Context(), e.db.Fork(), orm.M{"name": "a2"})
		ok(t, err)
		for _, c := range []struct {
			cond any
			want []string
		}{
			{orm.M{"latest.name": "a2"}, []string{"A"}},
			{orm.M{"latest.name": "a1"}, []string{}}, // which is not the latest
			{orm.M{"longest.name": "a1"}, []string{"A"}},
			{orm.M{"longest.name": "a2"}, []string{}}, // which is not out
			{orm.M{"latest": nil}, []string{"C"}},
			{orm.M{"latest": orm.M{"$ne": nil}}, []string{"A", "B"}},
			{orm.M{"latest": first.ID}, []string{"A"}},
			{orm.M{"latest.year <": 1990}, []string{"B"}},
			{orm.M{"latest.out": false, "longest.songs.length": 300}, []string{"A"}},
			{orm.M{"$or": []any{orm.M{"latest.name": "b2"}, orm.M{"byName.name": "a1"}}}, []string{"A", "B"}},
			{orm.M{"$not": orm.M{"latest.name": "a2"}}, []string{"B"}},
		} {
			list, err := orm.Find[band](t.Context(), e.db.Fork(), c.cond, orm.OrderBy("name"))
			ok(t, err)
			names := []string{}
			for _, b := range list {
				names = append(names, b.Name)
			}
			if len(names) != len(c.want) {
				t.Errorf("%v finds %v, want %v", c.cond, names, c.want)
				continue
			}
			same(t, names, c.want...)
		}
		list, err := orm.Find[band](t.Context(), e.db.Fork(), orm.M{"latest": orm.M{"$ne": nil}}, orm.OrderBy("-latest.year"), orm.Limit(1))
		ok(t, err)
		if len(list) != 1 || list[0].Name != "A" {
			t.Errorf("the band with the latest album is %v", list)
		}
		n, err := orm.Count[label](t.Context(), e.db.Fork(), orm.M{"bands.latest.name": "b2"})
		ok(t, err)
		if n != 1 {
			t.Errorf("%d labels", n)
		}
	})
}

// TestThroughIsReadOnly: an assignment is refused before anything is sent; deletions and new
// items are seen by the next read.
func TestThroughIsReadOnly(t *testing.T) {
	engines(t, music(), func(t *testing.T, e engine) {
		writeMusic(t, e)
		em := e.db.Fork()
		a, err := orm.FindOneOrFail[band](t.Context(), em, orm.M{"name": "A"}, orm.Populate("latest", "albums"))
		ok(t, err)
		was := a.Latest
		a.Latest = orm.To(a.Albums.Items()[0])
		ctx, stats := orm.WithStats(t.Context())
		var told *orm.Error
		if err := em.Flush(ctx); !errors.Is(err, orm.ErrReadOnlyRelation) || !errors.As(err, &told) || told.Path != "latest" {
			t.Errorf("an assignment: %v", err)
		}
		if n := stats.Statements(); n != 0 {
			t.Errorf("%d statements were sent", n)
		}
		a.Latest = was
		idle(t, em)
		if err := orm.Assign(t.Context(), em, a, orm.M{"latest": 1}); !errors.Is(err, orm.ErrReadOnlyRelation) {
			t.Errorf("assign: %v", err)
		}
		fresh := e.db.Fork()
		fresh.Persist(&band{Name: "D", Latest: orm.To(&album{Name: "d1"})})
		if err := fresh.Flush(t.Context()); !errors.Is(err, orm.ErrReadOnlyRelation) {
			t.Errorf("a new owner: %v", err)
		}

		em.Remove(a.Latest.Get().Songs0(t, em)...)
		em.Remove(a.Latest.Get())
		ok(t, em.Flush(t.Context()))
		if a.Latest.IsLoaded() {
			t.Error("the latest album is known after it was deleted")
		}
		next, err := a.Latest.Load(t.Context())
		ok(t, err)
		if next == nil || next.Name != "a1" {
			t.Errorf("the latest album is %v then", next)
		}
		a.Albums.Add(&album{Name: "a9", Year: ptr(2001)})
		ok(t, em.Flush(t.Context()))
		_, err = orm.FindOneOrFail[band](t.Context(), em, orm.M{"name": "A"}, orm.Populate("latest"), orm.Overwrite())
		ok(t, err)
		if albumName(a.Latest) != "a9" {
			t.Errorf("the latest album is %s in the end", albumName(a.Latest))
		}
		idle(t, em)
	})
}

// Songs0 are the songs of an album, for removing.
func (a *album) Songs0(t *testing.T, em *orm.EntityManager) []any {
	t.Helper()
	ok(t, orm.Load(t.Context(), em, a, "songs"))
	var out []any
	for _, s := range a.Songs.Items() {
		out = append(out, s)
	}
	return out
}

// TestThroughFields: partial reads, DTOs, a filter on the items, read-only reads.
func TestThroughFields(t *testing.T) {
	inPrint := mapper.Define(func(e *mapper.Builder[album]) {
		e.Filter(mapper.Filter{Name: "inPrint", Where: func(mapper.Params) any { return orm.M{"out": true} }})
	})
	engines(t, []any{band{}, inPrint, song{}, label{}}, func(t *testing.T, e engine) {
		writeMusic(t, e)
		em := e.db.Fork()
		list, err := orm.Find[band](t.Context(), em, nil, orm.OrderBy("name"), orm.Fields("name", "latest"))
		ok(t, err)
		if list[0].Latest.IsNil() || list[0].Latest.IsLoaded() || list[0].Latest.Key() == nil || !list[2].Latest.IsNil() {
			t.Error("the key of the latest album was not read")
		}
		list, err = orm.Find[band](t.Context(), e.db.Fork(), nil, orm.OrderBy("name"), orm.Populate("latest"), orm.Fields("name", "latest.name"), orm.ReadOnly())
		ok(t, err)
		same(t, albumNames(list, latest), "a2", "b2", "none")
		list, err = orm.Find[band](t.Context(), e.db.Fork(), nil, orm.OrderBy("name"), orm.Populate("latest"), orm.Filter("inPrint", nil))
		ok(t, err)
		same(t, albumNames(list, latest), "a1", "b2", "none")
		em = e.db.Fork()
		a, err := orm.FindOneOrFail[band](t.Context(), em, orm.M{"name": "A"}, orm.Populate("latest"))
		ok(t, err)
		text, err := orm.JSON(em, a, orm.SerializeFields("name", "latest.name"))
		ok(t, err)
		if string(text) != `{"latest":{"name":"a2"},"name":"A"}` {
			t.Errorf("as JSON %s", text)
		}
	})
}

// TestThroughMistakes are those of the mapping.
func TestThroughMistakes(t *testing.T) {
	for want, define := range map[string]func(*mapper.FieldBuilder){
		`mapper: behaviour_test.band.Latest: through: band has no property Album; did you mean "albums"?`:                  func(f *mapper.FieldBuilder) { f.Through("Album") },
		"mapper: behaviour_test.band.Latest: through: band.Name is no collection with mappedBy of a reference to one band": func(f *mapper.FieldBuilder) { f.Through("Name") },
		`mapper: behaviour_test.band.Latest: option "required" has no effect beside through: the reference is read-only`:   func(f *mapper.FieldBuilder) { f.Required() },
		`qb: through: band.latest: qb: album.yaer: unknown property (did you mean "year"?)`:                                func(f *mapper.FieldBuilder) { f.OrderBy("-yaer") },
	} {
		def := mapper.Define(func(e *mapper.Builder[band]) { define(e.Field("Latest")) })
		_, err := orm.Open(t.Context(), memory.New(), orm.Entities(def, album{}, song{}, label{}))
		if !errors.Is(err, mapper.ErrMapping) || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}
