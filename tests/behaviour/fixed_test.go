package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/rel"
)

// poet has three collections over one reference: all poems, and two with a condition.
type poet struct {
	ID        int64
	Name      string
	Poems     rel.Collection[poem] `orm:",mappedBy=Poet"`
	Published rel.Collection[poem] `orm:",mappedBy=Poet,where={\"published\": true},orderBy=-year|id"`
	Long      []*poem              `orm:",mappedBy=Poet,where='{\"lines >=\": 100, \"published\": true}',orderBy=title"`
}

type poem struct {
	ID        int64
	Title     string
	Year      int
	Lines     int
	Published bool
	Poet      rel.Ref[poet]
	Themes    rel.Collection[theme]
}

// theme has a collection with a condition at the inverse side of a many-to-many, about a
// row behind its items.
type theme struct {
	ID    int64
	Name  string
	Poems rel.Collection[poem] `orm:",mappedBy=Themes"`
	ByAnn rel.Collection[poem]
}

func poetry() []any {
	return []any{poet{}, poem{}, mapper.Define(func(e *mapper.Builder[theme]) {
		e.Field("ByAnn").MappedBy("Themes").Where(orm.M{"poet.name": "Ann"}).OrderBy("title")
	})}
}

// writePoetry writes Ann with three poems, two of them published, Bob with one of each, and
// Cid with none.
func writePoetry(t *testing.T, e engine) (ann, bob, cid *poet) {
	t.Helper()
	love, war := &theme{Name: "love"}, &theme{Name: "war"}
	ann, bob, cid = &poet{Name: "Ann"}, &poet{Name: "Bob"}, &poet{Name: "Cid"}
	ann.Poems.Add(&poem{Title: "a1", Year: 1990, Lines: 10, Published: true}, &poem{Title: "a2", Year: 1995, Lines: 200, Published: true}, &poem{Title: "a3", Year: 1999, Lines: 300})
	bob.Poems.Add(&poem{Title: "b1", Year: 1980, Lines: 150, Published: true}, &poem{Title: "b2", Year: 1981, Lines: 20})
	for i, p := range ann.Poems.All() {
		p.Themes.Add(love)
		if i > 0 {
			p.Themes.Add(war)
		}
	}
	for _, p := range bob.Poems.All() {
		p.Themes.Add(war)
	}
	em := e.db.Fork()
	em.Persist(ann, bob, cid)
	ok(t, em.Flush(t.Context()))
	idle(t, em)
	return ann, bob, cid
}

func poemTitles(list []*poem) []string {
	out := []string{}
	for _, p := range list {
		out = append(out, p.Title)
	}
	return out
}

// TestFixedPopulate loads collections with a condition by every strategy, two over one
// reference beside each other, with hints and by themselves.
func TestFixedPopulate(t *testing.T) {
	engines(t, poetry(), func(t *testing.T, e engine) {
		writePoetry(t, e)
		for _, strategy := range []string{"select-in", "joined", "balanced"} {
			if strategy == "joined" && !e.caps.JoinsToMany {
				continue
			}
			em := e.db.Fork()
			list, err := orm.Find[poet](t.Context(), em, nil, orm.OrderBy("name"), orm.Populate("poems", "published", "long"), orm.Strategy(strategy))
			ok(t, err)
			same(t, poemTitles(list[0].Published.Items()), "a2", "a1")
			same(t, poemTitles(list[0].Long), "a2")
			same(t, poemTitles(list[1].Published.Items()), "b1")
			same(t, poemTitles(list[1].Long), "b1")
			same(t, poemTitles(list[2].Published.Items()), []string{}...)
			if n := list[0].Poems.Len() + list[1].Poems.Len() + list[2].Poems.Len(); n != 5 {
				t.Errorf("%s: %d poems", strategy, n)
			}
			if list[0].Published.Items()[0].Poet.Get() != list[0] {
				t.Errorf("%s: an item does not lead back", strategy)
			}
			idle(t, em)
		}
		em := e.db.Fork()
		list, err := orm.Find[poet](t.Context(), em, nil, orm.OrderBy("name"),
			orm.PopulateHint(orm.Hint{Path: "published", Where: orm.M{"year <": 1995}}, orm.Hint{Path: "long", Limit: 1}))
		ok(t, err)
		same(t, poemTitles(list[0].Published.Items()), "a1")
		themes, err := orm.Find[theme](t.Context(), e.db.Fork(), nil, orm.OrderBy("name"), orm.Populate("byAnn", "poems"))
		ok(t, err)
		same(t, poemTitles(themes[0].ByAnn.Items()), "a1", "a2", "a3")
		same(t, poemTitles(themes[1].ByAnn.Items()), "a2", "a3")
		if themes[1].Poems.Len() != 4 {
			t.Errorf("%d poems of war", themes[1].Poems.Len())
		}
	})
}

// TestFixedConditions asks through collections with a condition: some, none, every, size,
// order, joins of the builder, and within filters.
func TestFixedConditions(t *testing.T) {
	engines(t, poetry(), func(t *testing.T, e engine) {
		writePoetry(t, e)
		for _, c := range []struct {
			cond any
			want []string
		}{
			{orm.M{"published.year >": 1990}, []string{"Ann"}},
			{orm.M{"published.title": "a3"}, []string{}},
			{orm.M{"poems.title": "a3"}, []string{"Ann"}},
			{orm.M{"published": orm.M{"$none": orm.M{}}}, []string{"Cid"}},
			{orm.M{"published": orm.M{"$every": orm.M{"lines >=": 150}}}, []string{"Bob", "Cid"}},
			{orm.M{"published": orm.M{"$size": 2}}, []string{"Ann"}},
			{orm.M{"long": orm.M{"$size": orm.M{"$gte": 1}}}, []string{"Ann", "Bob"}},
			{orm.M{"published.themes.name": "war"}, []string{"Ann", "Bob"}},
			{orm.M{"published": orm.M{"$some": orm.M{"themes.byAnn.title": "a1"}}}, []string{"Ann"}},
			{orm.M{"poems.themes.byAnn.title": "a3"}, []string{"Ann", "Bob"}},
			{orm.M{"poems.poet.published.title": "b1"}, []string{"Bob"}},
		} {
			list, err := orm.Find[poet](t.Context(), e.db.Fork(), c.cond, orm.OrderBy("name"))
			ok(t, err)
			names := []string{}
			for _, p := range list {
				names = append(names, p.Name)
			}
			same(t, names, c.want...)
			n, err := orm.Count[poet](t.Context(), e.db.Fork(), c.cond)
			ok(t, err)
			if int(n) != len(c.want) {
				t.Errorf("%v counts %d", c.cond, n)
			}
		}
		list, err := orm.Find[poet](t.Context(), e.db.Fork(), orm.M{"published": orm.M{"$some": orm.M{}}}, orm.OrderBy("-published.lines"), orm.Limit(1))
		ok(t, err)
		if list[0].Name != "Ann" { // a3 has more lines than any, and is not published
			t.Errorf("the longest published poem is by %s", list[0].Name)
		}
	})
}

// TestFixedReads are the reads of one collection: Load, counts, keys, a part of it.
func TestFixedReads(t *testing.T) {
	engines(t, poetry(), func(t *testing.T, e engine) {
		writePoetry(t, e)
		em := e.db.Fork()
		list, err := orm.Find[poet](t.Context(), em, nil, orm.OrderBy("name"))
		ok(t, err)
		ann := list[0]
		ok(t, ann.Published.Load(t.Context()))
		same(t, poemTitles(ann.Published.Items()), "a2", "a1")
		counts, err := orm.LoadCount(t.Context(), em, list, "published", nil)
		ok(t, err)
		if counts[ann] != 2 || counts[list[1]] != 1 || counts[list[2]] != 0 {
			t.Errorf("counts %v", counts)
		}
		counts, err = orm.LoadCount(t.Context(), em, list, "published", orm.M{"lines <": 100})
		ok(t, err)
		if counts[ann] != 1 || counts[list[1]] != 0 {
			t.Errorf("counts of short ones %v", counts)
		}
		found, err := orm.Matching[poem](t.Context(), em, ann, "published", orm.M{"year": 1995})
		ok(t, err)
		same(t, poemTitles(found), "a2")
		found, err = orm.Matching[poem](t.Context(), em, ann, "published", orm.M{"title": "a3"})
		ok(t, err)
		same(t, poemTitles(found), []string{}...)
		keys, err := orm.ItemKeys(t.Context(), em, ann, "published")
		ok(t, err)
		if len(keys) != 2 || keys[0] != ann.Published.Items()[0].ID {
			t.Errorf("keys %v", keys)
		}
	})
}

// TestFixedIsReadOnly: what changes a collection with a condition is refused, before
// anything is sent, and the unit goes on when it is taken back; what leads there is written
// as ever, and read again.
func TestFixedIsReadOnly(t *testing.T) {
	engines(t, poetry(), func(t *testing.T, e engine) {
		writePoetry(t, e)
		em := e.db.Fork()
		ann, err := orm.FindOneOrFail[poet](t.Context(), em, orm.M{"name": "Ann"}, orm.Populate("published", "poems", "long"))
		ok(t, err)
		refuses := func(what string, em *orm.EntityManager) {
			t.Helper()
			ctx, stats := orm.WithStats(t.Context())
			err := em.Flush(ctx)
			var told *orm.Error
			if !errors.Is(err, orm.ErrReadOnlyRelation) || !errors.As(err, &told) || told.Entity != "poet" {
				t.Errorf("%s: %v", what, err)
			}
			if stats.Statements() != 0 {
				t.Errorf("%s: %d statements were sent", what, stats.Statements())
			}
		}
		own := &poem{Title: "new", Published: true}
		ann.Published.Add(own)
		refuses("add", em)
		ann.Published.Remove(own)
		ok(t, em.Flush(t.Context()))
		first := ann.Published.Items()[0]
		ann.Published.Remove(first)
		refuses("remove", em)
		ann.Published.Add(first)
		long := ann.Long
		ann.Long = nil
		refuses("a slice", em)
		ann.Long = long
		idle(t, em)
		em.Persist(&poet{Name: "Dan", Long: []*poem{{Title: "x"}}})
		refuses("a new owner", em)

		em = e.db.Fork()
		ann, err = orm.FindOneOrFail[poet](t.Context(), em, orm.M{"name": "Ann"}, orm.Populate("published", "poems"))
		ok(t, err)
		for _, p := range ann.Poems.All() {
			p.Published = p.Title == "a3"
		}
		ok(t, em.Flush(t.Context()))
		_, err = orm.FindOneOrFail[poet](t.Context(), em, orm.M{"name": "Ann"}, orm.Populate("published"), orm.Overwrite())
		ok(t, err)
		same(t, poemTitles(ann.Published.Items()), "a3")
		em.Remove(ann.Published.Items()[0])
		ok(t, em.Flush(t.Context()))
		same(t, poemTitles(ann.Published.Items()), []string{}...)
		idle(t, em)

		eve := &poet{Name: "Eve"}
		eve.Poems.Add(&poem{Title: "e1", Published: true})
		em.Persist(eve)
		ok(t, em.Flush(t.Context()))
		if eve.Published.IsLoaded() {
			t.Error("what was written is taken for what a read would find")
		}
		ok(t, eve.Published.Load(t.Context()))
		same(t, poemTitles(eve.Published.Items()), "e1")
		idle(t, em)
		if err := orm.Assign(t.Context(), em, eve, orm.M{"published": []any{}}); !errors.Is(err, orm.ErrReadOnlyRelation) {
			t.Errorf("assign: %v", err)
		}
	})
}

// TestFixedOutput: DTOs hold the items, under a filter too, and a rollback leaves them.
func TestFixedOutput(t *testing.T) {
	engines(t, poetry(), func(t *testing.T, e engine) {
		writePoetry(t, e)
		em := e.db.Fork()
		ann, err := orm.FindOneOrFail[poet](t.Context(), em, orm.M{"name": "Ann"})
		ok(t, err)
		ok(t, ann.Published.Load(t.Context()))
		text, err := orm.JSON(em, ann, orm.SerializeFields("id", "name", "published.id", "published.title"))
		ok(t, err)
		if string(text) != `{"id":1,"name":"Ann","published":[{"id":2,"title":"a2"},{"id":1,"title":"a1"}]}` {
			t.Errorf("as JSON %s", text)
		}
	})
}

// TestFixedMistakes are those of the mapping.
func TestFixedMistakes(t *testing.T) {
	for what, c := range map[string]struct {
		define func(e *mapper.Builder[poet])
		class  error
		text   string
	}{
		"an unknown property": {func(e *mapper.Builder[poet]) { e.Field("Published").Where(orm.M{"publishd": true}) }, mapper.ErrMapping,
			`qb: where: poet.published: conditions: parse: poem.publishd: unknown property (did you mean "published"?)`},
		"a wrong value": {func(e *mapper.Builder[poet]) { e.Field("Published").Where(orm.M{"year": "x"}) }, mapper.ErrMapping, ""},
		"a circle": {func(e *mapper.Builder[poet]) { e.Field("Published").Where(orm.M{"poet.published.year": 1}) }, qb.ErrFilter,
			`qb: poet.published: the filters lead back to themselves (the condition of a collection may not lead through the collection itself)`},
		"no mappedBy":               {func(e *mapper.Builder[poet]) { e.Field("Published").MappedBy("") }, mapper.ErrMapping, ""},
		"cascade":                   {func(e *mapper.Builder[poet]) { e.Field("Published").Cascade("persist") }, mapper.ErrMapping, ""},
		"orphans":                   {func(e *mapper.Builder[poet]) { e.Field("Published").OrphanRemoval() }, mapper.ErrMapping, ""},
		"no condition and no place": {func(e *mapper.Builder[poet]) { e.Field("Published").Where(nil) }, mapper.ErrMapping, ""},
	} {
		_, err := orm.Open(context.Background(), memory.New(), orm.Entities(mapper.Define(c.define), poem{}, theme{}))
		if !errors.Is(err, c.class) || c.text != "" && err.Error() != c.text {
			t.Errorf("%s: %v", what, err)
		}
	}
}
