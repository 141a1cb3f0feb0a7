package behaviour_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// softAccount has an address that is unique among the living.
type softAccount struct {
	ID        int64
	Email     string
	DeletedAt *time.Time `orm:",softDelete"`
}

// TestPageOfSoftDelete runs the examples of docs/soft-delete.md.
func TestPageOfSoftDelete(t *testing.T) {
	examplesOf(t, "soft-delete.md", "soft_docs_test.go", "soft_delete_test.go")
	softly(t, func(t *testing.T, e engine, em *orm.EntityManager, article *softArticle) {
		ctx, id := t.Context(), article.ID
		em.Remove(article)
		err := em.Flush(ctx) // update ... set deleted_at = ..., version = ...
		ok(t, err)
		restore := func() error {
			old, err := orm.FindOneOrFail[softArticle](ctx, em, id, orm.WithoutFilter(orm.SoftDeleteFilter))
			if err != nil {
				return err
			}
			old.DeletedAt = nil
			err = em.Flush(ctx)
			return err
		}
		ok(t, restore())
		rowsOf[softArticle](t, e, 2, 2)
	})
}

// TestUniqueAmongTheLiving takes a value of a removed row again, also in the flush that removes it.
func TestUniqueAmongTheLiving(t *testing.T) {
	account := mapper.Define(func(e *mapper.Builder[softAccount]) {
		e.Index(mapper.IndexDefinition{Properties: []string{"Email"}, Unique: true, Where: "deleted_at is null"})
	})
	engines(t, []any{account}, func(t *testing.T, e engine) {
		if e.refused != nil {
			if !errors.Is(e.refused, orm.ErrUnsupported) {
				t.Errorf("refused by %v", e.refused)
			}
			return
		}
		if e.caps.Language == nil {
			return // the memory engine does not read the predicates of indexes
		}
		em := e.db.Fork()
		first := &softAccount{Email: "a"}
		em.Persist(first)
		ok(t, em.Flush(t.Context()))
		em.Remove(first)
		em.Persist(&softAccount{Email: "a"})
		ok(t, em.Flush(t.Context()))
		em.Persist(&softAccount{Email: "a"})
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrUniqueViolation) {
			t.Errorf("a second living one: %v", err)
		}
		if _, err := orm.Restore[softAccount](t.Context(), e.db.Fork(), orm.M{"id": first.ID}); !errors.Is(err, orm.ErrUniqueViolation) {
			t.Errorf("restored beside the living: %v", err)
		}
	})
}
