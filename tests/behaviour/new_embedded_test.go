package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

// TestNewEmbeddedValueIsTheUsersAsAWhole: an embedded value that was put where there was none, or made
// absent where there was one, does not mix with what a lock reads of it.
func TestNewEmbeddedValueIsTheUsersAsAWhole(t *testing.T) {
	row := 7
	stored := func() *tentPlace { return &tentPlace{"theirs", &tentSpot{&row, "x"}} }
	for name, c := range map[string]struct{ before, theirs, own *tentPlace }{
		"new":       {nil, stored(), &tentPlace{Camp: "own"}},
		"new inner": {&tentPlace{Camp: "a"}, &tentPlace{"a", stored().Spot}, &tentPlace{Camp: "a", Spot: &tentSpot{Name: "own"}}},
		"nil":       {&tentPlace{Camp: "a", Spot: &tentSpot{nil, "y"}}, stored(), nil},
		"nil inner": {&tentPlace{Camp: "a", Spot: &tentSpot{nil, "y"}}, &tentPlace{"a", &tentSpot{&row, "y"}}, &tentPlace{Camp: "a"}},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, []any{tent{}}, func(t *testing.T, e engine) {
				ok(t, e.refused)
				if !e.caps.Transactions {
					t.Skip("no transactions")
				}
				ctx, em := t.Context(), e.db.Fork()
				em.SetFlushMode(orm.FlushCommit)
				em.Persist(&tent{ID: 1, Store: c.before})
				ok(t, em.Flush(ctx))
				em = e.db.Fork()
				em.SetFlushMode(orm.FlushCommit)
				x, err := orm.FindOneOrFail[tent](ctx, em, 1)
				ok(t, err)
				other := e.db.Fork()
				y, err := orm.FindOneOrFail[tent](ctx, other, 1)
				ok(t, err)
				y.Store = c.theirs
				ok(t, other.Flush(ctx))
				x.Store = c.own
				want := encode(t, c.own)
				err = em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
					err := em.Lock(ctx, x)
					if got := encode(t, x.Store); got != want {
						t.Errorf("locked: %s, want %s", got, want)
					}
					return err
				})
				if errors.Is(err, driver.ErrUnsupported) {
					t.Skip(err)
				}
				ok(t, err)
				ok(t, em.Flush(ctx))
				again, err := orm.FindOneOrFail[tent](ctx, e.db.Fork(), 1)
				ok(t, err)
				if got := encode(t, again.Store); got != want {
					t.Errorf("stored: %s, want %s", got, want)
				}
			})
		})
	}
}
