package behaviour_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// scroll has texts that are read when they are asked for.
type scroll struct {
	ID    int64
	Name  string
	Text  string         `orm:",lazy"`
	Notes map[string]any `orm:",lazy,nullable"`
}

func seedScroll(t *testing.T, e engine) int64 {
	t.Helper()
	em, s := e.db.Fork(), &scroll{Name: "a", Text: "once", Notes: map[string]any{"x": "y"}}
	em.Persist(s)
	ok(t, em.Flush(t.Context()))
	return s.ID
}

// readScroll reads a scroll with some of its lazy properties.
func readScroll(t *testing.T, em *orm.EntityManager, id int64, lazy ...string) *scroll {
	t.Helper()
	s, err := orm.FindOneOrFail[scroll](t.Context(), em, id, orm.Populate(lazy...))
	ok(t, err)
	return s
}

// TestRefreshOfLazyProperties gives up what was changed of lazy properties, read or not.
func TestRefreshOfLazyProperties(t *testing.T) {
	engines(t, []any{scroll{}}, func(t *testing.T, e engine) {
		id := seedScroll(t, e)
		for _, lazy := range [][]string{nil, {"text"}, {"text", "notes"}} {
			em := e.db.Fork()
			s := readScroll(t, em, id, lazy...)
			s.Text, s.Notes = "changed", map[string]any{"x": "changed"}
			ok(t, em.Refresh(t.Context(), s))
			if s.Text != "once" || s.Notes["x"] != "y" {
				t.Errorf("read with %v, refreshed: %+v", lazy, s)
			}
			idle(t, em)
		}
		em := e.db.Fork()
		s := readScroll(t, em, id)
		if ok(t, em.Refresh(t.Context(), s)); s.Text != "" {
			t.Error("a refresh reads lazy properties that nobody asked for")
		}
	})
}

// TestMergeOfLazyProperties: a lazy property that a detached entity shows nothing of was not read.
func TestMergeOfLazyProperties(t *testing.T) {
	engines(t, []any{scroll{}}, func(t *testing.T, e engine) {
		ctx, id := t.Context(), seedScroll(t, e)

		em := e.db.Fork()
		s, err := orm.Merge(em, readScroll(t, e.db.Fork(), id, "notes"))
		ok(t, err)
		ok(t, orm.Load(ctx, em, s, "text"))
		if s.Text != "once" || s.Notes["x"] != "y" {
			t.Errorf("loaded %+v", s)
		}
		idle(t, em)
		s.Notes["x"] = "z"
		ok(t, em.Flush(ctx))

		other := readScroll(t, e.db.Fork(), id)
		other.Name = "b"
		_, err = orm.Merge(em, other)
		ok(t, err)
		ok(t, em.Flush(ctx))
		idle(t, em)
		if got := encode(t, readScroll(t, e.db.Fork(), id, "text", "notes")); got != encode(t, s) || s.Name != "b" || s.Text != "once" || s.Notes["x"] != "z" {
			t.Errorf("stored %s, merged %+v", got, s)
		}

		em = e.db.Fork()
		readScroll(t, em, id)
		if _, err = orm.Merge(em, readScroll(t, e.db.Fork(), id, "text")); !errors.Is(err, orm.ErrDetached) {
			t.Errorf("what cannot be compared is taken over: %v", err)
		}
	})
}
