package behaviour_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// names reads the tags through another unit, in key order.
func names(t *testing.T, e engine) []string {
	t.Helper()
	tags, err := orm.Find[model.Tag](t.Context(), e.db.Fork(), nil, orm.OrderBy("id"))
	ok(t, err)
	out := make([]string, len(tags))
	for i, tag := range tags {
		out[i] = tag.Name
	}
	return out
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if encode(t, got) != encode(t, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUniqueValueSwap(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		a, b := &model.Tag{Name: "a"}, &model.Tag{Name: "b"}
		em.Persist(a, b)
		ok(t, em.Flush(t.Context()))
		a.Name, b.Name = b.Name, a.Name
		ok(t, em.Flush(t.Context()))
		same(t, names(t, e), "b", "a")
		idle(t, em)
	})
}

func TestDeleteAndRecreateUniqueValue(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		old := &model.Tag{Name: "a"}
		em.Persist(old)
		ok(t, em.Flush(t.Context()))
		em.Remove(old)
		em.Persist(&model.Tag{Name: "a"})
		ok(t, em.Flush(t.Context()))
		same(t, names(t, e), "a")
	})
}

func TestFailedFlushIsRepaired(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&model.Tag{Name: "a"})
		ok(t, em.Flush(t.Context()))
		twin := &model.Tag{Name: "a"}
		em = e.db.Fork()
		em.Persist(twin)
		err := em.Flush(t.Context())
		if !errors.Is(err, driver.ErrUniqueViolation) || !orm.IsUnique(err, "name") {
			t.Fatalf("got %v, want a unique violation of name", err)
		}
		if e.caps.Transactions && twin.ID != 0 {
			t.Errorf("the failed flush left the key %d", twin.ID)
		}
		twin.Name = "b"
		ok(t, em.Flush(t.Context()))
		same(t, names(t, e), "a", "b")
	})
}

func TestStaleVersion(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&model.Author{Name: "a", Email: "a"})
		ok(t, em.Flush(t.Context()))
		first, second := e.db.Fork(), e.db.Fork()
		a, err := orm.FindOneOrFail[model.Author](t.Context(), first, orm.M{"name": "a"})
		ok(t, err)
		b, err := orm.FindOneOrFail[model.Author](t.Context(), second, orm.M{"name": "a"})
		ok(t, err)
		a.Name, b.Name = "first", "second"
		ok(t, first.Flush(t.Context()))
		var stale *orm.OptimisticLockError
		if err := second.Flush(t.Context()); !errors.As(err, &stale) {
			t.Fatalf("got %v, want a stale version", err)
		}
	})
}

func TestForeignKeyViolation(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		if !e.caps.ForeignKeys {
			t.Skip("the engine checks no references")
		}
		em := e.db.Fork()
		em.Persist(&model.Book{Title: "x", Author: orm.ToKey[model.Author](int64(99))})
		if err := em.Flush(t.Context()); !errors.Is(err, driver.ErrForeignKeyViolation) {
			t.Errorf("got %v, want a foreign key violation", err)
		}
	})
}

func TestOneGraphByEveryStrategy(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		writeGraph(t, e)
		for _, strategy := range []string{"select-in", "balanced", "joined"} {
			t.Run(strategy, func(t *testing.T) { readGraph(t, e, strategy) })
		}
	})
}

// writeGraph writes an author with two books that share a tag.
func writeGraph(t *testing.T, e engine) {
	em := e.db.Fork()
	jon, fantasy := &model.Author{Name: "jon", Email: "j"}, &model.Tag{Name: "fantasy"}
	for _, title := range []string{"one", "two"} {
		book := &model.Book{Title: title, Author: orm.To(jon)}
		book.Tags.Add(fantasy)
		em.Persist(book)
	}
	ok(t, em.Flush(t.Context()))
	idle(t, em)
}

// readGraph reads it by a strategy and follows it in both directions.
func readGraph(t *testing.T, e engine, strategy string) {
	em := e.db.Fork()
	books, err := orm.Find[model.Book](t.Context(), em, orm.M{"tags.name": "fantasy"},
		orm.Populate("tags", "author.books"), orm.Strategy(strategy), orm.OrderBy("title"))
	ok(t, err)
	if len(books) != 2 {
		t.Fatalf("%d books, want 2", len(books))
	}
	author := books[0].Author.Get()
	if author != books[1].Author.Get() || books[0].Tags.Items()[0] != books[1].Tags.Items()[0] {
		t.Error("one row came as two pointers")
	}
	if !author.Books.Contains(books[0]) || !author.Books.Contains(books[1]) || author.Books.Len() != 2 {
		t.Error("the author's books are not the books found")
	}
	idle(t, em)
}
