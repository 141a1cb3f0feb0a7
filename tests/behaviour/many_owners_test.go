package behaviour_test

import (
	"context"
	"testing"

	"github.com/weft-orm/weft/orm"
)

type crate struct {
	ID      int64
	Bottles orm.Collection[bottle]     `orm:",mappedBy=Crate,orderBy=-number"`
	Labels  orm.Collection[crateLabel] `orm:",pivot=labelled_crates"`
}

type bottle struct {
	ID     int64
	Number int
	Crate  orm.Ref[crate]
}

type crateLabel struct{ ID int64 }

// TestPopulateOfManyOwners loads the items of so many owners that their keys do not travel as
// those of few do, with and without conditions, orders, limits and a transaction.
func TestPopulateOfManyOwners(t *testing.T) {
	engines(t, []any{crate{}, bottle{}, crateLabel{}}, func(t *testing.T, e engine) {
		const crates = 2100
		ctx, em := t.Context(), e.db.Fork()
		labels := []*crateLabel{{}, {}, {}}
		for i := range crates {
			c := &crate{}
			for n := range i % 4 {
				c.Bottles.Add(&bottle{Number: n})
			}
			if i%2 == 0 {
				c.Labels.Add(labels[i%3], labels[(i+1)%3])
			}
			em.Persist(c)
		}
		ok(t, em.Flush(ctx))
		all := func(em *orm.EntityManager, opts ...orm.FindOption) []*crate {
			t.Helper()
			list, err := orm.Find[crate](ctx, em, nil, append(opts, orm.OrderBy("id"))...)
			ok(t, err)
			if len(list) != crates {
				t.Fatalf("%d crates", len(list))
			}
			return list
		}
		for i, c := range all(e.db.Fork(), orm.Populate("bottles", "labels")) {
			if c.Bottles.Len() != i%4 || c.Labels.Len() != 2*((i+1)%2) {
				t.Fatalf("crate %d has %d bottles, %d labels", i, c.Bottles.Len(), c.Labels.Len())
			}
			for n, b := range c.Bottles.All() {
				if b.Number != i%4-1-n {
					t.Fatalf("crate %d: bottle %d comes at %d", i, b.Number, n)
				}
			}
		}
		for i, c := range all(e.db.Fork(), orm.ReadOnly(), orm.PopulateHint(orm.Hint{Path: "bottles", Where: orm.M{"number >": 0}, Limit: 1})) {
			if want := min(max(i%4-1, 0), 1); c.Bottles.Len() != want {
				t.Fatalf("crate %d has %d of its bottles, want %d", i, c.Bottles.Len(), want)
			}
		}
		ok(t, e.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
			list := all(em)
			if _, err := orm.NativeDelete[bottle](ctx, em, orm.M{"number": 0}); err != nil {
				return err
			}
			err := orm.PopulateAll(ctx, em, list, orm.Populate("bottles"))
			for i, c := range list {
				if want := max(i%4-1, 0); err == nil && c.Bottles.Len() != want {
					t.Fatalf("crate %d has %d bottles in the transaction, want %d", i, c.Bottles.Len(), want)
				}
			}
			return err
		}))
	})
}
