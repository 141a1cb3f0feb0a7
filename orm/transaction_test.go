package orm_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

var errBoom = errors.New("boom")

func TestOptimisticLock(t *testing.T) {
	b := newBench(t)
	library(b)
	one, two := b.db.Fork(), b.db.Fork()
	mine := must(orm.Find[Author](b.ctx, one, nil, orm.OrderBy("id")))
	theirs := must(orm.FindOneOrFail[Author](b.ctx, two, 2))
	theirs.Name = "first"
	b.flush(two)
	mine[0].Name, mine[1].Name = "x", "y"
	err := one.Flush(b.ctx)
	var stale *orm.OptimisticLockError
	if !errors.Is(err, orm.ErrOptimisticLock) || !errors.As(err, &stale) || stale.Entity != "Author" || stale.Key != int64(2) || stale.Expected != int64(1) {
		t.Fatalf("error = %v", err)
	}
	if err.Error() != "orm: flush: Author 2: optimistic lock failed: expected version 1" {
		t.Errorf("message = %q", err)
	}
	if mine[0].Version != 1 {
		t.Error("a version of the failed batch was published")
	}
	must(orm.Find[Author](b.ctx, one, orm.M{"id": 2}, orm.Overwrite()))
	if mine[1].Name != "first" {
		t.Error("Refresh did not read the row")
	}
	b.flush(one)
	if mine[0].Version != 2 {
		t.Errorf("version = %d", mine[0].Version)
	}
	one.Remove(mine[1])
	theirs.Name = "again"
	b.flush(two)
	if err := one.Flush(b.ctx); !errors.Is(err, orm.ErrOptimisticLock) {
		t.Errorf("deleting a stale row: %v", err)
	}
}

func TestTransactional(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	tag := &Tag{Name: "a"}
	b.ok(em.Transactional(b.ctx, func(ctx context.Context, em *orm.EntityManager) error {
		em.Persist(tag)
		if err := em.Flush(ctx); err != nil {
			return err
		}
		tag.Name = "b"
		return nil
	}))
	b.sent(`begin`, `savepoint weft1`, `INSERT INTO "tags" ("name") VALUES (?) ['a']`, `release weft1`,
		`savepoint weft2`, `UPDATE "tags" SET "name" = ? WHERE "id" = ? ['b' 1]`, `release weft2`, `commit`)
	b.ok(em.Transactional(b.ctx, func(context.Context, *orm.EntityManager) error { return nil }))
	b.sent()
}

func TestRollbackTakesBackWhatWeftWrote(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	jon := must(orm.FindOneOrFail[Author](b.ctx, em, 1, orm.Populate("books.tags")))
	waves := must(orm.FindOneOrFail[Book](b.ctx, em, orm.M{"title": "Waves"}))
	sea := must(orm.FindOneOrFail[Tag](b.ctx, em, orm.M{"name": "sea"}))
	winter := jon.Books.Items()[0]
	book := &Book{Title: "Autumn"}
	err := em.Transactional(b.ctx, func(ctx context.Context, em *orm.EntityManager) error {
		jon.Name = "Jon S."
		jon.Books.Add(book)
		winter.Tags.Add(sea)
		em.Remove(waves)
		b.ok(em.Flush(ctx))
		if book.ID == 0 || jon.Version != 2 || em.Contains(waves) {
			t.Error("the flush inside did not publish")
		}
		jon.Rating = 5
		return errBoom
	})
	if !errors.Is(err, errBoom) {
		t.Fatalf("error = %v", err)
	}
	if book.ID != 0 || jon.Version != 1 || !em.Contains(waves) || !winter.Tags.IsDirty() || jon.Name != "Jon S." || jon.Rating != 5 {
		t.Errorf("book = %+v, jon = %+v", book, jon)
	}
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`,
		`UPDATE "authors" SET "name" = ?, "rating" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['Jon S.' 5 2 1 1]`,
		`INSERT INTO "books" ("title", "isbn", "pages", "price", "author_id", "publisher_code") VALUES (?, ?, ?, ?, ?, ?) ['Autumn' null 0 0 1 null]`,
		link+`[1 1]`,
		`DELETE FROM "books" WHERE "id" = ? [3]`,
		`commit`)
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestFailedFlushInsideATransactionCanBeRepaired(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	b.ok(em.Transactional(b.ctx, func(ctx context.Context, em *orm.EntityManager) error {
		tag := &Tag{Name: "sea"}
		em.Persist(tag)
		if err := em.Flush(ctx); !orm.IsUnique(err) {
			t.Errorf("error = %v", err)
		}
		tag.Name = "lake"
		return nil
	}))
	b.sent(`begin`, `savepoint weft1`, `INSERT INTO "tags" ("name") VALUES (?) ['sea']`, `rollback to weft1`, `release weft1`,
		`savepoint weft2`, `INSERT INTO "tags" ("name") VALUES (?) ['lake']`, `release weft2`, `commit`)
}

func TestNestedTransactionRollsBackAlone(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	outer, inner := &Tag{Name: "outer"}, &Tag{Name: "inner"}
	b.ok(em.Transactional(b.ctx, func(ctx context.Context, em *orm.EntityManager) error {
		em.Persist(outer)
		b.ok(em.Flush(ctx))
		err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(inner)
			b.ok(em.Flush(ctx))
			return errBoom
		})
		if !errors.Is(err, errBoom) || inner.ID != 0 || outer.ID == 0 {
			t.Errorf("error = %v, inner %d, outer %d", err, inner.ID, outer.ID)
		}
		em.Forget(inner)
		return nil
	}))
	if names := must(orm.Find[Tag](b.ctx, b.db.Fork(), nil)); len(names) != 1 || names[0].Name != "outer" {
		t.Errorf("tags = %v", names)
	}
}

func TestPanicRollsBack(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	tag := &Tag{Name: "x"}
	func() {
		defer func() {
			if recover() != errBoom {
				t.Error("the panic was swallowed")
			}
		}()
		_ = em.Transactional(b.ctx, func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(tag)
			b.ok(em.Flush(ctx))
			panic(errBoom)
		})
	}()
	if tag.ID != 0 || em.InTransaction() {
		t.Error("nothing was rolled back")
	}
	b.flush(em)
}

func TestPropagation(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	nothing := func(context.Context, *orm.EntityManager) error { return nil }
	within := func(p orm.Propagation, fn func(context.Context, *orm.EntityManager) error) (err error) {
		b.ok(em.Transactional(b.ctx, func(ctx context.Context, em *orm.EntityManager) error {
			err = em.Transactional(ctx, fn, orm.Propagate(p))
			return nil
		}))
		return err
	}
	if err := em.Transactional(b.ctx, nothing, orm.Propagate(orm.Mandatory)); !errors.Is(err, orm.ErrTransaction) {
		t.Errorf("mandatory outside: %v", err)
	}
	if err := within(orm.Mandatory, nothing); err != nil {
		t.Errorf("mandatory inside: %v", err)
	}
	if err := within(orm.Never, nothing); !errors.Is(err, orm.ErrTransaction) {
		t.Errorf("never inside: %v", err)
	}
	open := func(want bool) func(context.Context, *orm.EntityManager) error {
		return func(_ context.Context, em *orm.EntityManager) error {
			if em.InTransaction() != want {
				t.Errorf("in transaction = %v", !want)
			}
			return nil
		}
	}
	b.ok(em.Transactional(b.ctx, open(false), orm.Propagate(orm.Supports)))
	b.ok(em.Transactional(b.ctx, open(false), orm.Propagate(orm.Never)))
	b.ok(em.Transactional(b.ctx, open(true), orm.Propagate(orm.Required)))
	b.ok(within(orm.Supports, open(true)))
	b.ok(within(orm.NotSupported, open(false)))
	b.ok(within(orm.RequiresNew, open(true)))
	if err := em.Transactional(b.ctx, nothing, orm.Isolation("chaos")); !errors.Is(err, orm.ErrTransaction) || !errors.Is(err, driver.ErrUnsupported) {
		t.Errorf("isolation: %v", err)
	}
}

func TestRetry(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	runs := 0
	err := em.Transactional(b.ctx, func(ctx context.Context, run *orm.EntityManager) error {
		runs++
		if runs < 3 {
			return &driver.Error{Class: driver.ErrDeadlock}
		}
		if run == em {
			t.Error("a retry got the manager of the first run")
		}
		run.Persist(&Tag{Name: "x"})
		return nil
	}, orm.Retry(3))
	b.ok(err)
	if n := must(orm.Count[Tag](b.ctx, em, nil)); n != 1 || runs != 3 {
		t.Errorf("%d tags after %d runs", n, runs)
	}
}

func TestCommitUnknown(t *testing.T) {
	for _, committed := range []bool{true, false} {
		b := newBench(t)
		em := b.db.Fork()
		tag := &Tag{Name: "x"}
		em.Persist(tag)
		b.rec.FailCommit(&driver.Error{Class: driver.ErrCommitUnknown})
		if err := em.Flush(b.ctx); !errors.Is(err, driver.ErrCommitUnknown) {
			t.Fatalf("error = %v", err)
		}
		b.rec.FailCommit(nil)
		if err := em.Flush(b.ctx); !errors.Is(err, orm.ErrUnresolved) || tag.ID != 0 {
			t.Fatalf("error = %v, id %d", err, tag.ID)
		}
		em.Resolve(committed)
		if (tag.ID != 0) != committed {
			t.Errorf("resolved %v: id %d", committed, tag.ID)
		}
		b.rec.Take()
		err := em.Flush(b.ctx)
		if committed {
			b.ok(err)
			b.sent()
		} else if !orm.IsUnique(err, "name") {
			t.Errorf("the flush was not repeated: %v", err)
		}
	}
}

func TestDoomedTransaction(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	err := em.Transactional(b.ctx, func(ctx context.Context, em *orm.EntityManager) error {
		canceled, cancel := context.WithCancel(ctx)
		cancel()
		em.Persist(&Tag{Name: "x"})
		inner := em.Flush(canceled)
		if inner == nil {
			t.Error("a cancelled flush succeeded")
		}
		return inner
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	b.ok(em.Flush(b.ctx))
	if n := must(orm.Count[Tag](b.ctx, em, nil)); n != 1 {
		t.Errorf("%d tags", n)
	}
}

func TestBeginCommitRollback(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	b.ok(em.Begin(b.ctx))
	if err := em.Begin(b.ctx); !errors.Is(err, orm.ErrTransaction) {
		t.Errorf("second begin: %v", err)
	}
	em.Persist(&Tag{Name: "x"})
	b.ok(em.Commit(b.ctx))
	b.ok(em.Begin(b.ctx))
	em.Persist(&Tag{Name: "y"})
	b.ok(em.Rollback(b.ctx))
	b.ok(em.Rollback(b.ctx))
	if err := em.Commit(b.ctx); !errors.Is(err, orm.ErrTransaction) {
		t.Errorf("commit without begin: %v", err)
	}
	em.Clear()
	if n := must(orm.Count[Tag](b.ctx, em, nil)); n != 1 {
		t.Errorf("%d tags", n)
	}
}
