package behaviour_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/model"
)

// TestReadsOfCollections counts, lists keys and reads parts without loading the collection.
func TestReadsOfCollections(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		em, ctx := e.db.Fork(), t.Context()
		authors, err := orm.Find[model.Author](ctx, em, nil, orm.OrderBy("name"))
		ok(t, err)
		counted, stats := orm.WithStats(ctx)
		counts, err := orm.LoadCount(counted, em, authors, "books", nil)
		ok(t, err)
		if stats.Queries() != 1 || counts[authors[0]] != 3 || counts[authors[1]] != 1 {
			t.Errorf("%v by %d queries", counts, stats.Queries())
		}
		counts, err = orm.LoadCount(ctx, em, authors, "books", orm.M{"pages >": 100})
		ok(t, err)
		if counts[authors[0]] != 2 || counts[authors[1]] != 0 {
			t.Error(counts)
		}
		long, err := orm.Matching[model.Book](ctx, em, authors[0], "books", orm.M{"pages >": 100}, orm.OrderBy("-pages"), orm.Limit(1))
		ok(t, err)
		if len(long) != 1 || long[0].Title != "Woods" || !em.Contains(long[0]) || authors[0].Books.IsLoaded() {
			t.Errorf("%d books, loaded %t", len(long), authors[0].Books.IsLoaded())
		}
		keys, err := orm.ItemKeys(ctx, em, authors[0], "books")
		ok(t, err)
		if len(keys) != 3 || authors[0].Books.IsLoaded() {
			t.Error(keys)
		}
		tags, err := orm.ItemKeys(ctx, em, long[0], "tags")
		ok(t, err)
		ok(t, orm.LoadHint(ctx, em, authors[0], orm.Hint{Path: "books", Where: orm.M{"pages >": 100}}))
		if authors[0].Books.Len() != 2 || authors[0].Books.IsEmpty() || len(tags) != 0 {
			t.Errorf("%d books, tags %v", authors[0].Books.Len(), tags)
		}
		by, err := orm.CountBy[model.Book](ctx, em, "pages", nil)
		ok(t, err)
		ofAuthor, err := orm.CountBy[model.Book](ctx, em, "author", orm.M{"pages >": 100})
		ok(t, err)
		if by[int64(100)] != 2 || by[int64(300)] != 1 || ofAuthor[authors[0].ID] != 2 || len(ofAuthor) != 1 {
			t.Errorf("%v %v", by, ofAuthor)
		}
		if _, err := orm.Matching[model.Tag](ctx, em, authors[0], "books", nil); !errors.Is(err, orm.ErrUnknownEntity) {
			t.Error(err)
		}
		if _, err := orm.ItemKeys(ctx, em, authors[0], "favourite"); !errors.Is(err, orm.ErrUnknownPath) {
			t.Error(err)
		}
		if !orm.CanPopulate[model.Author](e.db, "books.tags") || orm.CanPopulate[model.Author](e.db, "books.title") || orm.CanPopulate[model.Author](e.db, "bookz") {
			t.Error("CanPopulate")
		}
	})
}

// TestReadOptions leaves properties out, labels statements and ends comments safely.
func TestReadOptions(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		em, ctx := e.db.Fork(), t.Context()
		a, err := orm.FindOneOrFail[model.Author](ctx, em, orm.M{"name": "Ann"}, orm.Populate("books"), orm.Exclude("email", "books.pages"), orm.Label("authors.one"))
		ok(t, err)
		email, err := orm.IsLoaded(em, a, "email")
		ok(t, err)
		pages, err := orm.IsLoaded(em, a.Books.Items()[0], "pages")
		ok(t, err)
		title, err := orm.IsLoaded(em, a.Books.Items()[0], "title")
		ok(t, err)
		if email || pages || !title || a.Name != "Ann" {
			t.Errorf("email %t, pages %t, title %t, %q", email, pages, title, a.Name)
		}
		for _, text := range []string{"trace 7", "*/ drop table authors; --", "? $1 :x", "\x00"} {
			n, err := orm.Find[model.Author](ctx, e.db.Fork(), orm.M{"name": "Ann"}, orm.Comment(text), orm.Populate("books"))
			if err != nil || len(n) != 1 || n[0].Books.Len() != 3 {
				t.Errorf("%q: %v", text, err)
			}
		}
		if _, err := orm.Find[model.Author](ctx, em, nil, orm.Exclude("emial")); !errors.Is(err, orm.ErrUnknownProperty) {
			t.Error(err)
		}
		if _, err := orm.Find[model.Author](ctx, em, nil, orm.IndexHint()); !errors.Is(err, orm.ErrInvalidOption) {
			t.Error(err)
		}
	})
}

func TestCreate(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		em, ctx := e.db.Fork(), t.Context()
		a, err := orm.Create[model.Author](ctx, em, orm.M{"name": "Ann", "email": "ann", "active": false, "rating": 0, "createdAt": "2026-01-02T03:04:05Z"})
		ok(t, err)
		ok(t, em.Flush(ctx))
		_, err = orm.Create[model.Book](ctx, em, orm.M{"pages": 1})
		for _, path := range []string{"title", "author", "price"} {
			if !errors.Is(err, orm.ErrRequired) || !strings.Contains(err.Error(), "Book."+path) {
				t.Errorf("%s: %v", path, err)
			}
		}
		b, err := orm.Create[model.Book](ctx, em, orm.M{"title": "x", "pages": 1, "price": 0, "author": a.ID})
		ok(t, err)
		ok(t, em.Flush(ctx))
		if b.ID == 0 || b.Author.Key() != a.ID {
			t.Errorf("%+v", b)
		}
	})
}

// TestLockOfAnEntity locks its row in a transaction, and takes what others wrote.
func TestLockOfAnEntity(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		p := &model.Tag{Name: "a"}
		em.Persist(p)
		ok(t, em.Flush(t.Context()))
		if err := em.Lock(t.Context(), p); !errors.Is(err, orm.ErrTransaction) {
			t.Errorf("outside of a transaction: %v", err)
		}
		if !e.caps.RowLocks {
			return
		}
		_, err := orm.NativeUpdate[model.Tag](t.Context(), e.db.Fork(), orm.M{"id": p.ID}, orm.M{"name": "b"})
		ok(t, err)
		ok(t, em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error { return em.Lock(ctx, p, orm.NoWait()) }))
		if p.Name != "b" {
			t.Errorf("the name is %s", p.Name)
		}
		if _, err := (rel.Ref[model.Tag]{}).LoadOrFail(t.Context()); !errors.Is(err, orm.ErrNotFound) {
			t.Error(err)
		}
	})
}
