package orm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

// library fills the database with two authors, three books and three tags.
func library(b *bench) {
	b.Helper()
	em := b.db.Fork()
	jon := &Author{Name: "Jon", Email: "jon@example.org"}
	amy := &Author{Name: "Amy", Email: "amy@example.org"}
	fantasy, snow, sea := &Tag{Name: "fantasy"}, &Tag{Name: "snow"}, &Tag{Name: "sea"}
	winter := &Book{Title: "Winter", Author: orm.To(jon), Publisher: orm.To(&Publisher{Code: "p1", Name: "Penguin"})}
	winter.Tags.Add(fantasy, snow)
	spring := &Book{Title: "Spring", Author: orm.To(jon)}
	spring.Tags.Add(fantasy)
	waves := &Book{Title: "Waves", Author: orm.To(amy)}
	em.Persist(winter, spring, waves, sea)
	b.flush(em)
}

const (
	selectAuthors = `SELECT "e0"."id", "e0"."name", "e0"."email", "e0"."age", "e0"."active", "e0"."rating", "e0"."born_at", "e0"."created_at", "e0"."favourite_id", "e1"."id", "e0"."version" FROM "authors" AS "e0" LEFT JOIN "profiles" AS "e1" ON ("e1"."author_id" = "e0"."id")`
	selectBooks   = `SELECT "e0"."id", "e0"."title", "e0"."isbn", "e0"."pages", "e0"."price", "e0"."author_id", "e0"."publisher_code" FROM "books" AS "e0"`
)

func TestFindAndPopulate(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	authors := must(orm.Find[Author](b.ctx, em, orm.M{"books.tags.name:like": "fan%"}, orm.Populate("books.tags"), orm.OrderBy("name"), orm.Limit(20)))
	b.sent(
		`SELECT "e0"."id", "e0"."name", "e0"."email", "e0"."age", "e0"."active", "e0"."rating", "e0"."born_at", "e0"."created_at", "e0"."favourite_id", "e4"."id", "e0"."version" FROM "authors" AS "e0" LEFT JOIN "profiles" AS "e4" ON ("e4"."author_id" = "e0"."id") WHERE (EXISTS (SELECT 1 FROM "books" AS "e1" INNER JOIN "book_tags" AS "e2" ON ("e2"."book_id" = "e1"."id") INNER JOIN "tags" AS "e3" ON ("e3"."id" = "e2"."tag_id") WHERE (("e1"."author_id" = "e0"."id") AND ("e3"."name" GLOB ?)))) ORDER BY "e0"."name" ASC, "e0"."id" ASC LIMIT 0 + ? OFFSET ? ['fan%' 20 0]`,
		`SELECT "e0"."author_id", "e0"."id", "e0"."title", "e0"."isbn", "e0"."pages", "e0"."price", "e0"."author_id", "e0"."publisher_code" FROM "books" AS "e0" WHERE ("e0"."author_id" IN (SELECT value FROM json_each(?))) [[1]]`,
		`SELECT "e1"."book_id", "e0"."id", "e0"."name" FROM "tags" AS "e0" INNER JOIN "book_tags" AS "e1" ON ("e1"."tag_id" = "e0"."id") WHERE ("e1"."book_id" IN (SELECT value FROM json_each(?))) [[1 2]]`,
	)
	if len(authors) != 1 || authors[0].Name != "Jon" || authors[0].Books.Len() != 2 {
		t.Fatalf("authors = %v", authors)
	}
	books := authors[0].Books.Items()
	if books[0].Author.Get() != authors[0] || books[0].Tags.Len() != 2 || books[1].Tags.Len() != 1 {
		t.Error("the graph is not connected")
	}
	if books[0].Tags.Items()[0] != books[1].Tags.Items()[0] {
		t.Error("one tag has two pointers")
	}
	if books[0].Publisher.IsLoaded() || books[0].Publisher.Key() != "p1" || !books[1].Publisher.IsNil() {
		t.Error("references are in the wrong state")
	}
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestPopulateToOne(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	books := must(orm.Find[Book](b.ctx, em, nil, orm.Populate("publisher", "author"), orm.OrderBy("id")))
	b.sent(
		selectBooks+` ORDER BY "e0"."id" ASC []`,
		`SELECT "e0"."code", "e0"."name", "e0"."country" FROM "publishers" AS "e0" WHERE ("e0"."code" IN (SELECT value FROM json_each(?))) [['p1']]`,
		selectAuthors+` WHERE ("e0"."id" IN (SELECT value FROM json_each(?))) [[1 2]]`,
	)
	if books[0].Publisher.Get().Name != "Penguin" || books[2].Author.Get().Name != "Amy" {
		t.Error("targets are not loaded")
	}
	must(orm.Find[Book](b.ctx, em, nil, orm.Populate("publisher", "author"), orm.OrderBy("id")))
	b.sent(selectBooks + ` ORDER BY "e0"."id" ASC []`)
}

func TestIdentity(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	byName := must(orm.FindOne[Author](b.ctx, em, orm.M{"name": "Jon"}))
	em.SetFlushMode(orm.FlushCommit)
	byName.Name = "changed"
	all := must(orm.Find[Author](b.ctx, em, nil, orm.OrderBy("id")))
	if len(all) != 2 || all[0] != byName || all[0].Name != "changed" {
		t.Error("reading again gave another pointer or overwrote a change")
	}
	b.rec.Take()
	if must(orm.FindOne[Author](b.ctx, em, 1)) != byName {
		t.Error("the key leads elsewhere")
	}
	b.sent()
	must(orm.Find[Author](b.ctx, em, orm.M{"id": 1}, orm.Overwrite()))
	if byName.Name != "Jon" {
		t.Error("Refresh kept the change")
	}
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent()
	if must(orm.FindOne[Author](b.ctx, b.db.Fork(), 1)) == byName {
		t.Error("two managers share an entity")
	}
}

func TestFindOneMisses(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	if a, err := orm.FindOne[Author](b.ctx, em, 7); a != nil || err != nil {
		t.Errorf("FindOne = %v, %v", a, err)
	}
	if _, err := orm.FindOneOrFail[Author](b.ctx, em, 7); !errors.Is(err, orm.ErrNotFound) || err.Error() != "orm: find: Author: not found" {
		t.Errorf("FindOneOrFail: %v", err)
	}
	b.rec.Take()
	if _, err := orm.FindOne[Author](b.ctx, em, orm.M{}); !errors.Is(err, orm.ErrEmptyCondition) {
		t.Errorf("FindOne without a condition: %v", err)
	}
	if list, err := orm.Find[Author](b.ctx, em, nil, orm.Limit(0)); len(list) != 0 || err != nil {
		t.Errorf("Limit(0) = %v, %v", list, err)
	}
	if _, err := orm.Find[Author](b.ctx, em, nil, orm.Limit(-1)); !errors.Is(err, orm.ErrInvalidOption) {
		t.Errorf("Limit(-1): %v", err)
	}
	if _, err := orm.Find[Author](b.ctx, em, nil, orm.Populate("boks")); !errors.Is(err, orm.ErrUnknownPath) {
		t.Errorf("Populate(boks): %v", err)
	}
	if _, err := orm.Find[Author](b.ctx, em, orm.M{"nam": 1}); !errors.Is(err, orm.ErrUnknownProperty) {
		t.Errorf("nam: %v", err)
	}
	if _, err := orm.Find[bench](b.ctx, em, nil); !errors.Is(err, orm.ErrUnknownEntity) {
		t.Errorf("unknown type: %v", err)
	}
	b.sent()
}

func TestCounts(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	books, n, err := orm.Repo[Book](em).FindAndCount(b.ctx, orm.M{"author.name": "Jon"}, orm.Page(2, 1), orm.OrderBy("title"))
	b.ok(err)
	if n != 2 || len(books) != 1 || books[0].Title != "Winter" {
		t.Errorf("%d, %v", n, books)
	}
	b.sent(
		`SELECT count(*) FROM "books" AS "e0" INNER JOIN "authors" AS "e1" ON ("e1"."id" = "e0"."author_id") WHERE ("e1"."name" = ?) ['Jon']`,
		selectBooks+` INNER JOIN "authors" AS "e1" ON ("e1"."id" = "e0"."author_id") WHERE ("e1"."name" = ?) ORDER BY "e0"."title" ASC, "e0"."id" ASC LIMIT 0 + ? OFFSET ? ['Jon' 1 1]`,
	)
}

func TestConcurrentUse(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	var inner error
	b.rec.Fail(func(string) error {
		_, inner = orm.Find[Tag](b.ctx, em, nil)
		return nil
	})
	must(orm.Find[Author](b.ctx, em, nil))
	b.rec.Fail(nil)
	if !errors.Is(inner, orm.ErrConcurrentUse) {
		t.Errorf("error = %v", inner)
	}
}

func TestEntityAndReferenceInConditions(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	jon := must(orm.FindOneOrFail[Author](b.ctx, em, 1))
	for name, cond := range map[string]any{
		"entity": orm.M{"author": jon}, "reference": orm.M{"author": orm.To(jon)},
		"key": orm.M{"author": 1}, "reference by key": orm.M{"author": orm.ToKey[Author](1)},
	} {
		if n, err := orm.Count[Book](b.ctx, em, cond); n != 2 || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
}

// TestFindOneLoadsAllTargets: that one root is asked for says nothing about the rows
// of its relations.
func TestFindOneLoadsAllTargets(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	fantasy := must(orm.FindOneOrFail[Tag](b.ctx, em, orm.M{"name": "fantasy"}))
	waves := must(orm.FindOneOrFail[Book](b.ctx, em, orm.M{"title": "Waves"}, orm.Populate("tags")))
	waves.Tags.Add(fantasy)
	b.flush(em)
	for name, cond := range map[string]any{"key": fantasy.ID, "condition": orm.M{"name": "fantasy"}} {
		tag := must(orm.FindOneOrFail[Tag](b.ctx, b.db.Fork(), cond, orm.Populate("books.author")))
		var authors []string
		for _, book := range tag.Books.Items() {
			authors = append(authors, book.Author.Get().Name)
		}
		if got := strings.Join(authors, " "); got != "Jon Jon Amy" {
			t.Errorf("by %s: books of %s", name, got)
		}
	}
}
