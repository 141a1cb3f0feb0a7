package orm_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	. "github.com/weft-orm/weft/tests/model"
)

func TestFlushModes(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	em.Persist(&Tag{Name: "pending"})
	if tag := must(orm.FindOne[Tag](b.ctx, em, orm.M{"name": "pending"})); tag == nil {
		t.Error("a query does not see a pending entity")
	}
	em.Persist(&Tag{Name: "other"})
	b.rec.Take()
	must(orm.Find[Publisher](b.ctx, em, nil))
	if sent := b.rec.Take(); len(sent) != 1 {
		t.Errorf("a query on another type flushed: %q", sent)
	}
	must(orm.Find[Tag](b.ctx, em, nil, orm.FlushWith(orm.FlushCommit)))
	if sent := b.rec.Take(); len(sent) != 1 {
		t.Errorf("FlushCommit flushed: %q", sent)
	}
	must(orm.Find[Publisher](b.ctx, em, nil, orm.FlushWith(orm.FlushAlways)))
	if sent := b.rec.Take(); len(sent) != 4 {
		t.Errorf("FlushAlways: %q", sent)
	}
}

func TestRefresh(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	jon := must(orm.FindOneOrFail[Author](b.ctx, em, 1))
	jon.Name = "changed"
	b.ok(em.Refresh(b.ctx, jon))
	if jon.Name != "Jon" {
		t.Errorf("name = %s", jon.Name)
	}
	tag := must(orm.FindOneOrFail[Tag](b.ctx, em, orm.M{"name": "sea"}))
	must(orm.NativeDelete[Tag](b.ctx, b.db.Fork(), orm.M{"name": "sea"}))
	if err := em.Refresh(b.ctx, tag); !errors.Is(err, orm.ErrNotFound) {
		t.Errorf("error = %v", err)
	}
}

func TestFields(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	book := must(orm.FindOneOrFail[Book](b.ctx, em, orm.M{"title": "Winter"}, orm.Fields("title")))
	b.sent(`SELECT "e0"."id", "e0"."title", "e0"."author_id", "e0"."publisher_code" FROM "books" AS "e0" WHERE ("e0"."title" = ?) ORDER BY "e0"."id" ASC LIMIT 0 + ? OFFSET ? ['Winter' 1 0]`)
	book.Pages = 9
	b.ok(em.Flush(b.ctx))
	b.sent()
	if must(orm.IsLoaded(em, book, "pages")) || !must(orm.IsLoaded(em, book, "title")) {
		t.Error("the wrong properties are loaded")
	}
	must(orm.Find[Book](b.ctx, em, nil))
	if book.Pages != 9 || !must(orm.IsLoaded(em, book, "pages")) {
		t.Errorf("pages = %d", book.Pages)
	}
	b.ok(em.Flush(b.ctx)) // what was assigned before it was read is a change from then on
	if must(orm.FindOneOrFail[Book](b.ctx, b.db.Fork(), book.ID)).Pages != 9 {
		t.Error("the assigned pages are not stored")
	}
	if _, err := orm.Find[Book](b.ctx, em, nil, orm.Fields("titel")); !errors.Is(err, orm.ErrUnknownProperty) || !strings.Contains(err.Error(), `(did you mean "title"?)`) {
		t.Errorf("error = %v", err)
	}
}

func TestNative(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	if n := must(orm.NativeUpdate[Book](b.ctx, em, orm.M{"author": 1}, orm.M{"pages": 5})); n != 2 {
		t.Errorf("%d rows updated", n)
	}
	if _, err := orm.NativeDelete[Book](b.ctx, em, nil); err == nil {
		t.Error("a delete without a condition was sent")
	}
	if n := must(orm.NativeInsert[Tag](b.ctx, em, orm.M{"name": "x"}, orm.M{"name": "y"})); n != 2 {
		t.Errorf("%d rows inserted", n)
	}
	must(orm.NativeUpsert[Publisher](b.ctx, em, nil, orm.M{"code": "p1", "name": "new"}, orm.M{"code": "p2", "name": "two"}))
	list := must(orm.Find[Publisher](b.ctx, em, nil, orm.OrderBy("code")))
	if len(list) != 2 || list[0].Name != "new" {
		t.Errorf("publishers = %v", list)
	}
	if n := must(orm.NativeDelete[Tag](b.ctx, em, orm.M{"name": []string{"x", "y"}})); n != 2 {
		t.Errorf("%d rows deleted", n)
	}
}

func TestQueryBuilder(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	books := must(orm.All[Book](b.ctx, em, orm.QB[Book](em, "b").Where(orm.M{"author.name": "Jon"}).OrderBy("title")))
	if len(books) != 2 || books[0].Title != "Spring" || !em.Contains(books[0]) {
		t.Errorf("books = %v", books)
	}
	one := must(orm.One[Book](b.ctx, em, orm.QB[Book](em, "b").Where(orm.M{"title": "Winter"})))
	if one != books[1] {
		t.Error("one row has two pointers")
	}
	type row struct {
		Title string
		Pages int
	}
	rows := must(orm.Result[row](b.ctx, em, orm.QB[Book](em, "b").Select("title", "pages").OrderBy("-title").Limit(1)))
	if len(rows) != 1 || rows[0].Title != "Winter" {
		t.Errorf("rows = %v", rows)
	}
	n := must(orm.Result[int64](b.ctx, em, orm.QB[Book](em, "b").Select(qb.Count())))
	if len(n) != 1 || n[0] != 3 {
		t.Errorf("count = %v", n)
	}
	if affected := must(orm.Exec(b.ctx, em, orm.QB[Book](em, "b").Update(orm.M{"pages": 1}).Where(orm.M{"title": "Waves"}))); affected != 1 {
		t.Errorf("%d rows", affected)
	}
	if _, err := orm.All[Author](b.ctx, em, orm.QB[Book](em, "b")); !errors.Is(err, orm.ErrUnknownEntity) {
		t.Errorf("error = %v", err)
	}
}

// Note counts what happens to it.
type Note struct {
	ID      int64
	Text    string
	journal []string
}

// BeforeCreate gives the note a text.
func (n *Note) BeforeCreate(context.Context) error {
	n.journal = append(n.journal, "before create")
	n.Text += "!"
	return nil
}

// BeforeUpdate refuses an empty text.
func (n *Note) BeforeUpdate(context.Context) error {
	if n.Text == "" {
		return errBoom
	}
	n.Text += "?"
	return nil
}

// AfterCreate sees the key.
func (n *Note) AfterCreate(context.Context) error {
	if n.ID != 0 {
		n.journal = append(n.journal, "after create")
	}
	return nil
}

func TestHooks(t *testing.T) {
	b := newBench(t, Note{})
	em := b.db.Fork()
	note := &Note{Text: "a"}
	em.Persist(note)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `INSERT INTO "notes" ("text") VALUES (?) ['a!']`, `commit`)
	if strings.Join(note.journal, ", ") != "before create, after create" {
		t.Errorf("journal = %v", note.journal)
	}
	b.ok(em.Flush(b.ctx))
	b.sent()
	note.Text = "b"
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `UPDATE "notes" SET "text" = ? WHERE "id" = ? ['b?' 1]`, `commit`)
	note.Text = ""
	if err := em.Flush(b.ctx); !errors.Is(err, errBoom) {
		t.Errorf("error = %v", err)
	}
	b.sent()
}

func TestStats(t *testing.T) {
	b := newBench(t)
	ctx, stats := orm.WithStats(b.ctx)
	em := b.db.Fork()
	em.Persist(&Tag{Name: "a"}, &Tag{Name: "b"})
	b.ok(em.Flush(ctx))
	must(orm.Find[Tag](ctx, em, nil))
	if stats.Queries() != 1 || stats.Writes() != 1 || stats.WrittenRows() != 2 || stats.ReadRows() != 2 || stats.Statements() != 2 {
		t.Errorf("queries %d, writes %d, rows %d and %d", stats.Queries(), stats.Writes(), stats.WrittenRows(), stats.ReadRows())
	}
}
