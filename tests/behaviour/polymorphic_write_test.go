package behaviour_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
)

// parcel and letter own their labels, which go with them and without them.
type parcel struct {
	ID     mapper.UUID
	Name   string
	Labels rel.Collection[tagLabel] `orm:",mappedBy=On,orphanRemoval,orderBy=name"`
}

type letter struct {
	ID     mapper.UUID
	Name   string
	Labels rel.Collection[tagLabel] `orm:",mappedBy=On,orphanRemoval,orderBy=name"`
}

// tagLabel is on a parcel or a letter, always.
type tagLabel struct {
	ID      int64
	Name    string
	Version int          `orm:",version"`
	On      rel.Any[any] `orm:",targets=parcel|letter,required"`
}

// TestPolymorphicOrphans: what leaves a target that removes orphans is removed, unless another target has it by
// then; what is removed takes its own along; and a rollback brings all of it back.
func TestPolymorphicOrphans(t *testing.T) {
	engines(t, []any{parcel{}, letter{}, tagLabel{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		p, l := &parcel{Name: "p"}, &letter{Name: "l"}
		p.Labels.Add(&tagLabel{Name: "a"}, &tagLabel{Name: "b"}, &tagLabel{Name: "c"})
		em.Persist(p, l)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		count := func(cond any, want int64) {
			t.Helper()
			n, err := orm.Count[tagLabel](t.Context(), e.db.Fork(), cond)
			ok(t, err)
			if n != want {
				t.Errorf("%v counts %d, want %d", cond, n, want)
			}
		}
		a, b := p.Labels.Items()[0], p.Labels.Items()[1]
		p.Labels.Remove(a)
		l.Labels.Add(b)
		back := errors.New("back")
		err := em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			ok(t, em.Flush(ctx))
			return back
		})
		if !errors.Is(err, back) {
			t.Fatal(err)
		}
		count(nil, 3)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		count(nil, 2)
		count(orm.M{"onType": "letter"}, 1)
		em = e.db.Fork()
		l, err = orm.FindOneOrFail[letter](t.Context(), em, orm.M{"labels.name": "b"})
		ok(t, err)
		em.Remove(l)
		ok(t, em.Flush(t.Context()))
		count(nil, 1)
		count(orm.M{"on.parcel.name": "p"}, 1)
		em = e.db.Fork()
		c, err := orm.FindOneOrFail[tagLabel](t.Context(), em, orm.M{"name": "c"})
		ok(t, err)
		c.On = rel.Any[any]{}
		if err := em.Flush(t.Context()); err != nil {
			t.Errorf("a label that lost its only owner goes: %v", err)
		}
		count(nil, 0)
		em = e.db.Fork()
		em.Persist(&tagLabel{Name: "d"})
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrRequired) {
			t.Errorf("a label on nothing: %v", err)
		}
	})
}

// TestPolymorphicGone: nothing holds a target back; what led to it keeps the key, and finds it hidden.
func TestPolymorphicGone(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		writeRemarks(t, e)
		em := e.db.Fork()
		p, err := orm.FindOneOrFail[picture](t.Context(), em, orm.M{"title": "Sea"})
		ok(t, err)
		em.Remove(p)
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		r, err := orm.FindOneOrFail[remark](t.Context(), em, orm.M{"text": "p1"}, orm.Populate("about"))
		ok(t, err)
		if !r.About.IsHidden() || r.About.IsNil() || r.About.Key() == nil {
			t.Errorf("about %v", r.About)
		}
		if _, err := r.About.Load(t.Context()); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("loading what is gone: %v", err)
		}
		idle(t, em)
	})
}

// TestPolymorphicData: data from outside names the type, and so does what is written out.
func TestPolymorphicData(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		writeRemarks(t, e)
		em := e.db.Fork()
		list, err := orm.Find[remark](t.Context(), em, nil, orm.OrderBy("text"))
		ok(t, err)
		raw, err := json.Marshal(list[0].About)
		ok(t, err)
		if string(raw) != `{"article":1}` && !strings.HasPrefix(string(raw), `{"article":"`) {
			t.Errorf("as JSON: %s", raw)
		}
		raw, err = orm.JSON(em, list[3])
		ok(t, err)
		if !strings.Contains(string(raw), `"about":{"picture":1}`) {
			t.Errorf("a key in a DTO: %s", raw)
		}
		ok(t, orm.PopulateAll(t.Context(), em, list, orm.Populate("about.article.writer", "about.picture")))
		raw, err = orm.JSON(em, list[0], orm.SerializePopulate("about.article.writer"), orm.SerializeFields("text", "about.article.title", "about.article.writer.name"))
		ok(t, err)
		if string(raw) != `{"about":{"article":{"title":"Wind","writer":{"name":"Ann"}}},"text":"a1"}` {
			t.Errorf("a DTO: %s", raw)
		}
		ok(t, orm.Assign(t.Context(), em, list[0], orm.M{"about": orm.M{"picture": orm.M{"title": "New", "width": 7}}}))
		ok(t, orm.Assign(t.Context(), em, list[1], orm.M{"about": orm.M{"picture": 1}}))
		ok(t, orm.Assign(t.Context(), em, list[2], orm.M{"about": list[3].About.Get()}))
		ok(t, orm.Assign(t.Context(), em, list[3], orm.M{"about": orm.M{"picture": orm.M{"title": "Lake"}}}))
		ok(t, em.Flush(t.Context()))
		for _, c := range []struct {
			cond any
			want string
		}{{orm.M{"about.picture.title": "New"}, "a1 "}, {orm.M{"about.picture.title": "Lake"}, "a2 none p1 "}, {orm.M{"aboutType": "article"}, ""}} {
			found, err := orm.Find[remark](t.Context(), e.db.Fork(), c.cond, orm.OrderBy("text"))
			ok(t, err)
			remarkTexts(t, "assigned", found, c.want)
		}
		for _, data := range []orm.M{
			{"about": orm.M{"writer": 1}}, {"about": orm.M{"article": 1, "picture": 1}}, {"about": orm.M{}}, {"about": 7}, {"aboutType": "pic"}, {"about": orm.M{"article": nil}},
			{"about": &writer{ID: 1}},
		} {
			if err := orm.Assign(t.Context(), em, list[0], data); err == nil {
				t.Errorf("%v is assigned", data)
			}
		}
		ok(t, orm.Assign(t.Context(), em, list[0], orm.M{"about": nil}))
		made, err := orm.Create[remark](t.Context(), em, orm.M{"text": "made", "words": 1, "about": orm.M{"article": orm.M{"title": "t", "body": "b"}}}, orm.AssignOnly("text", "words", "about.article.title", "about.article.body", "about.article"))
		ok(t, err)
		if made.About.Get().subject() != "article t" {
			t.Errorf("created %v", made.About)
		}
		if err := orm.Assign(t.Context(), em, list[0], orm.M{"about": orm.M{"picture": 1}}, orm.AssignOnly("about.article")); !errors.Is(err, orm.ErrNotAllowed) {
			t.Errorf("a picture where articles are allowed: %v", err)
		}
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		copied, err := orm.Clone(t.Context(), em, made, orm.CloneDeep("about"))
		ok(t, err)
		em.Persist(copied)
		ok(t, em.Flush(t.Context()))
		if copied.About.Get() == made.About.Get() || copied.About.Get().subject() != "article t" {
			t.Errorf("cloned %v", copied.About)
		}
		cond, err := orm.FromJSON[remark](e.db, []byte(`{"about": {"article": {"title": "t"}}}`), conditions.Policy{Paths: []string{"about.article.title"}})
		ok(t, err)
		found, err := orm.Find[remark](t.Context(), e.db.Fork(), cond)
		ok(t, err)
		if len(found) != 2 {
			t.Errorf("%d remarks by a condition from outside", len(found))
		}
		if _, err := orm.FromJSON[remark](e.db, []byte(`{"about": {"picture": {"title": "t"}}}`), conditions.Policy{Paths: []string{"about.article.title"}}); err == nil {
			t.Error("a path that no policy lists is allowed")
		}
	})
}

// TestPolymorphicPast: what goes past the unit of work writes both columns, too.
func TestPolymorphicPast(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		writeRemarks(t, e)
		em := e.db.Fork()
		a, err := orm.FindOneOrFail[article](t.Context(), em, orm.M{"title": "Wind"})
		ok(t, err)
		n, err := orm.NativeUpdate[remark](t.Context(), em, orm.M{"text": "none"}, orm.M{"about": a})
		ok(t, err)
		if n != 1 {
			t.Errorf("%d rows updated", n)
		}
		_, err = orm.NativeUpdate[remark](t.Context(), em, orm.M{"text": "p1"}, orm.M{"about": orm.M{"article": a.ID}})
		ok(t, err)
		for _, set := range []orm.M{{"aboutType": "pic"}, {"about": 7}, {"about.article": 7}, {"about": &writer{ID: 3}}} {
			if _, err := orm.NativeUpdate[remark](t.Context(), em, orm.M{"text": "p1"}, set); err == nil {
				t.Errorf("%v is written", set)
			}
		}
		ok(t, orm.BulkInsert(t.Context(), em, []*remark{{Text: "i1", About: orm.ToAny[remarkable](a)}, {Text: "i2"}, {Text: "i3", About: orm.ToAnyKey[remarkable, picture](1)}}))
		list, err := orm.Find[remark](t.Context(), e.db.Fork(), orm.M{"about": a}, orm.OrderBy("text"))
		ok(t, err)
		remarkTexts(t, "natively", list, "a1 a2 i1 none p1 ")
		_, err = orm.NativeDelete[remark](t.Context(), em, orm.M{"about.article.title": "Wind"})
		ok(t, err)
		seen := ""
		for r, err := range orm.Stream[remark](t.Context(), e.db.Fork(), orm.M{"text:like": "i%"}, orm.OrderBy("text"), orm.Populate("about")) {
			ok(t, err)
			seen += r.Text + " "
		}
		if seen != "i1 i2 i3 " && seen != "i2 i3 " {
			t.Errorf("streamed %q", seen)
		}
	})
}

// TestPolymorphicPart: a reference that was not read is neither null nor overwritten, and read when asked for.
func TestPolymorphicPart(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		writeRemarks(t, e)
		em := e.db.Fork()
		list, err := orm.Find[remark](t.Context(), em, nil, orm.Fields("text", "about.article.title"), orm.OrderBy("text"))
		ok(t, err)
		list[0].Text = "a0"
		ok(t, em.Flush(t.Context()))
		got, err := list[0].About.Load(t.Context())
		ok(t, err)
		if got.subject() != "article Wind" {
			t.Errorf("%v", got)
		}
		idle(t, em)
		em = e.db.Fork()
		list, err = orm.Find[remark](t.Context(), em, nil, orm.Exclude("about"), orm.OrderBy("text"))
		ok(t, err)
		was := list[0].About
		got, err = was.Load(t.Context())
		ok(t, err)
		if got.subject() != "article Wind" || was.Type() != list[0].About.Type() {
			t.Errorf("excluded: %v, %v and %v", got, was.Type(), list[0].About.Type())
		}
		p, err := orm.FindOneOrFail[picture](t.Context(), em, orm.M{"title": "Sea"})
		ok(t, err)
		list[1].About = orm.ToAny[remarkable](p)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		n, err := orm.Count[remark](t.Context(), e.db.Fork(), orm.M{"about": p})
		ok(t, err)
		if n != 2 {
			t.Errorf("%d remarks about the picture", n)
		}
	})
}

// TestPolymorphicTypeOutside: a type that is none of the targets is an error of the row, and what a query asks of
// the targets does not find it.
func TestPolymorphicTypeOutside(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		writeRemarks(t, e)
		if e.caps.WholeEntities {
			t.Skip("the engine takes no SQL")
		}
		execText(t, e.db, "update remarks set about_type = 'video' where text = 'p1'")
		_, err := orm.Find[remark](t.Context(), e.db.Fork(), nil)
		if !errors.Is(err, mapper.ErrValue) || !strings.Contains(err.Error(), "about_type") || !strings.Contains(err.Error(), "video") {
			t.Errorf("a video: %v", err)
		}
		list, err := orm.Find[remark](t.Context(), e.db.Fork(), orm.M{"$or": []any{orm.M{"about.article": orm.M{"$ne": nil}}, orm.M{"about.picture": orm.M{"$ne": nil}}}})
		ok(t, err)
		if len(list) != 2 {
			t.Errorf("%d remarks about something", len(list))
		}
	})
}

// TestPolymorphicSchema: the tables agree with the mapping, have an index over type and key and no foreign key.
func TestPolymorphicSchema(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		plan, err := schema.Diff(t.Context(), e.db)
		if errors.Is(err, schema.ErrNoSchema) {
			t.Skip(err)
		}
		ok(t, err)
		if len(plan.Statements) > 0 {
			t.Errorf("a new database differs: %v", plan.Statements)
		}
	})
}
