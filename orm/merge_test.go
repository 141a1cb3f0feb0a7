package orm_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

func TestMergeOfWhatIsNotManaged(t *testing.T) {
	b := newBench(t)
	library(b)
	jon := must(orm.FindOneOrFail[Author](b.ctx, b.db.Fork(), orm.M{"name": "Jon"}, orm.Populate("books", "favourite")))
	book := jon.Books.Items()[0]

	em := b.db.Fork()
	b.rec.Take()
	for range 2 {
		if must(orm.Merge(em, jon)) != jon || must(orm.Merge(em, book)) != book {
			t.Error("another instance came back")
		}
	}
	b.sent()
	b.ok(em.Flush(b.ctx))
	b.sent() // it counts as stored
	if _, loaded := jon.Books.Peek(); loaded {
		t.Error("the collection is loaded")
	}
	if target, loaded := book.Author.Peek(); !loaded || target != jon {
		t.Error("the reference does not lead to the managed author")
	}
	jon.Name = "Jon S."
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `UPDATE "authors" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['Jon S.' 2 1 1]`, `commit`)
	b.ok(orm.Load(b.ctx, em, jon, "books"))
	if jon.Books.Len() != 2 || jon.Books.Items()[0] != book {
		t.Errorf("%d books", jon.Books.Len())
	}
}

func TestMergeIntoWhatIsManaged(t *testing.T) {
	b := newBench(t)
	library(b)
	detached := must(orm.FindOneOrFail[Author](b.ctx, b.db.Fork(), orm.M{"name": "Jon"}))
	em := b.db.Fork()
	own := must(orm.FindOneOrFail[Author](b.ctx, em, orm.M{"name": "Jon"}))
	detached.Name, detached.Favourite = "merged", orm.ToKey[Book](2)
	b.rec.Take()
	if must(orm.Merge(em, detached)) != own || own.Name != "merged" {
		t.Errorf("%+v", own)
	}
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `UPDATE "authors" SET "name" = ?, "favourite_id" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['merged' 2 2 1 1]`, `commit`)

	var stale *orm.OptimisticLockError
	if _, err := orm.Merge(em, detached); !errors.As(err, &stale) || stale.Expected != int64(1) {
		t.Errorf("error = %v", err)
	}
	if _, err := orm.Merge(em, &Author{Name: "new"}); !errors.Is(err, orm.ErrDetached) {
		t.Errorf("error = %v", err)
	}
	partial := b.db.Fork()
	must(orm.FindOneOrFail[Author](b.ctx, partial, detached.ID, orm.Fields("name")))
	if _, err := orm.Merge(partial, detached); err == nil {
		t.Error("a partly loaded instance was merged into")
	}
}
