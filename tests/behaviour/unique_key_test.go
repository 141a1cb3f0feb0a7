package behaviour_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// nation is referred to by its code, which is not its key.
type nation struct {
	ID     int64
	Code   string               `orm:",unique,length=10"`
	Name   string               `orm:",length=40"`
	Cities rel.Collection[city] `orm:",mappedBy=Nation,orderBy=name"`
}

type city struct {
	ID     int64
	Name   string
	Nation rel.Ref[nation] `orm:",references=code,onUpdate=cascade"`
	Twin   *nation         `orm:",references=Code,onUpdate=cascade"`
}

func nations() []any { return []any{nation{}, city{}} }

// chapter refers to another chapter by its slug, which weft makes.
type chapter struct {
	ID     int64
	Slug   string `orm:",unique,length=40,onCreate=ulid"`
	Title  string
	Parent rel.Ref[chapter]        `orm:",references=slug"`
	Parts  rel.Collection[chapter] `orm:",mappedBy=Parent,orderBy=title"`
	Index  rel.Ref[chapter]        `orm:",references=slug"`
}

// TestUniqueKeyOfItself: a tree by unique values that are made at the insert, and a ring, go
// in and out in one flush.
func TestUniqueKeyOfItself(t *testing.T) {
	engines(t, []any{chapter{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		root, a, b := &chapter{Title: "root"}, &chapter{Title: "a"}, &chapter{Title: "b"}
		root.Parts.Add(a)
		a.Parts.Add(b)
		root.Index, b.Index = orm.To(b), orm.To(b)
		em.Persist(root)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		em = e.db.Fork()
		found, err := orm.FindOneOrFail[chapter](t.Context(), em, orm.M{"parent": nil}, orm.Populate("parts.parts", "index"))
		ok(t, err)
		leaf := found.Parts.Items()[0].Parts.Items()[0]
		if leaf.Title != "b" || found.Index.Get() != leaf || leaf.Index.Get() != leaf || leaf.Parent.Get().Title != "a" {
			t.Errorf("the tree came back as %+v", found)
		}
		idle(t, em)
		em.Remove(found, found.Parts.Items()[0], leaf)
		ok(t, em.Flush(t.Context()))
		n, err := orm.Count[chapter](t.Context(), e.db.Fork(), nil)
		ok(t, err)
		if n != 0 {
			t.Errorf("%d chapters are left", n)
		}
	})
}

// TestUniqueKeyConstraint: the schema has the foreign key to the unique column.
func TestUniqueKeyConstraint(t *testing.T) {
	engines(t, nations(), func(t *testing.T, e engine) {
		writeNations(t, e)
		_, err := e.db.Fork().Exec(t.Context(), "insert into cities (name, nation_code) values ('x', 'zz')")
		if !errors.Is(err, orm.ErrForeignKeyViolation) && !errors.Is(err, orm.ErrUnsupported) {
			t.Errorf("a code that is not there: %v", err)
		}
		if _, err = e.db.Fork().Exec(t.Context(), "insert into cities (name, nation_code) values ('x', 'at')"); err != nil && !errors.Is(err, orm.ErrUnsupported) {
			t.Errorf("a code that is there: %v", err)
		}
	})
}

// writeNations writes Austria with two cities, one of them a twin of Italy, and Italy with none.
func writeNations(t *testing.T, e engine) (at, it *nation) {
	t.Helper()
	at, it = &nation{Code: "at", Name: "Austria"}, &nation{Code: "it", Name: "Italy"}
	em := e.db.Fork()
	em.Persist(&city{Name: "Linz", Nation: orm.To(at), Twin: it}, &city{Name: "Graz", Nation: orm.To(at)}, &city{Name: "Nowhere"})
	ok(t, em.Flush(t.Context()))
	idle(t, em)
	return at, it
}

func cityNames(list []*city) []string {
	out := []string{}
	for _, c := range list {
		out = append(out, c.Name)
	}
	return out
}

// TestUniqueKeyReads: the identity map knows the target by its key, whatever the column
// holds; populate from both sides by every strategy, conditions and orders on either.
func TestUniqueKeyReads(t *testing.T) {
	engines(t, nations(), func(t *testing.T, e engine) {
		at, it := writeNations(t, e)
		for _, strategy := range []string{"select-in", "joined", "balanced"} {
			em := e.db.Fork()
			list, err := orm.Find[city](t.Context(), em, nil, orm.OrderBy("name"), orm.Populate("nation", "twin"), orm.Strategy(strategy))
			ok(t, err)
			if list[0].Nation.Get().Name != "Austria" || list[1].Nation.Get() != list[0].Nation.Get() || !list[2].Nation.IsNil() ||
				list[1].Twin == nil || list[1].Twin.Name != "Italy" || list[0].Twin != nil {
				t.Errorf("%s: %+v", strategy, list)
			}
			idle(t, em)
			if strategy == "joined" && !e.caps.JoinsToMany {
				continue
			}
			em = e.db.Fork()
			all, err := orm.Find[nation](t.Context(), em, nil, orm.OrderBy("name"), orm.Populate("cities"), orm.Strategy(strategy))
			ok(t, err)
			same(t, cityNames(all[0].Cities.Items()), "Graz", "Linz")
			same(t, cityNames(all[1].Cities.Items()), []string{}...)
			if all[0].Cities.Items()[0].Nation.Get() != all[0] {
				t.Errorf("%s: an item does not lead back", strategy)
			}
			idle(t, em)
		}
		em := e.db.Fork()
		linz, err := orm.FindOneOrFail[city](t.Context(), em, orm.M{"name": "Linz"})
		ok(t, err)
		if linz.Nation.Key() != at.ID || linz.Nation.IsLoaded() {
			t.Errorf("the key is %v", linz.Nation.Key())
		}
		n, err := linz.Nation.Load(t.Context())
		ok(t, err)
		if n.Code != "at" {
			t.Errorf("loaded %+v", n)
		}
		for _, c := range []struct {
			cond any
			want []string
		}{
			{orm.M{"nation": at.ID}, []string{"Graz", "Linz"}}, {orm.M{"nation": at}, []string{"Graz", "Linz"}}, {orm.M{"nation": it.ID}, []string{}},
			{orm.M{"nation.code": "at"}, []string{"Graz", "Linz"}}, {orm.M{"nation.id": at.ID}, []string{"Graz", "Linz"}}, {orm.M{"nation.name": "Austria"}, []string{"Graz", "Linz"}},
			{orm.M{"nation": nil}, []string{"Nowhere"}}, {orm.M{"nation": orm.M{"$ne": nil}}, []string{"Graz", "Linz"}},
			{orm.M{"twin": orm.M{"$in": []any{it.ID, int64(99)}}}, []string{"Linz"}}, {orm.M{"nation": orm.M{"$nin": []any{it.ID}}}, []string{"Graz", "Linz"}},
			{orm.M{"nation.cities.name": "Graz"}, []string{"Graz", "Linz"}}, {orm.M{"twin.code": "it", "nation.name": "Austria"}, []string{"Linz"}},
		} {
			list, err := orm.Find[city](t.Context(), e.db.Fork(), c.cond, orm.OrderBy("name"))
			ok(t, err)
			same(t, cityNames(list), c.want...)
		}
		for _, c := range []struct {
			cond any
			want int64
		}{{orm.M{"cities.name": "Linz"}, 1}, {orm.M{"cities": orm.M{"$size": 2}}, 1}, {orm.M{"cities": orm.M{"$none": orm.M{}}}, 1}, {orm.M{"cities.twin.name": "Italy"}, 1}} {
			n, err := orm.Count[nation](t.Context(), e.db.Fork(), c.cond)
			ok(t, err)
			if n != c.want {
				t.Errorf("%v counts %d", c.cond, n)
			}
		}
		list, err := orm.Find[city](t.Context(), e.db.Fork(), orm.M{"nation": orm.M{"$ne": nil}}, orm.OrderBy("nation", "-name"))
		ok(t, err)
		same(t, cityNames(list), "Linz", "Graz")
		counts, err := orm.LoadCount(t.Context(), em, []*nation{n}, "cities", nil)
		ok(t, err)
		if counts[n] != 2 {
			t.Errorf("%d cities are counted", counts[n])
		}
		linz, err = orm.FindOneOrFail[city](t.Context(), e.db.Fork(), orm.M{"name": "Linz"}, orm.Fields("name"))
		ok(t, err)
		if linz.Nation.Key() != at.ID {
			t.Errorf("read in part, the key is %v", linz.Nation.Key())
		}
	})
}

// TestUniqueKeyWrites: a reference is written by what its target's value is, or will be; by
// key alone the target is read first; both sides agree.
func TestUniqueKeyWrites(t *testing.T) {
	engines(t, nations(), func(t *testing.T, e engine) {
		at, it := writeNations(t, e)
		em := e.db.Fork()
		list, err := orm.Find[city](t.Context(), em, nil, orm.OrderBy("name"), orm.Populate("nation.cities"))
		ok(t, err)
		graz, linz, nowhere := list[0], list[1], list[2]
		graz.Nation = orm.ToKey[nation](it.ID)
		same(t, cityNames(linz.Nation.Get().Cities.Items()), "Graz", "Linz") // until the views meet
		nowhere.Nation = orm.To(&nation{Code: "xx", Name: "Utopia"})
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		same(t, cityNames(linz.Nation.Get().Cities.Items()), "Linz")
		linz.Nation.Get().Cities.Add(&city{Name: "Wien"})
		linz.Nation.Get().Cities.Remove(linz)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		for code, want := range map[string][]string{"at": {"Wien"}, "it": {"Graz"}, "xx": {"Nowhere"}} {
			n, err := orm.FindOneOrFail[nation](t.Context(), e.db.Fork(), orm.M{"code": code}, orm.Populate("cities"))
			ok(t, err)
			same(t, cityNames(n.Cities.Items()), want...)
		}
		err = orm.BulkInsert(t.Context(), e.db.Fork(), []*city{{Name: "Rom", Nation: orm.To(it)}})
		ok(t, err)
		err = orm.BulkInsert(t.Context(), e.db.Fork(), []*city{{Name: "Bari", Nation: orm.ToKey[nation](it.ID)}})
		if !errors.Is(err, orm.ErrNotLoaded) {
			t.Errorf("by key alone: %v", err)
		}
		n, err := orm.Count[city](t.Context(), e.db.Fork(), orm.M{"nation.code": "it"})
		ok(t, err)
		if n != 2 {
			t.Errorf("%d cities of Italy", n)
		}
		em = e.db.Fork()
		em.Persist(&city{Name: "Lost", Nation: orm.ToKey[nation](int64(4711))})
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrDetached) {
			t.Errorf("a row that is not there: %v", err)
		}
		_ = at
	})
}

// TestUniqueKeyFollows: a value that changes is changed in all that refer to it, those that
// were not read included, and no reference leads elsewhere.
func TestUniqueKeyFollows(t *testing.T) {
	engines(t, nations(), func(t *testing.T, e engine) {
		writeNations(t, e)
		em := e.db.Fork()
		graz, err := orm.FindOneOrFail[city](t.Context(), em, orm.M{"name": "Graz"}, orm.Populate("nation"))
		ok(t, err)
		graz.Nation.Get().Code = "aut"
		em.Persist(&city{Name: "Wels", Nation: graz.Nation})
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		again := e.db.Fork()
		n, err := orm.FindOneOrFail[nation](t.Context(), again, orm.M{"code": "aut"}, orm.Populate("cities"))
		ok(t, err)
		same(t, cityNames(n.Cities.Items()), "Graz", "Linz", "Wels")
		list, err := orm.Find[city](t.Context(), e.db.Fork(), orm.M{"nation": n.ID}, orm.OrderBy("name"))
		ok(t, err)
		same(t, cityNames(list), "Graz", "Linz", "Wels")
	})
}

// TestUniqueKeyFollowsInBulk: a bulk update of a unique property changes what refers to it
// where the mapping says so, and is refused where it does not and somebody refers to it.
func TestUniqueKeyFollowsInBulk(t *testing.T) {
	engines(t, append(nations(), chapter{}), func(t *testing.T, e engine) {
		writeNations(t, e)
		n, err := orm.NativeUpdate[nation](t.Context(), e.db.Fork(), orm.M{"code": "at"}, orm.M{"code": "aut", "name": "Österreich"})
		ok(t, err)
		_, err = orm.NativeUpdate[nation](t.Context(), e.db.Fork(), orm.M{"name": "Italy"}, orm.M{"code": "ita"})
		ok(t, err)
		list, err := orm.Find[city](t.Context(), e.db.Fork(), orm.M{"nation.code": "aut", "nation.name": "Österreich"}, orm.OrderBy("name"))
		ok(t, err)
		same(t, cityNames(list), "Graz", "Linz")
		if list, err = orm.Find[city](t.Context(), e.db.Fork(), orm.M{"twin.code": "ita"}); err != nil || len(list) != 1 || n != 1 {
			t.Errorf("%d rows were updated, %d cities have the twin, %v", n, len(list), err)
		}

		root := &chapter{Slug: "root", Title: "root"}
		root.Parts.Add(&chapter{Slug: "leaf", Title: "leaf"})
		em := e.db.Fork()
		em.Persist(root)
		ok(t, em.Flush(t.Context()))
		if _, err := orm.NativeUpdate[chapter](t.Context(), e.db.Fork(), orm.M{"slug": "root"}, orm.M{"slug": "other"}); !errors.Is(err, orm.ErrForeignKeyViolation) {
			t.Errorf("the slug of a chapter with parts: %v", err)
		}
		for from, to := range map[string]string{"leaf": "last", "root": "root"} {
			if n, err := orm.NativeUpdate[chapter](t.Context(), e.db.Fork(), orm.M{"slug": from}, orm.M{"slug": to}); n != 1 && to != from || err != nil {
				t.Errorf("from %s to %s: %d rows, %v", from, to, n, err)
			}
		}
		parts, err := orm.Find[chapter](t.Context(), e.db.Fork(), orm.M{"parent.slug": "root"})
		if err != nil || len(parts) != 1 || parts[0].Slug != "last" {
			t.Errorf("the parts of the root: %d, %v", len(parts), err)
		}
	})
}

// TestUniqueKeyRemoves: a row and what refers to it go in one flush, in the order the
// database needs; a value that is set free is taken by another row in the same flush.
func TestUniqueKeyRemoves(t *testing.T) {
	engines(t, nations(), func(t *testing.T, e engine) {
		writeNations(t, e)
		em := e.db.Fork()
		n, err := orm.FindOneOrFail[nation](t.Context(), em, orm.M{"code": "at"}, orm.Populate("cities"))
		ok(t, err)
		em.Remove(n)
		for _, c := range n.Cities.Items() {
			em.Remove(c)
		}
		ok(t, em.Flush(t.Context()))
		em.Persist(&city{Name: "Wels", Nation: orm.To(&nation{Code: "at", Name: "again"})})
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		list, err := orm.Find[city](t.Context(), e.db.Fork(), orm.M{"nation.name": "again"})
		ok(t, err)
		same(t, cityNames(list), "Wels")
	})
}

// TestUniqueKeyMistakes are those of the mapping, and of writes past the unit of work.
func TestUniqueKeyMistakes(t *testing.T) {
	for want, define := range map[string]func(*mapper.FieldBuilder){
		`mapper: behaviour_test.city.Nation: references: nation has no property cod; did you mean "code"?`:                               func(f *mapper.FieldBuilder) { f.References("cod") },
		"mapper: behaviour_test.city.Nation: references: nation.name is not unique; give it the option unique":                           func(f *mapper.FieldBuilder) { f.References("name") },
		"mapper: behaviour_test.city.Nation: references: nation.id is the key, which a reference refers to without being told":           func(f *mapper.FieldBuilder) { f.References("id") },
		"mapper: behaviour_test.city.Nation: references: the reference cannot share the column name with Name; take one of the two away": func(f *mapper.FieldBuilder) { f.Column("name") },
	} {
		def := mapper.Define(func(e *mapper.Builder[city]) { define(e.Field("Nation")) })
		_, err := orm.Open(t.Context(), memory.New(), orm.Entities(nation{}, def))
		if !errors.Is(err, mapper.ErrMapping) || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	nullable := mapper.Define(func(e *mapper.Builder[nation]) { e.Field("Code").Nullable() })
	if _, err := orm.Open(t.Context(), memory.New(), orm.Entities(nullable, city{})); !errors.Is(err, mapper.ErrMapping) {
		t.Errorf("a value that may be NULL: %v", err)
	}
	db, err := orm.Open(t.Context(), memory.New(), orm.Entities(nations()...))
	ok(t, err)
	if _, err := orm.NativeInsert[city](t.Context(), db.Fork(), orm.M{"name": "x", "nation": 1}); err == nil {
		t.Error("a key was taken for a code")
	}
}
