package load

import (
	"slices"
	"testing"

	"github.com/weft-orm/weft/orm/internal/unit"
)

// TestArrange gives targets to three owners, one of which has none, in mixed order,
// one twice, and one to nobody.
func TestArrange(t *testing.T) {
	m := make([]*managed, 5)
	for i := range m {
		m[i] = &managed{}
	}
	f := arrange(3, []int32{2, 0, -1, 2, 0, 2}, []*managed{m[0], m[1], m[2], m[3], m[4], m[0]}, nil)
	want := [][]*managed{{m[1], m[4]}, {}, {m[0], m[3], m[0]}}
	for i, list := range want {
		if !slices.Equal(f.of(i), list) {
			t.Errorf("owner %d has %v, want %v", i, f.of(i), list)
		}
	}
	var u unit.Unit
	f.distinct(&u)
	want[2] = want[2][:2]
	for i, list := range want {
		if !slices.Equal(f.of(i), list) {
			t.Errorf("owner %d has %v once, want %v", i, f.of(i), list)
		}
	}
	if len((*family)(nil).of(0)) != 0 {
		t.Error("nobody has targets")
	}
}

// TestNumbersOf lets the first of two owners with one key count.
func TestNumbersOf(t *testing.T) {
	a, b, c := &managed{}, &managed{}, &managed{}
	a.Key, b.Key, c.Key = int64(7), "x", int64(7)
	n := numbersOf([]*managed{a, b, c})
	if n.ints[7] != 0 || n.others["x"] != 1 {
		t.Errorf("%v and %v", n.ints, n.others)
	}
}
