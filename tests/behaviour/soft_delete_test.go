package behaviour_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// softShop is deleted for real, and what it owns with it.
type softShop struct {
	ID       int64
	Name     string
	Articles orm.Collection[softArticle] `orm:",mappedBy=Shop,cascade=persist|remove"`
}

// softArticle tells when it was removed.
type softArticle struct {
	ID        int64
	Name      string
	DeletedAt *time.Time `orm:",softDelete"`
	Shop      orm.Ref[softShop]
	Parts     orm.Collection[softPart] `orm:",mappedBy=Article,cascade=persist|remove,orphanRemoval"`
	Tags      orm.Collection[softTag]
	Twin      orm.Ref[softArticle]
	Version   int `orm:",version"`
}

// softPart tells that it was removed.
type softPart struct {
	ID      int64
	Name    string
	Gone    bool `orm:",softDelete"`
	Article orm.Ref[softArticle]
}

type softTag struct {
	ID   int64
	Name string
}

var softEntities = []any{softShop{}, softArticle{}, softPart{}, softTag{}}

// softly runs fn with an article of two parts and a tag in a shop.
func softly(t *testing.T, fn func(t *testing.T, e engine, em *orm.EntityManager, article *softArticle)) {
	t.Helper()
	engines(t, softEntities, func(t *testing.T, e engine) {
		em := e.db.Fork()
		article := &softArticle{Name: "lamp"}
		article.Parts.Add(&softPart{Name: "bulb"}, &softPart{Name: "foot"})
		article.Tags.Add(&softTag{Name: "light"})
		shop := &softShop{Name: "corner"}
		shop.Articles.Add(article, &softArticle{Name: "chair"})
		em.Persist(shop)
		for _, tag := range article.Tags.All() {
			em.Persist(tag)
		}
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		article, err := orm.FindOneOrFail[softArticle](t.Context(), em, orm.M{"name": "lamp"}, orm.Populate("parts", "tags", "shop"))
		ok(t, err)
		fn(t, e, em, article)
	})
}

// rowsOf counts rows, those that are removed softly included.
func rowsOf[T any](t *testing.T, e engine, want, living int64) {
	t.Helper()
	all, err := orm.Count[T](t.Context(), e.db.Fork(), nil, orm.WithoutFilter(orm.SoftDeleteFilter))
	ok(t, err)
	n, err := orm.Count[T](t.Context(), e.db.Fork(), nil)
	ok(t, err)
	if all != want || n != living {
		t.Errorf("%d rows, %d of them living, want %d and %d", all, n, want, living)
	}
}

// TestSoftRemove marks rows, with what they cascade to, and takes it back with a rollback.
func TestSoftRemove(t *testing.T) {
	softly(t, func(t *testing.T, e engine, em *orm.EntityManager, article *softArticle) {
		article.Twin = orm.To(article)
		ok(t, em.Flush(t.Context()))
		if e.caps.Transactions {
			failure := errors.New("no")
			err := em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				em.Remove(article)
				if err := em.Flush(ctx); err != nil {
					return err
				}
				if article.DeletedAt == nil {
					t.Error("the entity does not tell that it was removed")
				}
				return failure
			})
			if !errors.Is(err, failure) || article.DeletedAt != nil || article.Version != 2 {
				t.Errorf("after the rollback: %v, %+v", err, article.DeletedAt)
			}
			em.Persist(article)
			idle(t, em)
		}
		before := time.Now().Add(-time.Minute)
		changesOf(t, em, "")
		em.Remove(article)
		changesOf(t, em, "delete softArticle")
		ok(t, em.Flush(t.Context()))
		if article.DeletedAt == nil || article.DeletedAt.Before(before) || em.Contains(article) {
			t.Errorf("after the flush: %v", article.DeletedAt)
		}
		idle(t, em)
		rowsOf[softArticle](t, e, 2, 1)
		rowsOf[softPart](t, e, 2, 0)
		rowsOf[softTag](t, e, 1, 1)
		found, err := orm.FindOne[softArticle](t.Context(), em, article.ID)
		if err != nil || found != nil {
			t.Errorf("found by key: %v, %v", found, err)
		}
		old, err := orm.FindOneOrFail[softArticle](t.Context(), e.db.Fork(), article.ID, orm.WithoutFilter(orm.SoftDeleteFilter), orm.Populate("tags", "parts"))
		ok(t, err)
		if old.Tags.Len() != 1 || old.Parts.Len() != 2 || old.Version != 3 || old.Twin.Key() != old.ID {
			t.Errorf("the removed row has %d tags, %d parts, version %d, twin %v", old.Tags.Len(), old.Parts.Len(), old.Version, old.Twin.Key())
		}
		shop, err := orm.FindOneOrFail[softShop](t.Context(), e.db.Fork(), orm.M{"articles.name": orm.M{"$ne": nil}}, orm.Populate("articles.parts"))
		if err != nil || shop.Articles.Len() != 1 {
			t.Errorf("populate shows removed rows: %d, %v", shop.Articles.Len(), err)
		}
	})
}

// changesOf compares the first change that a flush would do.
func changesOf(t *testing.T, em *orm.EntityManager, want string) {
	t.Helper()
	changes, err := orm.Changes(t.Context(), em)
	ok(t, err)
	if want == "" {
		if len(changes) > 0 {
			t.Errorf("changes %v", changes)
		}
		return
	}
	if len(changes) == 0 || !strings.HasPrefix(changes[0].Kind+" "+changes[0].Name, want) {
		t.Errorf("changes %v, want %s", changes, want)
	}
}

// TestSoftOrphans marks items that leave a collection that owns them.
func TestSoftOrphans(t *testing.T) {
	softly(t, func(t *testing.T, e engine, em *orm.EntityManager, article *softArticle) {
		article.Parts.Remove(article.Parts.Items()[0])
		ok(t, em.Flush(t.Context()))
		rowsOf[softPart](t, e, 2, 1)
		rowsOf[softArticle](t, e, 2, 2)
		idle(t, em)
	})
}

// TestHardRemove deletes rows with what they cascade to: when asked for, and when what
// owns them is deleted for real.
func TestHardRemove(t *testing.T) {
	softly(t, func(t *testing.T, e engine, em *orm.EntityManager, article *softArticle) {
		em.RemoveHard(article)
		ok(t, em.Flush(t.Context()))
		rowsOf[softArticle](t, e, 1, 1)
		rowsOf[softPart](t, e, 0, 0)
		em.Remove(article.Shop.Get())
		ok(t, em.Flush(t.Context()))
		rowsOf[softArticle](t, e, 0, 0)
		idle(t, em)
	})
}

// TestSoftNative removes and restores past the unit of work.
func TestSoftNative(t *testing.T) {
	softly(t, func(t *testing.T, e engine, _ *orm.EntityManager, _ *softArticle) {
		em := e.db.Fork()
		count := func(want int64, n int64, err error) {
			t.Helper()
			if err != nil || n != want {
				t.Errorf("%d rows, %v, want %d", n, err, want)
			}
		}
		n, err := orm.NativeDelete[softArticle](t.Context(), em, orm.M{"name": "lamp"})
		count(1, n, err)
		n, err = orm.NativeDelete[softArticle](t.Context(), em, orm.M{"name": "lamp"})
		count(0, n, err)
		rowsOf[softArticle](t, e, 2, 1)
		n, err = orm.Restore[softArticle](t.Context(), em, orm.M{"name": orm.M{"$in": []string{"lamp", "chair"}}})
		count(1, n, err)
		rowsOf[softArticle](t, e, 2, 2)
		n, err = orm.NativeDelete[softPart](t.Context(), em, nil, orm.AllowAll())
		count(2, n, err)
		rowsOf[softPart](t, e, 2, 0)
		n, err = orm.NativeDeleteHard[softPart](t.Context(), em, orm.M{"name": "bulb"})
		count(0, n, err)
		n, err = orm.NativeDeleteHard[softPart](t.Context(), em, orm.M{"name": "bulb"}, orm.WithoutSoftDelete())
		count(1, n, err)
		if _, err = orm.Restore[softTag](t.Context(), em, orm.M{"name": "light"}); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("a tag can be restored: %v", err)
		}
		if _, err = orm.Restore[softPart](t.Context(), em, nil); err == nil {
			t.Error("all is restored by accident")
		}
		removed, err := orm.FindOneOrFail[softPart](t.Context(), em, orm.M{"gone": true}, orm.WithoutFilter(orm.SoftDeleteFilter))
		ok(t, err)
		removed.Gone = false
		ok(t, em.Flush(t.Context()))
		rowsOf[softPart](t, e, 1, 1)
	})
}

// TestSoftMapping refuses properties that cannot tell removed rows.
func TestSoftMapping(t *testing.T) {
	type text struct {
		ID int64
		At string `orm:",softDelete"`
	}
	type never struct {
		ID int64
		At time.Time `orm:",softDelete"`
	}
	type twice struct {
		ID int64
		At *time.Time `orm:",softDelete"`
		Is bool       `orm:",softDelete"`
	}
	for _, entity := range []any{text{}, never{}, twice{}} {
		if _, err := mapper.Build(mapper.Options{}, entity); !errors.Is(err, orm.ErrMapping) {
			t.Errorf("%T: %v", entity, err)
		}
	}
}
