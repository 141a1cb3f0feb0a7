package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// together runs f in n goroutines at once.
func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() { <-start; f(i) })
	}
	close(start)
	wg.Wait()
}

// library64 stores 64 books of 8 authors.
func library64(t *testing.T, e engine) {
	t.Helper()
	em := e.db.Fork()
	for a := range 8 {
		author := &model.Author{Name: fmt.Sprint("author ", a), Email: fmt.Sprint(a)}
		for b := range 8 {
			author.Books.Add(&model.Book{Title: fmt.Sprintf("book %d.%d", a, b)})
		}
		em.Persist(author)
	}
	ok(t, em.Flush(t.Context()))
}

// TestLoadsOfManyGoroutines become one query for references and one for collections.
func TestLoadsOfManyGoroutines(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		library64(t, e)
		em := e.db.Fork(orm.Shared(300 * time.Millisecond))
		books, err := orm.Find[model.Book](t.Context(), em, nil, orm.OrderBy("title"))
		ok(t, err)
		ctx, stats := orm.WithStats(t.Context())
		together(64, func(i int) {
			author, err := books[i].Author.Load(ctx)
			if err != nil || author.Name != fmt.Sprint("author ", i/8) {
				t.Errorf("book %d: %+v, %v", i, author, err)
			}
		})
		if n := stats.Queries(); n != 1 {
			t.Errorf("64 references took %d queries", n)
		}
		ctx, stats = orm.WithStats(t.Context())
		together(64, func(i int) {
			author, err := books[i].Author.Load(ctx)
			if err == nil {
				err = author.Books.Load(ctx)
			}
			if err != nil || author.Books.Len() != 8 || author.Books.Items()[i%8] != books[i] {
				t.Errorf("book %d: %v", i, err)
			}
		})
		if n := stats.Queries(); n != 1 {
			t.Errorf("64 collections took %d queries", n)
		}
	})
}

// TestSharedManagerTakesTurns lets goroutines find, count and load as they like.
func TestSharedManagerTakesTurns(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		library64(t, e)
		em := e.db.Fork(orm.Shared(0))
		together(64, func(i int) {
			ctx := t.Context()
			name := fmt.Sprint("author ", i%8)
			a, err := orm.FindOneOrFail[model.Author](ctx, em, orm.M{"name": name})
			if err == nil {
				err = a.Books.Load(ctx)
			}
			if err != nil || a.Name != name || a.Books.Len() != 8 {
				t.Errorf("%s: %v", name, err)
				return
			}
			for _, b := range a.Books.Items() {
				if back, err := b.Author.Load(ctx); err != nil || back != a {
					t.Errorf("%s: %v", name, err)
				}
			}
			if n, err := orm.Count[model.Book](ctx, em, orm.M{"author.name": name}); n != 8 || err != nil {
				t.Error(n, err)
			}
		})
		if err := em.Begin(t.Context()); !errors.Is(err, orm.ErrTransaction) {
			t.Errorf("begin: %v", err)
		}
		ok(t, em.Fork().Transactional(t.Context(), func(context.Context, *orm.EntityManager) error { return nil }))
	})
}

// TestSharedLoadsFailApart gives each caller its own error: a missing row, a context that ended.
func TestSharedLoadsFailApart(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		library64(t, e)
		em := e.db.Fork(orm.Shared(100 * time.Millisecond))
		one, err := orm.FindOneOrFail[model.Author](t.Context(), e.db.Fork(), orm.M{"name": "author 1"})
		ok(t, err)
		there, missing := orm.Reference[model.Author](em, one.ID), orm.Reference[model.Author](em, 99999)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		together(12, func(i int) {
			switch i % 3 {
			case 0:
				if a, err := there.Load(t.Context()); err != nil || a.Name != "author 1" {
					t.Error(a, err)
				}
			case 1:
				if a, err := missing.Load(t.Context()); !errors.Is(err, orm.ErrNotFound) || a != nil {
					t.Error(a, err)
				}
			default:
				if _, err := orm.Reference[model.Author](em, 1000+i).Load(ended); !errors.Is(err, orm.ErrCanceled) {
					t.Error(err)
				}
			}
		})
	})
}

// TestSharedMissesNothing loads by chains, as nested resolvers do.
func TestSharedMissesNothing(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		library64(t, e)
		em := e.db.Fork(orm.Shared(0))
		authors, err := orm.Find[model.Author](t.Context(), em, nil)
		ok(t, err)
		var mu sync.Mutex
		titles := map[string]bool{}
		ctx, stats := orm.WithStats(t.Context())
		together(len(authors), func(i int) {
			if err := authors[i].Books.Load(ctx); err != nil {
				t.Error(err)
				return
			}
			books := authors[i].Books.Items()
			together(len(books), func(j int) {
				if err := books[j].Tags.Load(ctx); err != nil || books[j].Tags.Len() != 0 {
					t.Error(err)
				}
				mu.Lock()
				titles[books[j].Title] = true
				mu.Unlock()
			})
		})
		if len(titles) != 64 || stats.Queries() > 40 {
			t.Errorf("%d titles by %d queries", len(titles), stats.Queries())
		}
	})
}
