package orm_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

func TestReadOnly(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	managed := must(orm.FindOneOrFail[Author](b.ctx, em, 1))
	list := must(orm.Find[Author](b.ctx, em, orm.M{"id": 1}, orm.ReadOnly(), orm.Populate("books.tags")))
	if len(list) != 1 || list[0] == managed || em.Contains(list[0]) || list[0].Books.Len() != 2 || list[0].Books.Items()[0].Author.Get() != list[0] {
		t.Errorf("list = %v", list)
	}
	list[0].Name = "changed"
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestStream(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	for i := range 950 {
		em.Persist(&Tag{Name: string(rune('a'+i%26)) + string(rune(1000+i))})
	}
	b.flush(em)
	em = b.db.Fork()
	n := 0
	for tag, err := range orm.Stream[Tag](b.ctx, em, nil, orm.OrderBy("id"), orm.Populate("books")) {
		b.ok(err)
		if n++; tag.ID != int64(n) || tag.Books.Len() != 0 || !em.Contains(tag) {
			t.Fatalf("tag %d = %+v", n, tag)
		}
	}
	if sent := b.rec.Take(); n != 950 || len(sent) != 4 {
		t.Errorf("%d tags, %d statements", n, len(sent))
	}
	for range orm.Stream[Tag](b.ctx, em, nil) {
		break
	}
	for _, err := range orm.Stream[Tag](b.ctx, em, orm.M{"nam": 1}) {
		if !errors.Is(err, orm.ErrUnknownProperty) {
			t.Errorf("error = %v", err)
		}
	}
}

func TestLocks(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	if _, err := orm.Find[Author](b.ctx, em, nil, orm.LockForUpdate()); !errors.Is(err, orm.ErrTransaction) {
		t.Errorf("error = %v", err)
	}
	b.ok(em.Begin(b.ctx))
	authors := must(orm.Find[Author](b.ctx, em, nil, orm.LockForUpdate(), orm.OrderBy("id")))
	b.ok(em.Rollback(b.ctx))
	b.ok(em.LockVersion(b.ctx, authors[0], 1))
	if e, ok := errors.AsType[*orm.Error](em.LockVersion(b.ctx, authors[0], "x")); !ok || e.Path == "" || !errors.Is(e, orm.ErrValue) {
		t.Errorf("a version of another kind is %v", e)
	}
	if err := em.LockVersion(b.ctx, authors[0], 2); !errors.Is(err, orm.ErrOptimisticLock) {
		t.Errorf("error = %v", err)
	}
}

func TestUnknownFilter(t *testing.T) {
	b := newBench(t)
	if _, err := orm.Find[Tag](b.ctx, b.db.Fork(), nil, orm.Filter("visible", nil)); !errors.Is(err, orm.ErrInvalidOption) {
		t.Errorf("error = %v", err)
	}
}
