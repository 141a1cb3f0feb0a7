package load

import (
	"slices"
	"testing"

	"github.com/weft-orm/weft/orm/internal/unit"
)

// TestLinks links every entity several times, to short lists and a long one, whose rows
// follow each other and do not.
func TestLinks(t *testing.T) {
	all := make([]*managed, 100)
	for i := range all {
		all[i] = &managed{}
	}
	long, short, none := &managed{}, &managed{}, &managed{}
	var k links
	for range 3 {
		for i, m := range all {
			k.add(long, m)
			k.add(none, nil)
			k.add(short, all[i%5])
			k.add(short, all[i%5])
		}
	}
	f := k.family(unit.New(nil, nil))
	if !slices.Equal(k.owners, []*managed{long, none, short}) || !slices.Equal(f.of(0), all) || len(f.of(1)) > 0 || !slices.Equal(f.of(2), all[:5]) {
		t.Errorf("%d owners with %d, %d and %d targets", len(k.owners), len(f.of(0)), len(f.of(1)), len(f.of(2)))
	}
}
