package orm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

// decoded is data as it arrives from outside.
func decoded(t *testing.T, text string) orm.M {
	t.Helper()
	var m orm.M
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func titles(a *Author) string {
	out := ""
	for _, x := range a.Books.Items() {
		out += fmt.Sprintf("%d:%s ", x.ID, x.Title)
	}
	return out
}

func TestAssignValuesAndReferences(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	jon := must(orm.FindOneOrFail[Author](b.ctx, em, orm.M{"name": "Jon"}))
	b.ok(orm.Assign(b.ctx, em, jon, decoded(t, `{"name": "Jon S.", "age": 40, "rating": 4.5, "active": true, "bornAt": "2000-01-02T03:04:05Z", "favourite": 1}`)))
	if jon.Name != "Jon S." || *jon.Age != 40 || jon.Rating != 4.5 || !jon.Active || jon.BornAt.Year() != 2000 || jon.Favourite.Key() != int64(1) {
		t.Errorf("%+v", jon)
	}
	b.flush(em)
	b.ok(orm.Assign(b.ctx, em, jon, orm.M{"age": nil, "favourite": orm.M{"id": 1, "title": "renamed"}}))
	b.flush(em)
	again := must(orm.FindOneOrFail[Author](b.ctx, b.db.Fork(), jon.ID, orm.Populate("favourite")))
	if again.Age != nil || again.Favourite.Get().Title != "renamed" || again.Version != 3 {
		t.Errorf("%+v", again)
	}
	b.ok(orm.Assign(b.ctx, em, jon, orm.M{"favourite": nil}))
	b.flush(em)
	if must(orm.FindOneOrFail[Author](b.ctx, b.db.Fork(), jon.ID)).Favourite.Key() != nil {
		t.Error("the reference stayed")
	}
}

func TestAssignItems(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	jon := must(orm.FindOneOrFail[Author](b.ctx, em, orm.M{"name": "Jon"}))
	books := must(orm.Find[Book](b.ctx, b.db.Fork(), orm.M{"author": jon.ID}, orm.OrderBy("id")))
	data := orm.M{"books": []any{
		orm.M{"id": books[1].ID, "title": "second"},
		orm.M{"title": "new", "tags": []any{1, orm.M{"name": "made"}}},
		books[0].ID,
	}}
	b.ok(orm.Assign(b.ctx, em, jon, data))
	b.flush(em)
	again := must(orm.FindOneOrFail[Author](b.ctx, b.db.Fork(), jon.ID, orm.Populate("books.tags")))
	if again.Books.Len() != 3 {
		t.Fatalf("%s", titles(again))
	}
	last := again.Books.Items()[2]
	if last.Title != "new" || last.Tags.Len() != 2 || again.Books.Items()[1].Title != "second" {
		t.Errorf("%s, %d tags", titles(again), last.Tags.Len())
	}

	fresh := &Author{Email: "fresh"}
	b.ok(orm.Assign(b.ctx, em, fresh, orm.M{"name": "fresh", "books": []orm.M{{"title": "own"}}}))
	em.Persist(fresh)
	b.flush(em)
	if got := must(orm.Count[Book](b.ctx, b.db.Fork(), orm.M{"author.name": "fresh"})); got != 1 {
		t.Errorf("%d books", got)
	}
}

// TestAssignIsAllOrNothing has one good value and many mistakes.
func TestAssignIsAllOrNothing(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	jon := must(orm.FindOneOrFail[Author](b.ctx, em, orm.M{"name": "Jon"}, orm.Fields("name", "email")))
	amys := must(orm.FindOneOrFail[Book](b.ctx, b.db.Fork(), orm.M{"author.name": "Amy"}))
	err := orm.Assign(b.ctx, em, jon, orm.M{
		"name": "good", "emial": "x", "email": 7, "version": 9, "id": jon.ID + 1, "rating": 1.5, "profile": nil,
		"favourite": []any{1, 2}, "books": []any{orm.M{"id": amys.ID, "title": "stolen"}, 4711},
	})
	for _, class := range []error{orm.ErrUnknownProperty, mapper.ErrValue, orm.ErrNotAllowed, orm.ErrNotLoaded, orm.ErrNotFound} {
		if !errors.Is(err, class) {
			t.Errorf("%v is not reported: %v", class, err)
		}
	}
	all, ok := err.(interface{ Unwrap() []error })
	if !ok || len(all.Unwrap()) != 9 {
		t.Errorf("mistakes: %v", err)
	}
	want := "orm: assign: Author 1.books: not found: no item has the key Book 3 of the data; give the key alone to add that"
	if all.Unwrap()[0].Error() != want {
		t.Errorf("first mistake: %v", all.Unwrap()[0])
	}
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent()
	if jon.Name != "Jon" {
		t.Error("something was assigned")
	}
}

func TestAssignOnly(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	jon := must(orm.FindOneOrFail[Author](b.ctx, em, orm.M{"name": "Jon"}, orm.Populate("books")))
	first := jon.Books.Items()[0]
	policy := orm.AssignOnly("name", "books.title")
	b.ok(orm.Assign(b.ctx, em, jon, orm.M{"name": "x", "books": []any{orm.M{"id": first.ID, "title": "y"}, jon.Books.Items()[1].ID}}, policy))
	if jon.Name != "x" || first.Title != "y" {
		t.Errorf("%s, %s", jon.Name, first.Title)
	}
	for _, data := range []orm.M{
		{"email": "z"},
		{"name": "z", "active": true},
		{"books": []any{orm.M{"title": "made"}}},
		{"books": []any{first.ID}},
		{"books": []any{orm.M{"id": first.ID, "pages": 3}, jon.Books.Items()[1].ID}},
		{"favourite": first.ID},
		{"favourite": orm.M{"title": "made"}},
	} {
		if err := orm.Assign(b.ctx, em, jon, data, policy); !errors.Is(err, orm.ErrNotAllowed) {
			t.Errorf("%v: error = %v", data, err)
		}
	}
	if jon.Name != "x" || jon.Books.Len() != 2 {
		t.Error("something was assigned")
	}
}

func TestAssignInsideEmbeddedValues(t *testing.T) {
	b := shop(t)
	em := b.db.Fork()
	c := &Customer{}
	b.ok(orm.Assign(b.ctx, em, c, decoded(t, `{"name": "c", "home": {"city": "Oslo", "zip": "1"}, "work": {"street": "s"}, "prefs": {"Theme": "dark", "PageSize": 3},
		"labels": ["a", "b"], "meta": {"k": [1, null]}, "joinedAt": "2024-02-29T00:00:00Z"}`)))
	if c.Home.City != "Oslo" || *c.Home.Zip != "1" || c.Work == nil || c.Work.Street != "s" || c.Prefs.Theme != "dark" || len(c.Labels) != 2 || c.Meta["k"] == nil {
		t.Errorf("%+v", c)
	}
	err := orm.Assign(b.ctx, em, c, orm.M{"home": orm.M{"city": "x", "street": "y"}, "home.zip": "2"}, orm.AssignOnly("home.city"))
	if !errors.Is(err, orm.ErrNotAllowed) || c.Home.City != "Oslo" {
		t.Errorf("error = %v", err)
	}
	b.ok(orm.Assign(b.ctx, em, c, orm.M{"home": orm.M{"city": "x"}, "home.zip": "2"}, orm.AssignOnly("home")))
	if c.Home.City != "x" || *c.Home.Zip != "2" {
		t.Errorf("%+v", c.Home)
	}
	for _, data := range []orm.M{{"home": 3}, {"home": orm.M{"ctiy": "x"}}, {"joinedAt": nil}} {
		if err := orm.Assign(b.ctx, em, c, data); err == nil {
			t.Errorf("%v was taken", data)
		}
	}
}
