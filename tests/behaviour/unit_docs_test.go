package behaviour_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/model"
)

// TestPagesAboutWriting checks that the examples of the pages are those that the functions
// of this file compile and run.
func TestPagesAboutWriting(t *testing.T) {
	source, err := os.ReadFile("unit_docs_test.go")
	ok(t, err)
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, page := range []string{"unit-of-work.md", "transactions.md"} {
		text, err := os.ReadFile("../../docs/" + page)
		ok(t, err)
		for _, block := range strings.Split(string(text), "```go\n")[1:] {
			code, _, _ := strings.Cut(block, "```")
			if !strings.Contains(flat(string(source)), flat(code)) {
				t.Errorf("%s: not compiled by this test:\n%s", page, code)
			}
		}
	}
}

// Rack and Crate are the model of docs/unit-of-work.md.
type (
	Rack struct {
		ID    int64
		Name  string                `orm:",unique"`
		Boxes rel.Collection[Crate] `orm:",mappedBy=Rack,cascade=persist|remove,orphanRemoval"`
	}
	Crate struct {
		ID    int64
		Label string
		Rack  rel.Ref[Rack] `orm:",required"`
	}
)

func TestPageOfTheUnitOfWork(t *testing.T) {
	engines(t, []any{Rack{}, Crate{}}, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		attic, cellar := &Rack{Name: "attic"}, &Rack{Name: "cellar"}
		crate := &Crate{Label: "letters"}
		attic.Boxes.Add(crate)
		em.Persist(attic, cellar)
		plan, err := em.Plan(ctx)
		if err != nil {
			t.Fatal(err)
		}
		ok(t, em.Flush(ctx))
		page, err := os.ReadFile("../../docs/unit-of-work.md")
		ok(t, err)
		if !strings.Contains(string(page), "```\n"+strings.TrimSpace(plan)+"\n```") {
			t.Errorf("the page does not have the plan\n%s", plan)
		}
		cellar.Boxes.Add(crate)
		if crate.Rack.Get() != cellar || attic.Boxes.Contains(crate) {
			t.Error("the other side did not follow")
		}
		ok(t, em.Flush(ctx))
		attic.Name, cellar.Name = cellar.Name, attic.Name
		ok(t, em.Flush(ctx))
		cellar.Boxes.Remove(crate)
		ok(t, em.Flush(ctx))
		left, err := orm.Find[Crate](ctx, e.db.Fork(), nil)
		ok(t, err)
		if len(left) != 0 {
			t.Error("the orphan is there")
		}
		if e.caps.Name == "mongo" {
			return // its unique indexes come with the schema, which has none here
		}
		twin := &Rack{Name: cellar.Name}
		em.Persist(twin)
		err = em.Flush(ctx)
		if orm.IsUnique(err, "name") {
			twin.Name = "garage"
			err = em.Flush(ctx)
		}
		ok(t, err)
	})
}

func TestPageOfTransactions(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			t.Skip("no transactions")
		}
		shelf(t, e)
		ctx, em := t.Context(), e.db.Fork()
		book, err := orm.FindOneOrFail[model.Book](ctx, em, orm.M{"title": "Winter"})
		ok(t, err)
		err = em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
			book.Pages++
			return nil
		})
		ok(t, err)
		ok(t, nestedExample(ctx, em, book))
		tags, err := orm.Count[model.Tag](ctx, e.db.Fork(), orm.M{"name": "sold"})
		if err != nil || tags != 1 {
			t.Errorf("%d tags, %v", tags, err)
		}
		err = beginExample(ctx, em, book)
		if slices.Contains(e.caps.Isolations, driver.Serializable) {
			ok(t, err)
		} else if !errors.Is(err, orm.ErrTransaction) || !errors.Is(err, orm.ErrUnsupported) {
			t.Errorf("a level that the engine lacks: %v", err)
		}
		ok(t, retryExample(ctx, em, book.ID))
		if e.caps.RowLocks {
			ok(t, lockExample(ctx, em, book.ID))
		}
		author, err := orm.FindOneOrFail[model.Author](ctx, em, orm.M{"name": "Ann"})
		ok(t, err)
		ok(t, versionExample(ctx, em, author, author.Version))
		err = em.LockVersion(ctx, author, author.Version-1)
		if !errors.Is(err, orm.ErrOptimisticLock) {
			t.Errorf("error is %v", err)
		}
		ok(t, unknownExample(ctx, em, func(context.Context) (bool, error) { return true, nil }))
	})
}

var errSoldOut = errors.New("sold out")

// nestedExample keeps what was done before a part that fails.
func nestedExample(ctx context.Context, em *orm.EntityManager, book *model.Book) error {
	err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		book.Price = 12
		err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(&model.Tag{Name: "sold"})
			return errSoldOut
		})
		if errors.Is(err, errSoldOut) {
			return nil
		}
		return err
	})
	return err
}

func beginExample(ctx context.Context, em *orm.EntityManager, book *model.Book) error {
	if err := em.Begin(ctx, orm.Isolation(driver.Serializable)); err != nil {
		return err
	}
	defer em.Rollback(ctx)
	book.Pages++
	return em.Commit(ctx)
}

func retryExample(ctx context.Context, em *orm.EntityManager, id int64) error {
	return em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		book, err := orm.FindOneOrFail[model.Book](ctx, em, id)
		if err != nil {
			return err
		}
		book.Pages++
		return nil
	}, orm.Retry(3))
}

func lockExample(ctx context.Context, em *orm.EntityManager, id int64) error {
	return em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		book, err := orm.FindOneOrFail[model.Book](ctx, em, id, orm.LockForUpdate(), orm.NoWait())
		if err != nil {
			return err
		}
		book.Pages++
		return nil
	})
}

func versionExample(ctx context.Context, em *orm.EntityManager, author *model.Author, seen int) error {
	if err := em.LockVersion(ctx, author, seen); err != nil {
		return err
	}
	author.Rating = 4.5
	return em.Flush(ctx)
}

func unknownExample(ctx context.Context, em *orm.EntityManager, arrived func(context.Context) (bool, error)) error {
	err := em.Flush(ctx)
	if errors.Is(err, orm.ErrCommitUnknown) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		committed, failed := arrived(ctx)
		if failed != nil {
			return errors.Join(err, failed)
		}
		em.Resolve(committed)
		return nil
	}
	return err
}
