package orm_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

func TestFlushGraph(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	jon := &Author{Name: "Jon", Email: "jon@example.org"}
	book := &Book{Title: "Winter", Author: orm.To(jon)}
	book.Tags.Add(&Tag{Name: "fantasy"}, &Tag{Name: "snow"})
	em.Persist(book)
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`INSERT INTO "authors" ("name", "email", "age", "active", "rating", "born_at", "created_at", "favourite_id", "version") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ['Jon' 'jon@example.org' null false 0 null 0001-01-01T00:00:00Z null 1]`,
		`INSERT INTO "books" ("title", "isbn", "pages", "price", "author_id", "publisher_code") VALUES (?, ?, ?, ?, ?, ?) ['Winter' null 0 0 1 null]`,
		`INSERT INTO "tags" ("name") VALUES (?) ['fantasy'] ['snow']`,
		`INSERT INTO "book_tags" ("book_id", "tag_id") VALUES (?, ?) [1 1] [1 2]`,
		`commit`,
	)
	if jon.ID != 1 || book.ID != 1 || jon.Version != 1 || book.Author.Key() != int64(1) || book.Tags.IsDirty() {
		t.Errorf("jon = %+v, book = %+v", jon, book)
	}
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestFlushWritesOnlyWhatChanged(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	jon := must(orm.FindOneOrFail[Author](b.ctx, em, 1))
	winter := must(orm.FindOneOrFail[Book](b.ctx, em, 1))
	b.rec.Take()
	jon.Name = "Jon S."
	winter.Pages = 7
	winter.Publisher = orm.Ref[Publisher]{}
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`UPDATE "authors" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['Jon S.' 2 1 1]`,
		`UPDATE "books" SET "pages" = ?, "publisher_code" = ? WHERE "id" = ? [7 null 1]`,
		`commit`,
	)
	jon.Name = ""
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`UPDATE "authors" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['' 3 1 2]`,
		`commit`,
	)
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestFailedFlushLeavesEverything(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	jon := must(orm.FindOneOrFail[Author](b.ctx, em, 1))
	jon.Name = "Jon S."
	tag := &Tag{Name: "new"}
	bad := &Tag{Name: "snow"}
	book := &Book{Title: "Autumn", Author: orm.To(jon)}
	book.Tags.Add(tag, bad)
	em.Persist(book)
	err := em.Flush(b.ctx)
	if !errors.Is(err, driver.ErrUniqueViolation) || !orm.IsUnique(err, "name") || orm.IsUnique(err, "email") {
		t.Fatalf("error = %v", err)
	}
	if book.ID != 0 || tag.ID != 0 || bad.ID != 0 || jon.Version != 1 || !book.Tags.IsDirty() {
		t.Errorf("book = %+v, tag = %+v, jon = %+v", book, tag, jon)
	}
	b.rec.Take()
	bad.Name = "ice"
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`UPDATE "authors" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['Jon S.' 2 1 1]`,
		`INSERT INTO "books" ("title", "isbn", "pages", "price", "author_id", "publisher_code") VALUES (?, ?, ?, ?, ?, ?) ['Autumn' null 0 0 1 null]`,
		`INSERT INTO "tags" ("name") VALUES (?) ['new'] ['ice']`,
		`INSERT INTO "book_tags" ("book_id", "tag_id") VALUES (?, ?) [4 4] [4 5]`,
		`commit`,
	)
}

func TestFailureInTheLastStatement(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	book := &Book{Title: "Winter", Author: orm.To(&Author{Name: "Jon", Email: "j"})}
	book.Tags.Add(&Tag{Name: "snow"})
	em.Persist(book)
	last := errors.New("the last statement failed")
	b.rec.Fail(func(line string) error {
		if len(line) > 30 && line[:30] == `INSERT INTO "book_tags" ("book` {
			return last
		}
		return nil
	})
	if err := em.Flush(b.ctx); !errors.Is(err, last) {
		t.Fatalf("error = %v", err)
	}
	if book.ID != 0 || book.Author.Key() != nil {
		t.Errorf("keys were published: %+v", book)
	}
	b.rec.Fail(nil)
	b.flush(em)
	if n := must(orm.Count[Book](b.ctx, em, nil)); n != 1 || book.ID == 0 {
		t.Errorf("%d books, id %d", n, book.ID)
	}
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestRemove(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	tag := must(orm.FindOneOrFail[Tag](b.ctx, em, orm.M{"name": "sea"}))
	b.rec.Take()
	em.Remove(tag)
	em.Persist(tag)
	b.ok(em.Flush(b.ctx))
	b.sent()
	em.Remove(tag, &Author{})
	if err := em.Flush(b.ctx); !errors.Is(err, orm.ErrDetached) {
		t.Errorf("removing what never was: %v", err)
	}
	em.Forget(tag)
	em.Remove(tag)
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `DELETE FROM "tags" WHERE "id" = ? [1]`, `commit`)
	if em.Contains(tag) {
		t.Error("a deleted entity is still managed")
	}
	fresh := &Tag{Name: "x"}
	em.Persist(fresh)
	em.Remove(fresh)
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestMistakesAreReportedTogether(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	em.Persist(7, (*Author)(nil), Author{})
	em.Persist(&Book{Title: "x", Author: orm.To(&Author{ID: 9})})
	err := em.Flush(b.ctx)
	want := `orm: persist: type is not a registered entity: got int, want a pointer to an entity
orm: persist: invalid option: the *model.Author is nil
orm: persist: type is not a registered entity: got model.Author, want a pointer to an entity`
	if err == nil || err.Error() != want {
		t.Errorf("error = %v", err)
	}
	em.Forget()
	err = em.Flush(b.ctx)
	want = "orm: flush: Book.author: entity is detached: it refers to Author 9, which this manager does not know; refer to it by ToKey or read it here"
	if !errors.Is(err, orm.ErrDetached) || err.Error() != want {
		t.Errorf("error = %v", err)
	}
	b.sent()

	em = b.db.Fork()
	tagged := &Book{Title: "x", Author: orm.To(&Author{Name: "a"})}
	tagged.Tags.Add(&Tag{ID: 8}, &Tag{ID: 9})
	em.Persist(tagged)
	err = em.Flush(b.ctx)
	want = `orm: flush: Book.tags: entity is detached: it refers to Tag 8, which this manager does not know; refer to it by ToKey or read it here
orm: flush: Book.tags: entity is detached: it refers to Tag 9, which this manager does not know; refer to it by ToKey or read it here`
	if err == nil || err.Error() != want {
		t.Errorf("error = %v", err)
	}
	b.sent()
}

func TestReferenceByKey(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	book := &Book{Title: "Autumn", Author: orm.ToKey[Author](2), Publisher: orm.ToKey[Publisher]("p1")}
	em.Persist(book)
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`INSERT INTO "books" ("title", "isbn", "pages", "price", "author_id", "publisher_code") VALUES (?, ?, ?, ?, ?, ?) ['Autumn' null 0 0 2 'p1']`,
		`commit`,
	)
	author := must(book.Author.Load(b.ctx))
	if author.Name != "Amy" || must(orm.FindOne[Author](b.ctx, em, 2)) != author {
		t.Errorf("author = %+v", author)
	}
	book.Author = orm.ToKey[Author](int32(2))
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent()
	em.Persist(&Book{Author: orm.ToKey[Author]("seven")})
	if err := em.Flush(b.ctx); err == nil {
		t.Error("a key of the wrong type was taken")
	}
	b.sent()
}

func TestPlan(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	jon := &Author{Name: "Jon", Email: "j"}
	winter := &Book{Title: "Winter", Author: orm.To(jon)}
	jon.Favourite = orm.To(winter)
	em.Persist(jon)
	want := `1 insert Author returning id
    set name="Jon" email="j" age=null active=false rating=0 born_at=null created_at=0001-01-01T00:00:00Z favourite_id=null version=1
2 insert Book returning id
    set title="Winter" isbn=null pages=0 price=0 author_id=<new Author #0> publisher_code=null
3 follow-up Author
    set favourite_id=<new Book #1> where id=<new Author #0>
`
	for range 3 {
		got := must(em.Plan(b.ctx))
		if got != want {
			t.Fatalf("plan:\n%s", got)
		}
	}
	b.sent()
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`INSERT INTO "authors" ("name", "email", "age", "active", "rating", "born_at", "created_at", "favourite_id", "version") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ['Jon' 'j' null false 0 null 0001-01-01T00:00:00Z null 1]`,
		`INSERT INTO "books" ("title", "isbn", "pages", "price", "author_id", "publisher_code") VALUES (?, ?, ?, ?, ?, ?) ['Winter' null 0 0 1 null]`,
		`UPDATE "authors" SET "favourite_id" = ? WHERE "id" = ? [1 1]`,
		`commit`,
	)
	b.ok(em.Flush(b.ctx))
	b.sent()
}
