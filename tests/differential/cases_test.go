package differential_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// TestRandomCases: a condition in a case is true for the rows that it finds as a condition.
func TestRandomCases(t *testing.T) {
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			b := newBench(t, e, 3)
			cases(t, e, shortRun)
			requests := requests(b.registry)
			refused := 0
			rapid.Check(t, func(t *rapid.T) {
				r := requests.Draw(t, "request")
				err := b.checkCase(context.Background(), r)
				if errors.Is(err, driver.ErrUnsupported) {
					refused++
					return
				}
				if err != nil {
					t.Fatal(err)
				}
			})
			t.Logf("%d refused", refused)
		})
	}
}

func (b *bench) checkCase(ctx context.Context, r request) error {
	em := b.db.Fork()
	found := qb.New(b.registry, r.Entity, "").Where(r.Where)
	told := qb.New(b.registry, r.Entity, "").Select(qb.Case().When(r.Where, "yes").Else("no").As("told"))
	for _, f := range r.Filters {
		params := map[string]any{"where": f.Where}
		found, told = found.Filter(filterName(f.Entity), params), told.Filter(filterName(f.Entity), params)
	}
	answers, err := orm.Result[string](ctx, em, told)
	if err != nil {
		return fmt.Errorf("case %s\n%w", r, err)
	}
	want, err := orm.Result[int64](ctx, em, found.Count())
	if err != nil {
		return fmt.Errorf("%s\n%w", r, err)
	}
	yes := int64(0)
	for _, answer := range answers {
		if answer == "yes" {
			yes++
		}
	}
	if yes != want[0] {
		return fmt.Errorf("%s\nthe case is true for %d rows of %d, the condition for %d", r, yes, len(answers), want[0])
	}
	return nil
}
