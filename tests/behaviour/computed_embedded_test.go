package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// A computedCrate has a label that may be absent, in which the database computes two values.
type (
	computedCrate struct {
		ID    int64
		Name  string
		Label *computedLabel
	}
	computedLabel struct {
		Always int64 `orm:",formula=1 + 1"`
		Made   int64 `orm:",generated=2 + 2"`
		Width  *int64
		Border *computedBorder
	}
	computedBorder struct {
		Always int64 `orm:",formula=3 + 3"`
		Color  *string
	}
)

// TestComputedInAbsent: what the database computes makes no embedded value present, and is read where that is.
func TestComputedInAbsent(t *testing.T) {
	engines(t, []any{computedCrate{}}, func(t *testing.T, e engine) {
		if !e.caps.Checks {
			return // no SQL expressions
		}
		width, color := int64(7), "red"
		labels := map[string]func() *computedLabel{
			"absent":       func() *computedLabel { return nil },
			"width":        func() *computedLabel { return &computedLabel{Width: &width} },
			"border":       func() *computedLabel { return &computedLabel{Border: &computedBorder{Color: &color}} },
			"width, color": func() *computedLabel { return &computedLabel{Width: &width, Border: &computedBorder{Color: &color}} },
		}
		for name, label := range labels {
			ctx, em := t.Context(), e.db.Fork()
			crate := &computedCrate{Name: name, Label: label()}
			whole := func(when string, computed bool) {
				t.Helper()
				want, got := label(), crate.Label
				if (want == nil) != (got == nil) || got != nil && (want.Border == nil) != (got.Border == nil) {
					t.Fatalf("%s, %s: the label is %+v", name, when, got)
				}
				if computed && got != nil && (got.Always != 2 || got.Made != 4 || got.Border != nil && got.Border.Always != 6) {
					t.Errorf("%s, %s: computed %+v", name, when, got)
				}
				idle(t, em)
			}
			em.Persist(crate)
			ok(t, em.Flush(ctx))
			whole("inserted", false)
			ok(t, em.Refresh(ctx, crate))
			whole("refreshed", true)
			em = e.db.Fork()
			found, err := orm.FindOneOrFail[computedCrate](ctx, em, crate.ID)
			ok(t, err)
			crate = found
			whole("found", true)
			for other, next := range labels {
				crate.Label = next()
				ok(t, em.Flush(ctx))
				idle(t, em)
				crate.Label = label()
				err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
					ok(t, em.Flush(ctx))
					return context.Canceled
				})
				if !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				ok(t, em.Flush(ctx))
				whole("after "+other, false)
				ok(t, em.Refresh(ctx, crate))
				whole("after "+other+", refreshed", true)
			}
		}
	})
}
