package behaviour_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// checkedShelf is where articles lie; checkedArticle has no version, and must not be
// changed when its stock or its shelf is not what it was.
type checkedShelf struct {
	ID   int64
	Name string
}

type checkedArticle struct {
	ID    int64
	Name  string
	Stock int                   `orm:",concurrencyCheck"`
	Shelf orm.Ref[checkedShelf] `orm:",required,concurrencyCheck"`
}

var checkedEntities = []any{checkedShelf{}, checkedArticle{}}

// checkedly runs fn with two managers that have read the same articles.
func checkedly(t *testing.T, n int, fn func(t *testing.T, e engine, mine, yours *orm.EntityManager, a, b []*checkedArticle)) {
	t.Helper()
	engines(t, checkedEntities, func(t *testing.T, e engine) {
		em := e.db.Fork()
		left, right := &checkedShelf{Name: "left"}, &checkedShelf{Name: "right"}
		em.Persist(left, right)
		for i := range n {
			em.Persist(&checkedArticle{Name: "lamp", Stock: i, Shelf: orm.To(left)})
		}
		ok(t, em.Flush(t.Context()))
		mine, yours := e.db.Fork(), e.db.Fork()
		read := func(em *orm.EntityManager) []*checkedArticle {
			list, err := orm.Find[checkedArticle](t.Context(), em, nil, orm.OrderBy("id"))
			ok(t, err)
			return list
		}
		fn(t, e, mine, yours, read(mine), read(yours))
	})
}

// lostTo expects a stale write of an article.
func lostTo(t *testing.T, err error, id int64) {
	t.Helper()
	stale, isStale := errors.AsType[*orm.OptimisticLockError](err)
	if !isStale || !errors.Is(err, orm.ErrOptimisticLock) {
		t.Errorf("error = %v", err)
		return
	}
	if stale.Entity != "checkedArticle" || stale.Key != id || !slices.Equal(stale.Properties, []string{"stock", "shelf"}) || stale.Expected != nil {
		t.Errorf("%s %v of %v is stale, want %d", stale.Entity, stale.Key, stale.Properties, id)
	}
}

// TestConcurrencyChecks compare what is stored with what was read.
func TestConcurrencyChecks(t *testing.T) {
	checkedly(t, 1, func(t *testing.T, e engine, mine, yours *orm.EntityManager, a, b []*checkedArticle) {
		b[0].Name = "other" // is not checked
		ok(t, yours.Flush(t.Context()))
		a[0].Stock = 5
		ok(t, mine.Flush(t.Context()))
		a[0].Stock = 6
		ok(t, mine.Flush(t.Context()))
		idle(t, mine)

		b[0].Stock = 7
		lostTo(t, yours.Flush(t.Context()), b[0].ID)
		b[0].Stock, b[0].Name = 0, "the name alone"
		lostTo(t, yours.Flush(t.Context()), b[0].ID)
		yours.Remove(b[0])
		lostTo(t, yours.Flush(t.Context()), b[0].ID)

		// Read again, it goes.
		yours = e.db.Fork()
		again, err := orm.FindOneOrFail[checkedArticle](t.Context(), yours, a[0].ID)
		ok(t, err)
		if again.Stock != 6 || again.Name != "other" {
			t.Errorf("the row has %d of %s", again.Stock, again.Name)
		}
		again.Stock = 8
		ok(t, yours.Flush(t.Context()))
		mine.Remove(a[0])
		lostTo(t, mine.Flush(t.Context()), a[0].ID)
		yours.Remove(again)
		ok(t, yours.Flush(t.Context()))
		if n, err := orm.Count[checkedArticle](t.Context(), e.db.Fork(), nil); err != nil || n != 0 {
			t.Errorf("%d articles are left, %v", n, err)
		}
	})
}

// TestConcurrencyCheckOfReference compares the key that a reference holds.
func TestConcurrencyCheckOfReference(t *testing.T) {
	checkedly(t, 1, func(t *testing.T, e engine, mine, yours *orm.EntityManager, a, b []*checkedArticle) {
		for em, x := range map[*orm.EntityManager]*checkedArticle{mine: a[0]} {
			right, err := orm.FindOneOrFail[checkedShelf](t.Context(), em, orm.M{"name": "right"})
			ok(t, err)
			x.Shelf = orm.To(right)
			ok(t, em.Flush(t.Context()))
		}
		b[0].Name = "moved away"
		lostTo(t, yours.Flush(t.Context()), b[0].ID)
		a[0].Name = "still mine"
		ok(t, mine.Flush(t.Context()))
	})
}

// TestConcurrencyCheckOfMany names the one of many rows that is stale, and stores none.
func TestConcurrencyCheckOfMany(t *testing.T) {
	checkedly(t, 40, func(t *testing.T, e engine, mine, yours *orm.EntityManager, a, b []*checkedArticle) {
		a[23].Stock = 1000
		ok(t, mine.Flush(t.Context()))
		for _, x := range b {
			x.Name = "all"
		}
		lostTo(t, yours.Flush(t.Context()), b[23].ID)
		if e.caps.Transactions {
			if n, err := orm.Count[checkedArticle](t.Context(), e.db.Fork(), orm.M{"name": "all"}); err != nil || n != 0 {
				t.Errorf("%d articles were stored, %v", n, err)
			}
		}
		for _, x := range b {
			yours.Remove(x)
		}
		lostTo(t, yours.Flush(t.Context()), b[23].ID)
	})
}

// TestConcurrencyCheckOfMerged compares with what a detached entity held.
func TestConcurrencyCheckOfMerged(t *testing.T) {
	checkedly(t, 1, func(t *testing.T, e engine, mine, _ *orm.EntityManager, a, b []*checkedArticle) {
		a[0].Stock = 9
		ok(t, mine.Flush(t.Context()))
		em := e.db.Fork()
		form, err := orm.Merge(em, &checkedArticle{ID: b[0].ID, Name: "lamp", Stock: 0, Shelf: orm.ToKey[checkedShelf](b[0].Shelf.Key())})
		ok(t, err)
		form.Name = "from a form"
		lostTo(t, em.Flush(t.Context()), b[0].ID)
		em = e.db.Fork()
		form, err = orm.Merge(em, &checkedArticle{ID: b[0].ID, Name: "lamp", Stock: 9, Shelf: orm.ToKey[checkedShelf](b[0].Shelf.Key())})
		ok(t, err)
		form.Name = "from a form"
		ok(t, em.Flush(t.Context()))
	})
}
