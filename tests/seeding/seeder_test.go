package seeding_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/seed"
	"github.com/weft-orm/weft/tests/internal/testengine"
	"github.com/weft-orm/weft/tests/model"
)

var tags = seed.Seeder{Name: "tags", Run: func(ctx context.Context, r *seed.Run) error {
	for _, name := range []string{"fantasy", "crime"} {
		if _, err := seed.Ensure[model.Tag](ctx, r, orm.M{"name": name}); err != nil {
			return err
		}
	}
	return nil
}}

var authors = seed.Seeder{Name: "authors", Run: func(ctx context.Context, r *seed.Run) error {
	if err := r.Call(ctx, tags); err != nil {
		return err
	}
	jon, err := seed.Ensure[model.Author](ctx, r, orm.M{"email": "jon@example.org", "name": "Jon", "rating": 4.5}, "email")
	if err != nil {
		return err
	}
	_, err = seed.Ensure[model.Book](ctx, r, orm.M{"title": "Winter", "author": jon, "pages": 300}, "title", "author")
	return err
}}

// TestSeeders calls seeders from each other, and all of them twice.
func TestSeeders(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, db *orm.DB) {
		for _, rows := range []string{"map[Author:1 Book:1 Tag:2]", "map[]"} {
			report, err := seed.Execute(t.Context(), db, []seed.Seeder{authors, tags}, seed.Options{})
			ok(t, err)
			if got := strings.Join(report.Seeders, " "); got != "authors tags" || fmt.Sprint(report.Rows) != rows {
				t.Errorf("%+v", report)
			}
		}
		if a, b, c := count[model.Tag](t, db, nil), count[model.Author](t, db, nil), count[model.Book](t, db, nil); a != 2 || b != 1 || c != 1 {
			t.Errorf("%d tags, %d authors, %d books", a, b, c)
		}
		// What somebody changed is as the seeder says again.
		_, err := orm.NativeUpdate[model.Author](t.Context(), db.Fork(), orm.M{"name": "Jon"}, orm.M{"name": "Changed"})
		ok(t, err)
		_, err = seed.Execute(t.Context(), db, []seed.Seeder{authors}, seed.Options{})
		ok(t, err)
		if n := count[model.Author](t, db, orm.M{"name": "Jon"}); n != 1 {
			t.Error("the changed author stayed changed")
		}
		_, err = seed.Execute(t.Context(), db, []seed.Seeder{authors, tags}, seed.Options{Only: []string{"tags"}, Clear: true})
		ok(t, err)
		if a, b := count[model.Tag](t, db, nil), count[model.Author](t, db, nil); a != 2 || b != 0 {
			t.Errorf("after clearing: %d tags, %d authors", a, b)
		}
	})
}

// TestAllOrNothing sees that a seeder that fails leaves nothing behind.
func TestAllOrNothing(t *testing.T) {
	broken := seed.Seeder{Name: "broken", Run: func(context.Context, *seed.Run) error { return errors.New("no") }}
	engines(t, model.Library(), func(t *testing.T, db *orm.DB) {
		if !db.Engine().Caps().Transactions {
			t.Skip("no transactions")
		}
		_, err := seed.Execute(t.Context(), db, []seed.Seeder{tags, broken}, seed.Options{})
		if err == nil || err.Error() != "seed: broken: no" {
			t.Errorf("got %v", err)
		}
		if n := count[model.Tag](t, db, nil); n != 0 {
			t.Errorf("%d tags are left", n)
		}
	})
}

func TestSeederMistakes(t *testing.T) {
	db := testengine.All()[0].Open(t, orm.Entities(model.Library()...))
	var a, b seed.Seeder
	a = seed.Seeder{Name: "a", Run: func(ctx context.Context, r *seed.Run) error { return r.Call(ctx, b) }}
	b = seed.Seeder{Name: "b", Run: func(ctx context.Context, r *seed.Run) error { return r.Call(ctx, a) }}
	_, err := seed.Execute(t.Context(), db, []seed.Seeder{a}, seed.Options{})
	if !errors.Is(err, seed.ErrSeeder) || !strings.HasSuffix(err.Error(), "they call each other: a -> b -> a") {
		t.Errorf("a ring: %v", err)
	}
	_, err = seed.Execute(t.Context(), db, []seed.Seeder{tags}, seed.Options{Only: []string{"tag"}})
	if err == nil || err.Error() != `seed: unusable seeder: there is none called "tag"; did you mean "tags"?` {
		t.Errorf("an unknown one: %v", err)
	}
	run := seed.New(db.Fork(), 1)
	if _, err := seed.Ensure[model.Employee](t.Context(), run, orm.M{"name": "x"}); !errors.Is(err, seed.ErrNoNaturalKey) {
		t.Errorf("no natural key: %v", err)
	}
	if _, err := seed.Ensure[model.Employee](t.Context(), run, orm.M{"name": "x"}, "salary"); !errors.Is(err, seed.ErrNoNaturalKey) {
		t.Errorf("a natural key without value: %v", err)
	}
}

var types = []seed.Type{seed.Of[model.Author](), seed.Of[model.Book](), seed.Of[model.Tag](), seed.Of[model.Profile](), seed.Of[model.Publisher]()}

const shelf = `
Author:
  jon: {name: Jon, email: jon@example.org, bornAt: 1970-01-02T03:04:05Z, favourite: winter}
  ann: {name: Ann, email: ann@example.org}
Book:
  $key: [title]
  winter: {title: Winter, author: jon, tags: [fantasy, cold], price: 9.5}
  summer: {title: Summer, author: ann}
`

const words = `{"Tag": {"fantasy": {"name": "fantasy"}, "cold": {"name": "cold"}},
"Profile": {"jons": {"bio": "Writes.", "author": "jon"}}}`

// TestFixtures reads files that refer to each other, in rings too, twice.
func TestFixtures(t *testing.T) {
	files := fstest.MapFS{"a.yaml": {Data: []byte(shelf)}, "b.json": {Data: []byte(words)}, "c.txt": {Data: []byte("no")}}
	fixtures := seed.Fixtures("fixtures", files, "*.[yj]*", types...)
	engines(t, model.Library(), func(t *testing.T, db *orm.DB) {
		for range 2 {
			_, err := seed.Execute(t.Context(), db, []seed.Seeder{fixtures}, seed.Options{})
			ok(t, err)
		}
		list, err := orm.Find[model.Author](t.Context(), db.Fork(), nil, orm.Populate("books.tags", "favourite", "profile"), orm.OrderBy("name"))
		ok(t, err)
		if len(list) != 2 || list[1].Favourite.Get().Title != "Winter" || list[1].Books.Items()[0].Tags.Len() != 2 || list[1].Profile.Get().Bio != "Writes." || list[0].Books.Len() != 1 {
			t.Errorf("%+v", list)
		}
		if n := count[model.Book](t, db, nil); n != 2 {
			t.Errorf("%d books", n)
		}
	})
}

func TestFixtureMistakes(t *testing.T) {
	db := testengine.All()[0].Open(t, orm.Entities(model.Library()...))
	for text, want := range map[string]string{
		"Autor: {a: {}}":                         "f.yaml:1: unknown entity Autor; did you mean \"Author\"?; the seeder lists those there are",
		"Author: [1]":                            "f.yaml:1: the rows of Author each need a name",
		"Author:\n  a: {nam: x}":                 "f.yaml:2: Author has no property nam; did you mean \"name\"?",
		"Author:\n  $key: [nam]":                 "f.yaml:2: Author has no property nam; did you mean \"name\"?",
		"Author: {a: 1}":                         "f.yaml:1: Author a is not a map of properties",
		"Book:\n  b: {title: x, author: nobody}": "f.yaml:2: Book.author: no Author is called nobody",
		"Book:\n  $key: [title]\n  b: {title: x, author: a, tags: one}\nAuthor:\n  a: {email: x}": "f.yaml:3: Book.tags is a list of names",
		"Book:\n  b: {title: x, author: {name: x}}":                                               "f.yaml:2: Book.author is the name of a row of Author",
		"- 1": "f.yaml:1: a file begins with names of entities",
		"Book:\n  $key: [title]\n  b: {title: x, pages: y}": "pages",
		"Book:\n  b: {pages: 1}":                            "nothing in the data tells a row apart",
		"Author: {":                                         "f.yaml",
	} {
		fixtures := seed.Fixtures("f", fstest.MapFS{"f.yaml": {Data: []byte(text)}}, "*.yaml", types...)
		_, err := seed.Execute(t.Context(), db, []seed.Seeder{fixtures}, seed.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
	_, err := seed.Execute(t.Context(), db, []seed.Seeder{seed.Fixtures("f", fstest.MapFS{}, "*.yaml")}, seed.Options{})
	if !errors.Is(err, seed.ErrFixture) {
		t.Errorf("no file: %v", err)
	}
}
