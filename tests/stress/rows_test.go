package stress_test

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// branch is how many children a parent has.
const branch = 4

// parent has children, which a flush inserts after it and with its new key.
type parent struct {
	ID       int64
	Name     string
	Children rel.Collection[child] `orm:",mappedBy=Parent"`
}

// child tells by its number where it belongs.
type child struct {
	ID     int64
	Number int
	Parent rel.Ref[parent] `orm:",required"`
}

func TestRowsOfOneUnit(t *testing.T) {
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			em := e.Open(t, orm.Entities(parent{}, child{})).Fork()
			family := grow(max(*stressRows/(1+branch), 1))
			measured(t, "insert", func(ctx context.Context) error {
				for _, p := range family {
					em.Persist(p)
				}
				return em.Flush(ctx)
			})
			if n := measured(t, "flush of nothing", em.Flush); n != 0 {
				t.Errorf("a flush without changes sent %d statements", n)
			}
			em.Clear()

			var found []*parent
			measured(t, "find and populate", func(ctx context.Context) (err error) {
				found, err = orm.Find[parent](ctx, em, nil, orm.Populate("children"), orm.OrderBy("id"))
				return err
			})
			compare(t, found, family)
			measured(t, "update", func(ctx context.Context) error {
				renumber(found)
				return em.Flush(ctx)
			})
			renumber(family)
			em.Clear()
			found, err := orm.Find[parent](t.Context(), em, nil, orm.Populate("children"), orm.OrderBy("id"))
			ok(t, err)
			compare(t, found, family)
			measured(t, "delete", func(ctx context.Context) error { return remove(ctx, em, found) })
		})
	}
}

// TestRowsOfOneParent writes and reads one collection with all rows, finds them by
// a list of all keys, and gives one row links to all of them: no list may be too
// long for an engine.
func TestRowsOfOneParent(t *testing.T) {
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			db := e.Open(t, orm.Entities(parent{}, child{}, basket{}))
			em := db.Fork()
			p, keys := &parent{Name: "all"}, make([]any, *stressRows)
			children := make([]*child, *stressRows)
			for i := range children {
				children[i] = &child{Number: i}
			}
			p.Children.Add(children...)
			em.Persist(p)
			measured(t, "insert", em.Flush)
			for i, c := range children {
				keys[i] = c.ID
			}
			em = db.Fork()
			measured(t, "populate", func(ctx context.Context) error {
				one, err := orm.FindOneOrFail[parent](ctx, em, p.ID, orm.Populate("children"))
				if err == nil {
					err = numbered(one.Children.Items())
				}
				return err
			})
			measured(t, "find by keys", func(ctx context.Context) error {
				found, err := orm.Find[child](ctx, db.Fork(), orm.M{"id": keys}, orm.OrderBy("id"))
				if err == nil {
					err = numbered(found)
				}
				return err
			})
			b := &basket{}
			measured(t, "link", func(ctx context.Context) error {
				known, err := orm.Find[child](ctx, em, nil)
				if err != nil {
					return err
				}
				b.Children.Add(known...)
				em.Persist(b)
				return em.Flush(ctx)
			})
			measured(t, "populate links", func(ctx context.Context) error {
				one, err := orm.FindOneOrFail[basket](ctx, db.Fork(), b.ID, orm.Populate("children"))
				if err == nil {
					err = numbered(one.Children.Items())
				}
				return err
			})
			measured(t, "unlink", func(ctx context.Context) error {
				b.Children.RemoveAll()
				return em.Flush(ctx)
			})
			one, err := orm.FindOneOrFail[basket](t.Context(), db.Fork(), b.ID, orm.Populate("children"))
			ok(t, err)
			if n := one.Children.Len(); n != 0 {
				t.Errorf("%d links are left", n)
			}
		})
	}
}

// basket refers to children by links.
type basket struct {
	ID       int64
	Children rel.Collection[child]
}

// numbered expects all children, each once.
func numbered(children []*child) error {
	seen := make([]bool, *stressRows)
	for _, c := range children {
		if c.Number < 0 || c.Number >= len(seen) || seen[c.Number] {
			return fmt.Errorf("child %d is there twice, or does not belong there", c.Number)
		}
		seen[c.Number] = true
	}
	if len(children) != len(seen) {
		return fmt.Errorf("%d children were found, not %d", len(children), len(seen))
	}
	return nil
}

// grow returns parents with children, all of them new.
func grow(parents int) []*parent {
	family := make([]*parent, parents)
	for i := range family {
		family[i] = &parent{Name: fmt.Sprintf("parent %d", i)}
		for k := range branch {
			family[i].Children.Add(&child{Number: i*branch + k})
		}
	}
	return family
}

// renumber changes every child, each to a value of its own.
func renumber(family []*parent) {
	for _, p := range family {
		for _, c := range p.Children.Items() {
			c.Number = -c.Number - 1
		}
	}
}

func remove(ctx context.Context, em *orm.EntityManager, family []*parent) error {
	for _, p := range family {
		for _, c := range p.Children.Items() {
			em.Remove(c)
		}
		em.Remove(p)
	}
	if err := em.Flush(ctx); err != nil {
		return err
	}
	parents, err := orm.Count[parent](ctx, em, nil)
	if err != nil {
		return err
	}
	children, err := orm.Count[child](ctx, em, nil)
	if err == nil && parents+children > 0 {
		err = fmt.Errorf("%d parents and %d children are left", parents, children)
	}
	return err
}

// measured runs a piece of work, logs what it took and returns how many
// statements it sent.
func measured(t *testing.T, what string, fn func(ctx context.Context) error) int64 {
	t.Helper()
	ctx, stats := orm.WithStats(t.Context())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	ok(t, fn(ctx))
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	t.Logf("%-18s %8s, %4d statements, %4d MB allocated",
		what, took.Round(time.Millisecond), stats.Statements(), (after.TotalAlloc-before.TotalAlloc)>>20)
	return stats.Statements()
}

// compare stops at the first parent that differs from what was written.
func compare(t *testing.T, found, written []*parent) {
	t.Helper()
	if len(found) != len(written) {
		t.Fatalf("%d parents were found, not %d", len(found), len(written))
	}
	for i, want := range written {
		got := found[i]
		if got.ID != want.ID || got.Name != want.Name {
			t.Fatalf("parent %d is %d %q, not %d %q", i, got.ID, got.Name, want.ID, want.Name)
		}
		if got, want := numbers(got), numbers(want); got != want {
			t.Fatalf("parent %d has the children %v, not %v", i, got, want)
		}
	}
}

// numbers returns keys and numbers of the children, in the order of their keys.
func numbers(p *parent) [branch][2]int64 {
	var all [branch][2]int64
	children := p.Children.Items()
	if len(children) != branch {
		return all
	}
	for i, c := range children {
		all[i] = [2]int64{c.ID, int64(c.Number)}
	}
	slices.SortFunc(all[:], func(a, b [2]int64) int { return cmp.Compare(a[0], b[0]) })
	return all
}
