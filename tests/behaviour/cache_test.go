package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weft-orm/weft/cache"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// cachedEngines is engines with a cache in memory for all finds.
func cachedEngines(t *testing.T, fn func(t *testing.T, e engine)) {
	t.Helper()
	enginesWith(t, []orm.Option{orm.ResultCache(cache.Memory(0), orm.CacheAll(time.Minute))}, model.Library(), fn)
}

// shelved stores authors with books and tags and forgets what was cached.
func shelved(t *testing.T, e engine) {
	t.Helper()
	ok(t, e.db.DropCached(t.Context()))
	shelf(t, e)
}

// cachedGraph prints authors with their books and tags.
func cachedGraph(t *testing.T, em *orm.EntityManager) (string, []*model.Author, int64) {
	t.Helper()
	ctx, stats := orm.WithStats(t.Context())
	list, err := orm.Find[model.Author](ctx, em, orm.M{"name": orm.M{"$in": []string{"Ann", "Bob"}}}, orm.Populate("books.tags", "favourite", "profile", "books.publisher"), orm.OrderBy("name"))
	ok(t, err)
	text := ""
	for _, a := range list {
		text += a.Name
		for _, b := range a.Books.Items() {
			text += fmt.Sprintf(" %s(%d %v %v)", b.Title, b.Pages, b.Author.Get() == a, b.Publisher.IsNil())
			for _, tag := range b.Tags.Items() {
				text += "+" + tag.Name
			}
		}
		text += fmt.Sprint("; favourite ", a.Favourite.IsNil(), " profile ", a.Profile.IsNil(), ". ")
	}
	return text, list, stats.Queries()
}

func TestCachedGraph(t *testing.T) {
	cachedEngines(t, func(t *testing.T, e engine) {
		shelved(t, e)
		read, _, queries := cachedGraph(t, e.db.Fork())
		if queries == 0 {
			t.Fatal("nothing was asked")
		}
		em := e.db.Fork()
		again, list, queries := cachedGraph(t, em)
		if again != read || queries != 0 {
			t.Errorf("%d queries gave\n%s, not\n%s", queries, again, read)
		}
		idle(t, em)
		// What is managed keeps its values and its changes.
		list[0].Name = "Anna"
		books := list[0].Books.Items()
		books[0].Pages = 5
		ok(t, em.Flush(t.Context()))
		after, _, queries := cachedGraph(t, e.db.Fork())
		if after == read || queries == 0 {
			t.Errorf("the flush was not seen: %s", after)
		}
	})
}

// TestCacheSeesWrites writes by every way, after which the answer is asked for again.
func TestCacheSeesWrites(t *testing.T) {
	cachedEngines(t, func(t *testing.T, e engine) {
		shelved(t, e)
		ctx := t.Context()
		count := func(cond any) int {
			t.Helper()
			list, err := orm.Find[model.Book](ctx, e.db.Fork(), cond)
			ok(t, err)
			return len(list)
		}
		byAuthor := orm.M{"author.name": "Ann"}
		if count(byAuthor) != 3 || count(nil) != 4 || count(orm.M{"title": "none"}) != 0 {
			t.Fatal("another shelf")
		}
		em := e.db.Fork()
		ann, err := orm.FindOneOrFail[model.Author](ctx, em, orm.M{"name": "Ann"})
		ok(t, err)
		ann.Name = "Anna"
		ok(t, em.Flush(ctx))
		if count(byAuthor) != 0 {
			t.Error("a change of what the condition goes through")
		}
		em.Persist(&model.Book{Title: "none", Author: orm.To(ann)})
		ok(t, em.Flush(ctx))
		if count(orm.M{"title": "none"}) != 1 || count(nil) != 5 {
			t.Error("an insert")
		}
		_, err = orm.NativeUpdate[model.Book](ctx, em, orm.M{"title": "none"}, orm.M{"title": "some"})
		ok(t, err)
		if count(orm.M{"title": "none"}) != 0 {
			t.Error("a native update")
		}
		ok(t, orm.BulkInsert(ctx, em, []*model.Book{{Title: "none", Author: orm.To(ann)}}))
		if count(orm.M{"title": "none"}) != 1 {
			t.Error("a bulk insert")
		}
		_, err = orm.NativeDelete[model.Book](ctx, em, orm.M{"title": "none"})
		ok(t, err)
		if count(orm.M{"title": "none"}) != 0 {
			t.Error("a native delete")
		}
		if e.caps.Transactions {
			stop := errors.New("stop")
			before := count(nil)
			err := e.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
				em.Persist(&model.Book{Title: "gone", Author: orm.ToKey[model.Author](ann.ID)})
				if err := em.Flush(ctx); err != nil {
					return err
				}
				if list, err := orm.Find[model.Book](ctx, em, nil); err != nil || len(list) != before+1 {
					t.Errorf("the transaction sees %d books, %v", len(list), err)
				}
				return stop
			})
			if !errors.Is(err, stop) || count(nil) != before {
				t.Error("a rollback", err)
			}
			ok(t, e.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
				em.Persist(&model.Book{Title: "kept", Author: orm.ToKey[model.Author](ann.ID)})
				return nil
			}))
			if count(nil) != before+1 {
				t.Error("a transaction")
			}
		}
	})
}

// TestCacheKeepsQuestionsApart asks what differs in one value, option or mapping.
func TestCacheKeepsQuestionsApart(t *testing.T) {
	cachedEngines(t, func(t *testing.T, e engine) {
		shelved(t, e)
		ctx, stats := orm.WithStats(t.Context())
		asks := []func(em *orm.EntityManager) (int, error){
			func(em *orm.EntityManager) (int, error) {
				return found(orm.Find[model.Book](ctx, em, orm.M{"pages >": 100}))
			},
			func(em *orm.EntityManager) (int, error) {
				return found(orm.Find[model.Book](ctx, em, orm.M{"pages >": 200}))
			},
			func(em *orm.EntityManager) (int, error) {
				return found(orm.Find[model.Book](ctx, em, nil, orm.Limit(2)))
			},
			func(em *orm.EntityManager) (int, error) {
				return found(orm.Find[model.Book](ctx, em, nil, orm.Limit(3)))
			},
			func(em *orm.EntityManager) (int, error) {
				return found(orm.Find[model.Author](ctx, em, orm.M{"name": "Ann"}, orm.PopulateHint(orm.Hint{Path: "books", Where: orm.M{"pages >": 100}})))
			},
			func(em *orm.EntityManager) (int, error) {
				return found(orm.Find[model.Author](ctx, em, orm.M{"name": "Ann"}, orm.PopulateHint(orm.Hint{Path: "books", Where: orm.M{"pages >": 200}})))
			},
			func(em *orm.EntityManager) (int, error) {
				one, err := orm.FindOne[model.Author](ctx, em, orm.M{"name": "nobody"})
				return map[bool]int{true: 0, false: 1}[one == nil], err
			},
			func(em *orm.EntityManager) (int, error) {
				return found(orm.Find[model.Book](ctx, em, nil, orm.Fields("title")))
			},
		}
		want := []int{2, 1, 2, 3, 2, 1, 0, 4}
		for round := range 2 {
			before := stats.Queries()
			for i, ask := range asks {
				if n, err := ask(e.db.Fork()); err != nil || n != want[i] {
					t.Errorf("round %d: question %d gives %d, %v", round, i, n, err)
				}
			}
			if sent := stats.Queries() - before; (sent == 0) != (round == 1) {
				t.Errorf("round %d sent %d queries", round, sent)
			}
		}
		before := stats.Queries()
		_, err := orm.Find[model.Book](ctx, e.db.Fork(), orm.M{"pages >": 100}, orm.NotCached())
		ok(t, err)
		if stats.Queries() == before {
			t.Error("NotCached was cached")
		}
		_, err = orm.Find[model.Book](ctx, e.db.Fork(), nil, orm.Cached(0))
		if !errors.Is(err, orm.ErrInvalidOption) {
			t.Error(err)
		}
	})
}

// found counts entities; of authors, their books.
func found[T any](list []*T, err error) (int, error) {
	n := 0
	for _, x := range list {
		if a, ok := any(x).(*model.Author); ok {
			n += a.Books.Len() - 1
		}
		n++
	}
	return n, err
}

// broken is a cache that fails while it is told to.
type broken struct {
	*cache.Store
	away bool
}

var errAway = errors.New("away")

func (b *broken) Get(ctx context.Context, key string, tags []string) ([]byte, []string, error) {
	if b.away {
		return nil, nil, errAway
	}
	return b.Store.Get(ctx, key, tags)
}

func (b *broken) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if b.away {
		return errAway
	}
	return b.Store.Put(ctx, key, value, ttl)
}

func (b *broken) Drop(ctx context.Context, tags []string) error {
	if b.away {
		return errAway
	}
	return b.Store.Drop(ctx, tags)
}

// TestLostCache costs speed, never an answer.
func TestLostCache(t *testing.T) {
	b := &broken{Store: cache.Memory(0)}
	enginesWith(t, []orm.Option{orm.ResultCache(b)}, model.Library(), func(t *testing.T, e engine) {
		ok(t, e.db.DropCached(t.Context()))
		shelf(t, e)
		name := func() string {
			t.Helper()
			a, err := orm.FindOneOrFail[model.Author](t.Context(), e.db.Fork(), orm.M{"books.title": "Walls"}, orm.Cached(time.Hour))
			ok(t, err)
			return a.Name
		}
		set := func(to string) {
			t.Helper()
			_, err := orm.NativeUpdate[model.Author](t.Context(), e.db.Fork(), orm.M{"name": name()}, orm.M{"name": to})
			ok(t, err)
		}
		if name() != "Bob" {
			t.Error(name())
		}
		b.away = true
		set("Bobby")
		if got := name(); got != "Bobby" {
			t.Errorf("%s while the cache is away", got)
		}
		b.away = false
		if got := name(); got != "Bobby" {
			t.Errorf("%s when it is back", got)
		}
		set("Bo")
		if got := name(); got != "Bo" {
			t.Errorf("%s after it was back", got)
		}
	})
}

// TestManyAskTheSame asks the database once.
func TestManyAskTheSame(t *testing.T) {
	cachedEngines(t, func(t *testing.T, e engine) {
		shelved(t, e)
		ctx, stats := orm.WithStats(t.Context())
		together(64, func(int) {
			list, err := orm.Find[model.Author](ctx, e.db.Fork(), orm.M{"name": "Ann"}, orm.Populate("books"))
			if err != nil || len(list) != 1 || list[0].Books.Len() != 3 {
				t.Errorf("%d authors, %v", len(list), err)
			}
		})
		if n := stats.Queries(); n != 2 {
			t.Errorf("%d queries", n)
		}
	})
}

// TestCachedCounts takes counts from the cache too, those of pages and of cursors among them.
func TestCachedCounts(t *testing.T) {
	cachedEngines(t, func(t *testing.T, e engine) {
		shelved(t, e)
		ctx, stats := orm.WithStats(t.Context())
		asks := func(want int64, queries bool) {
			t.Helper()
			before := stats.Queries()
			for _, opts := range [][]orm.FindOption{nil, {orm.Limit(1)}, {orm.Limit(0)}} {
				n, err := orm.Count[model.Book](ctx, e.db.Fork(), orm.M{"pages >": 100}, opts...)
				if err != nil || n != want {
					t.Errorf("%d books, want %d: %v", n, want, err)
				}
			}
			list, n, err := orm.FindAndCount[model.Book](ctx, e.db.Fork(), orm.M{"pages >": 100}, orm.OrderBy("title"), orm.Limit(2))
			if err != nil || n != want || len(list) != 2 {
				t.Errorf("%d of %d books, want %d: %v", len(list), n, want, err)
			}
			few, err := orm.Count[model.Book](ctx, e.db.Fork(), orm.M{"author.name": "Bob"})
			if err != nil || few != 1 {
				t.Errorf("%d books of Bob: %v", few, err)
			}
			if sent := stats.Queries() - before; (sent > 0) != queries {
				t.Errorf("%d queries were sent", sent)
			}
		}
		var all int64
		list, err := orm.Find[model.Book](ctx, e.db.Fork(), orm.M{"pages >": 100}, orm.NotCached())
		ok(t, err)
		all = int64(len(list))
		asks(all, true)
		asks(all, false)
		before := stats.Queries()
		_, err = orm.Count[model.Book](ctx, e.db.Fork(), orm.M{"pages >": 100}, orm.NotCached())
		ok(t, err)
		if stats.Queries() == before {
			t.Error("NotCached was cached")
		}
		_, err = orm.NativeUpdate[model.Book](ctx, e.db.Fork(), orm.M{"title": "Waves"}, orm.M{"pages": 400})
		ok(t, err)
		list, err = orm.Find[model.Book](ctx, e.db.Fork(), orm.M{"pages >": 100})
		ok(t, err)
		asks(int64(len(list)), true)
		asks(int64(len(list)), false)
		if int64(len(list)) == all {
			t.Error("another shelf")
		}
		tags, err := orm.Count[model.Tag](ctx, e.db.Fork(), nil)
		ok(t, err)
		if e.caps.Transactions {
			ok(t, e.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
				em.Persist(&model.Tag{Name: "counted"})
				n, err := orm.Count[model.Tag](ctx, em, nil)
				if n != tags+1 {
					t.Errorf("the transaction counts %d tags, want %d", n, tags+1)
				}
				return err
			}))
		}
	})
}

// TestCacheBesideWriters reads by the cache in many goroutines while others write: nobody sees less
// than was stored when it asked.
func TestCacheBesideWriters(t *testing.T) {
	cachedEngines(t, func(t *testing.T, e engine) {
		ok(t, e.db.DropCached(t.Context()))
		var stored atomic.Int64
		together(64, func(i int) {
			em := e.db.Fork()
			if i%8 == 0 {
				em.Persist(&model.Tag{Name: fmt.Sprint("tag ", i)})
				if err := em.Flush(t.Context()); err != nil {
					t.Error(err)
					return
				}
				stored.Add(1)
				return
			}
			for range 4 {
				least := stored.Load()
				list, err := orm.Find[model.Tag](t.Context(), e.db.Fork(), nil)
				if err != nil || int64(len(list)) < least {
					t.Errorf("%d of %d tags: %v", len(list), least, err)
				}
				least = stored.Load()
				if n, err := orm.Count[model.Tag](t.Context(), e.db.Fork(), nil); err != nil || n < least {
					t.Errorf("a count of %d of %d tags: %v", n, least, err)
				}
			}
		})
		if n, err := orm.Count[model.Tag](t.Context(), e.db.Fork(), nil); n != 8 || err != nil {
			t.Errorf("%d tags, %v", n, err)
		}
	})
}
