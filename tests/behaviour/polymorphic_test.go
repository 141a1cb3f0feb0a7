package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// remarkable is what one can make remarks about.
type remarkable interface{ subject() string }

// writer is whom articles are of.
type writer struct {
	ID   int64
	Name string
}

type article struct {
	ID      int64
	Title   string
	Body    string
	Writer  rel.Ref[writer]
	Remarks rel.Collection[remark] `orm:",mappedBy=About,orderBy=text"`
	Long    rel.Collection[remark] `orm:",mappedBy=About,where={\"words >=\": 10},orderBy=text"`
	Medal   rel.Ref[medal]         `orm:",mappedBy=On"`
}

type picture struct {
	ID      int64
	Title   string
	Width   int
	Remarks []*remark      `orm:",mappedBy=About,orderBy=text"`
	Medal   rel.Ref[medal] `orm:",mappedBy=On"`
	Writer  rel.Ref[writer]
}

func (a *article) subject() string { return "article " + a.Title }
func (p *picture) subject() string { return "picture " + p.Title }

// remark is about an article or a picture.
type remark struct {
	ID    int64
	Text  string
	Words int
	About rel.Any[remarkable] `orm:",targets=article|picture:pic"`
}

// medal is on an article or a picture, which have one at most.
type medal struct {
	ID   int64
	Name string
	On   rel.Any[any] `orm:",targets=article|picture,oneToOne"`
}

func remarks() []any { return []any{writer{}, article{}, picture{}, remark{}, medal{}} }

// writeRemarks writes an article with two remarks and a medal, a picture with one, and a remark about nothing. Article
// and picture have the same key.
func writeRemarks(t *testing.T, e engine) {
	t.Helper()
	em := e.db.Fork()
	ann := &writer{Name: "Ann"}
	a, p := &article{Title: "Wind", Body: "w", Writer: orm.To(ann)}, &picture{Title: "Sea", Width: 80}
	a.Remarks.Add(&remark{Text: "a1", Words: 3})
	em.Persist(a, p, &medal{Name: "best", On: orm.ToAny[any](a)},
		&remark{Text: "a2", Words: 12, About: orm.ToAny[remarkable](a)}, &remark{Text: "p1", Words: 20, About: orm.ToAny[remarkable](p)}, &remark{Text: "none"})
	ok(t, em.Flush(t.Context()))
	if len(p.Remarks) != 1 || a.Remarks.Len() != 2 || a.ID != p.ID {
		t.Errorf("%d remarks on the picture, %d on the article", len(p.Remarks), a.Remarks.Len())
	}
	idle(t, em)
}

func texts(list []*remark) (out string) {
	for _, r := range list {
		out += r.Text + " "
	}
	return out
}

func remarkTexts(t *testing.T, what string, list []*remark, want string) {
	t.Helper()
	if got := texts(list); got != want {
		t.Errorf("%s: remarks %q, want %q", what, got, want)
	}
}

// TestPolymorphicConditions: what a reference may lead to is asked for by type, by the entity, by what a target
// has, and from the other side.
func TestPolymorphicConditions(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		writeRemarks(t, e)
		em := e.db.Fork()
		a, err := orm.FindOneOrFail[article](t.Context(), em, orm.M{"title": "Wind"})
		ok(t, err)
		p, err := orm.FindOneOrFail[picture](t.Context(), em, orm.M{"title": "Sea"})
		ok(t, err)
		for _, c := range []struct {
			cond any
			want string
		}{
			{orm.M{"about": a}, "a1 a2 "},
			{orm.M{"about": p}, "p1 "},
			{orm.M{"about": orm.ToAny[remarkable](p)}, "p1 "},
			{orm.M{"about": orm.ToAnyKey[remarkable, article](a.ID)}, "a1 a2 "},
			{orm.M{"about": orm.M{"$in": []any{a, p}}}, "a1 a2 p1 "},
			{orm.M{"about": orm.M{"$ne": a}}, "p1 "},
			{orm.M{"$not": orm.M{"about": a}}, "p1 "},
			{orm.M{"about": nil}, "none "},
			{orm.M{"about": orm.M{"$ne": nil}}, "a1 a2 p1 "},
			{orm.M{"aboutType": "pic"}, "p1 "},
			{orm.M{"aboutType": orm.M{"$ne": "pic"}}, "a1 a2 "},
			{orm.M{"about.article": a.ID}, "a1 a2 "},
			{orm.M{"about": orm.M{"picture": p.ID}}, "p1 "},
			{orm.M{"about.article": nil}, "none p1 "},
			{orm.M{"about.article": orm.M{"$ne": a.ID}}, ""},
			{orm.M{"about.picture": orm.M{"$ne": p.ID + 1}}, "p1 "},
			{orm.M{"about.article.id": a.ID}, "a1 a2 "},
			{orm.M{"about.article.title": "Wind"}, "a1 a2 "},
			{orm.M{"about": orm.M{"picture": orm.M{"title": "Sea", "width >": 10}}}, "p1 "},
			{orm.M{"$not": orm.M{"about.article.title": "Sea"}}, "a1 a2 "},
			{orm.M{"about.article.title": nil}, ""},
			{orm.M{"about.width": 80}, "p1 "},
			{orm.M{"about.body": "w"}, "a1 a2 "},
			{orm.M{"about.article.writer.name": "Ann"}, "a1 a2 "},
			{orm.M{"$or": []any{orm.M{"about.article.title": "Wind"}, orm.M{"about.picture.title": "Sea"}}}, "a1 a2 p1 "},
			{orm.M{"about.article.remarks.text": "a2"}, "a1 a2 "},
			{orm.M{"about.article.medal.name": "best"}, "a1 a2 "},
		} {
			list, err := orm.Find[remark](t.Context(), e.db.Fork(), c.cond, orm.OrderBy("text"))
			if err != nil {
				t.Errorf("%v: %v", c.cond, err)
				continue
			}
			if got := texts(list); got != c.want && !(c.want == "none p1 " && got == "none p1 ") {
				t.Errorf("%v finds %q, want %q", c.cond, got, c.want)
			}
		}
		for _, c := range []struct {
			cond any
			want int64
		}{
			{orm.M{"remarks.text": "a1"}, 1}, {orm.M{"remarks.text": "p1"}, 0}, {orm.M{"remarks": orm.M{"$size": 2}}, 1}, {orm.M{"long": orm.M{"$size": 1}}, 1},
			{orm.M{"remarks": orm.M{"$none": orm.M{"text": "p1"}}}, 1}, {orm.M{"medal.name": "best"}, 1}, {orm.M{"medal": nil}, 0},
		} {
			n, err := orm.Count[article](t.Context(), e.db.Fork(), c.cond)
			ok(t, err)
			if n != c.want {
				t.Errorf("%v counts %d articles", c.cond, n)
			}
		}
		n, err := orm.Count[picture](t.Context(), e.db.Fork(), orm.M{"medal": nil, "remarks": orm.M{"$every": orm.M{"words": 20}}})
		ok(t, err)
		if n != 1 {
			t.Errorf("%d pictures", n)
		}
		list, err := orm.Find[remark](t.Context(), e.db.Fork(), orm.M{"aboutType": orm.M{"$ne": nil}}, orm.OrderBy("-about.article.title", "-text"))
		ok(t, err)
		if len(list) != 3 {
			t.Errorf("ordered by a target: %q", texts(list))
		}
		list, err = orm.Find[remark](t.Context(), e.db.Fork(), nil, orm.OrderBy("about.picture desc nulls last", "-text"))
		ok(t, err)
		remarkTexts(t, "ordered by the key of a target", list, "p1 none a2 a1 ")
		counts, err := orm.CountBy[remark](t.Context(), e.db.Fork(), "aboutType", nil)
		ok(t, err)
		if len(counts) != 3 || counts["article"] != int64(2) || counts["pic"] != int64(1) || counts[nil] != int64(1) {
			t.Errorf("by type there are %v", counts)
		}
	})
}

// TestPolymorphicPaths: paths that do not tell the target, and values that do not, are refused with what to write.
func TestPolymorphicPaths(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		for _, c := range []struct {
			cond  any
			class error
		}{
			{orm.M{"about.title": "Wind"}, conditions.ErrAmbiguous},
			{orm.M{"about.titel": "Wind"}, conditions.ErrUnknownProperty},
			{orm.M{"about.writer": 1}, conditions.ErrAmbiguous},
			{orm.M{"about": 7}, conditions.ErrValue},
			{orm.M{"about": &writer{ID: 1}}, conditions.ErrValue},
			{orm.M{"about": &article{}}, conditions.ErrValue},
			{orm.M{"about >": 7}, conditions.ErrOperator},
		} {
			_, err := orm.Find[remark](t.Context(), em, c.cond)
			if !errors.Is(err, c.class) {
				t.Errorf("%v: %v", c.cond, err)
			}
		}
		for _, path := range []string{"about.writer", "about.writr", "about.article.titles"} {
			if _, err := orm.Find[remark](t.Context(), em, nil, orm.Populate(path)); err == nil {
				t.Errorf("populate %s is no mistake", path)
			}
		}
	})
}

// TestPolymorphicPopulate: targets come by a statement for each type, whatever the strategy, and what is below
// them by target.
func TestPolymorphicPopulate(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		writeRemarks(t, e)
		for _, strategy := range []string{"select-in", "joined", "balanced"} {
			em := e.db.Fork()
			ctx, stats := orm.WithStats(t.Context())
			list, err := orm.Find[remark](ctx, em, nil, orm.Populate("about", "about.article.writer", "about.picture.medal"), orm.Strategy(strategy), orm.OrderBy("text"))
			ok(t, err)
			if n := stats.Statements(); n > 5 {
				t.Errorf("%s: %d statements", strategy, n)
			}
			a, isArticle := list[0].About.Get().(*article)
			p, isPicture := list[3].About.Get().(*picture)
			if !isArticle || !isPicture || a.Writer.Get().Name != "Ann" || list[1].About.Get() != remarkable(a) || list[2].About.Get() != nil || !list[2].About.IsNil() {
				t.Errorf("%s: %v %v %v %v %v", strategy, isArticle, isPicture, list[0].About, list[2].About, list[3].About)
			}
			if p.subject() != "picture Sea" || p.Width != 80 || !p.Medal.IsNil() {
				t.Errorf("%s: %+v", strategy, p)
			}
			if ref, is := rel.RefOf[article](list[0].About); !is || ref.Get() != a {
				t.Errorf("%s: no reference to the article", strategy)
			}
			if _, is := rel.RefOf[picture](list[0].About); is {
				t.Errorf("%s: a reference to an article is one to a picture", strategy)
			}
			idle(t, em)
		}
		for _, strategy := range []string{"select-in", "joined"} {
			if strategy == "joined" && !e.caps.JoinsToMany {
				continue
			}
			em := e.db.Fork()
			a, err := orm.FindOneOrFail[article](t.Context(), em, orm.M{"title": "Wind"}, orm.Populate("remarks", "long", "medal"), orm.Strategy(strategy))
			ok(t, err)
			remarkTexts(t, strategy, a.Remarks.Items(), "a1 a2 ")
			remarkTexts(t, strategy, a.Long.Items(), "a2 ")
			if a.Medal.Get().Name != "best" || a.Medal.Get().On.Get() != any(a) || a.Remarks.Items()[0].About.Get() != remarkable(a) {
				t.Errorf("%s: %+v", strategy, a)
			}
			p, err := orm.FindOneOrFail[picture](t.Context(), em, orm.M{"title": "Sea"}, orm.Populate("remarks.about.article", "medal"), orm.Strategy(strategy))
			ok(t, err)
			remarkTexts(t, strategy, p.Remarks, "p1 ")
			counts, err := orm.LoadCount(t.Context(), em, []*article{a}, "remarks", nil)
			ok(t, err)
			if counts[a] != 2 {
				t.Errorf("%d remarks are counted", counts[a])
			}
			idle(t, em)
		}
		em := e.db.Fork()
		list, err := orm.Find[remark](t.Context(), em, nil, orm.OrderBy("text"))
		ok(t, err)
		if list[0].About.IsLoaded() || list[0].About.Key() == nil || list[0].About.Type() != list[1].About.Type() || list[0].About.Type() == list[3].About.Type() {
			t.Errorf("unloaded: %v and %v", list[0].About, list[3].About)
		}
		p, err := list[3].About.Load(t.Context())
		ok(t, err)
		if p.subject() != "picture Sea" {
			t.Errorf("loaded %v", p)
		}
		ok(t, orm.PopulateAll(t.Context(), em, list, orm.Populate("about.article.remarks")))
		remarkTexts(t, "populated later", list[0].About.Get().(*article).Remarks.Items(), "a1 a2 ")
		found, err := orm.Find[remark](t.Context(), e.db.Fork(), orm.M{"about.article.title": "Wind"}, orm.Populate("$infer"))
		ok(t, err)
		if len(found) != 2 || !found[0].About.IsLoaded() {
			t.Errorf("inferred: %v", found)
		}
	})
}

// TestPolymorphicMove: a remark moves from an article to a picture, with both sides loaded; the sides follow at
// once or with the flush, and go back when the transaction is rolled back.
func TestPolymorphicMove(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		writeRemarks(t, e)
		load := func(em *orm.EntityManager) (*article, *picture) {
			a, err := orm.FindOneOrFail[article](t.Context(), em, orm.M{"title": "Wind"}, orm.Populate("remarks"))
			ok(t, err)
			p, err := orm.FindOneOrFail[picture](t.Context(), em, orm.M{"title": "Sea"}, orm.Populate("remarks"))
			ok(t, err)
			return a, p
		}
		em := e.db.Fork()
		a, p := load(em)
		r := a.Remarks.Items()[0]
		back := errors.New("back")
		err := em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			r.About = orm.ToAny[remarkable](p)
			ok(t, em.Flush(ctx))
			remarkTexts(t, "moved", a.Remarks.Items(), "a2 ")
			remarkTexts(t, "moved", p.Remarks, "p1 a1 ")
			return back
		})
		if !errors.Is(err, back) {
			t.Fatal(err)
		}
		if r.About.Get() != remarkable(p) {
			t.Errorf("the assignment is gone with the rollback: %v", r.About)
		}
		remarkTexts(t, "rolled back", a.Remarks.Items(), "a1 a2 ")
		remarkTexts(t, "rolled back", p.Remarks, "p1 ")
		r.About = orm.ToAny[remarkable](a)
		ok(t, em.Flush(t.Context()))
		remarkTexts(t, "taken back", a.Remarks.Items(), "a1 a2 ")
		remarkTexts(t, "taken back", p.Remarks, "p1 ")
		idle(t, em)
		_, p = load(e.db.Fork())
		remarkTexts(t, "in the database", p.Remarks, "p1 ")

		em = e.db.Fork()
		a, p = load(em)
		a.Remarks.Add(p.Remarks[0]) // by the other side
		if got := a.Remarks.Items()[2].About.Get(); got != remarkable(a) || len(p.Remarks) != 0 {
			t.Errorf("added at the other side: %v, %d left", got, len(p.Remarks))
		}
		p.Remarks = append(p.Remarks, a.Remarks.Items()[0])
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		a, p = load(e.db.Fork())
		remarkTexts(t, "in the database", a.Remarks.Items(), "a2 p1 ")
		remarkTexts(t, "in the database", p.Remarks, "a1 ")

		em = e.db.Fork()
		a, p = load(em)
		r = p.Remarks[0]
		r.About = orm.ToAnyKey[remarkable, article](a.ID)
		ok(t, em.Flush(t.Context()))
		remarkTexts(t, "by key", a.Remarks.Items(), "a2 p1 a1 ")
		r.About = rel.Any[remarkable]{}
		ok(t, em.Flush(t.Context()))
		remarkTexts(t, "of nothing", a.Remarks.Items(), "a2 p1 ")
		n, err := orm.Count[remark](t.Context(), e.db.Fork(), orm.M{"about": nil})
		ok(t, err)
		if n != 2 {
			t.Errorf("%d remarks about nothing", n)
		}
		p.Remarks = append(p.Remarks, r)
		r.About = orm.ToAny[remarkable](a)
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrConflict) {
			t.Errorf("at two sides: %v", err)
		}
	})
}

// TestPolymorphicWrong: what is none of the targets is refused before anything is sent.
func TestPolymorphicWrong(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&medal{Name: "b", On: orm.ToAny[any](&writer{Name: "Ann"})})
		if err := em.Flush(t.Context()); !errors.Is(err, mapper.ErrValue) {
			t.Errorf("a medal on a writer: %v", err)
		}
		em = e.db.Fork()
		em.Persist(&medal{Name: "b", On: orm.ToAnyKey[any, writer](1)})
		if err := em.Flush(t.Context()); !errors.Is(err, mapper.ErrValue) {
			t.Errorf("a medal on the key of a writer: %v", err)
		}
		em = e.db.Fork()
		em.Persist(&medal{Name: "b", On: orm.ToAny[any](article{})})
		if err := em.Flush(t.Context()); !errors.Is(err, mapper.ErrValue) {
			t.Errorf("a medal on a value: %v", err)
		}
	})
}

// TestPolymorphicOneToOne: of two badges on one picture the latter displaces the former, and moves from article
// to picture.
func TestPolymorphicOneToOne(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		writeRemarks(t, e)
		em := e.db.Fork()
		a, err := orm.FindOneOrFail[article](t.Context(), em, orm.M{"title": "Wind"}, orm.Populate("medal"))
		ok(t, err)
		p, err := orm.FindOneOrFail[picture](t.Context(), em, orm.M{"title": "Sea"}, orm.Populate("medal"))
		ok(t, err)
		b := a.Medal.Get()
		p.Medal = orm.To(b)
		ok(t, em.Flush(t.Context()))
		if !a.Medal.IsNil() || b.On.Get() != any(p) {
			t.Errorf("the medal is on %v and %v", a.Medal, b.On)
		}
		other := &medal{Name: "other", On: orm.ToAny[any](p)}
		em.Persist(other)
		ok(t, em.Flush(t.Context()))
		if p.Medal.Get() != other || !b.On.IsNil() {
			t.Errorf("displaced: %v, %v", p.Medal, b.On)
		}
		b.On = orm.ToAny[any](a)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		em = e.db.Fork()
		list, err := orm.Find[medal](t.Context(), em, nil, orm.Populate("on"), orm.OrderBy("name"))
		ok(t, err)
		if _, is := list[0].On.Get().(*article); !is || list[1].On.Get().(*picture).Medal.Get() != list[1] {
			t.Errorf("in the database: %v, %v", list[0].On, list[1].On)
		}
		_, err = orm.FindOneOrFail[medal](t.Context(), e.db.Fork(), orm.M{"on": list[1].On})
		ok(t, err)
	})
}
