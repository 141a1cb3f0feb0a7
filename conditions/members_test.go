package conditions_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// cell is a row of one value.
type cell struct{ v any }

func (c cell) Value(*mapper.Property) (any, error)             { return c.v, nil }
func (c cell) Key(*mapper.Property) (any, error)               { return c.v, nil }
func (c cell) One(*mapper.Property) (conditions.Row, error)    { return nil, nil }
func (c cell) Many(*mapper.Property) ([]conditions.Row, error) { return nil, nil }

// TestLongLists asks for values of all kinds in a long list, at first and once the
// list is hashed, and expects what a comparison with every item gives.
func TestLongLists(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 5, time.UTC)
	values := []any{
		"a", "b", true, []byte("a"), noon, noon.In(time.FixedZone("", 3600)), noon.Add(1),
		mapper.UUID{1}, mapper.ULID{1}, mapper.ObjectID{1},
		int64(1), uint64(1), 1.0, mapper.Decimal("1.00"), big.NewRat(1, 1), 0.5, mapper.Decimal("0.5"), mapper.Decimal("0.1"), 0.1,
		uint64(math.MaxUint64), mapper.Decimal("18446744073709551615"), math.Inf(1), math.NaN(), math.Copysign(0, -1), int64(0),
		[]any{}, []any{int64(1)}, []any{mapper.Decimal("1.0")}, []any{int64(1), "a"}, []any{"a", int64(1)}, []any{[]any{int64(1)}, "a"}, []any{math.NaN()},
		map[string]any{},
	}
	reg := registry(t)
	in := &conditions.InNode{Field: conditions.Field{Property: reg.Entity("Book").Property("title")}}
	in.Values = conditions.Slot(0)
	for i, present := range values {
		list := make([]any, 40, 41)
		for k := range list {
			list[k] = fmt.Sprint("other ", k)
		}
		list[20] = present
		for _, list := range [][]any{list, append(list, nil)} {
			ev := conditions.Evaluator{Args: []any{list}}
			for _, not := range []bool{false, false, true} { // the second question hashes
				for k, v := range values {
					c, ok := conditions.Order(v, present)
					want := ok && c == 0
					if not {
						want = !want && len(list) == 40
					}
					in.Not = not
					if got, err := ev.Matches(in, cell{v}); got != want || err != nil {
						t.Errorf("value %d %#v in a list of %d with %d %#v, not %t: %t, %v", k, v, len(list), i, present, not, got, err)
					}
				}
			}
		}
	}
}

// TestLongListsAreHashedOnce counts allocations, of which every comparison of
// decimals makes some, and gives one evaluator several lists.
func TestLongListsAreHashedOnce(t *testing.T) {
	list := func(from int) []any {
		all := make([]any, 2000)
		for i := range all {
			all[i] = mapper.Decimal(fmt.Sprintf("%d.5", from+i))
		}
		return all
	}
	in := &conditions.InNode{Field: conditions.Field{Property: registry(t).Entity("Book").Property("title")}, Values: conditions.Slot(0)}
	ev := conditions.Evaluator{Args: []any{list(0)}}
	find := func(v any, want bool) {
		t.Helper()
		if got, err := ev.Matches(in, cell{v}); got != want || err != nil {
			t.Errorf("%v: %t, %v", v, got, err)
		}
	}
	find(mapper.Decimal("7.50"), true)
	find(mapper.Decimal("7.50"), true)
	if n := testing.AllocsPerRun(10, func() { find(mapper.Decimal("1999.50"), true) }); n > 40 {
		t.Errorf("a question makes %.0f allocations", n)
	}
	ev.Args = []any{list(5000)}
	for range 3 {
		find(mapper.Decimal("7.5"), false)
		find(mapper.Decimal("5007.5"), true)
	}
}
