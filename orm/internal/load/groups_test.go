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
	for range 3 { // the memory of the run before is used again
		k.reset()
		fill(&k, all, long, short, none)
	}
	f := k.family(unit.New(nil, nil), false)
	if !slices.Equal(k.owners, []*managed{long, none, short}) || !slices.Equal(f.of(0), all) || len(f.of(1)) > 0 || !slices.Equal(f.of(2), all[:5]) {
		t.Errorf("%d owners with %d, %d and %d targets", len(k.owners), len(f.of(0)), len(f.of(1)), len(f.of(2)))
	}
}

// fill adds the links three times over. Only the first rows of an owner are told to be so.
func fill(k *links, all []*managed, long, short, none *managed) {
	met := map[*managed]bool{}
	add := func(owner, target *managed) {
		k.add(owner, target, !met[owner])
		met[owner] = true
	}
	for range 3 {
		for i, m := range all {
			add(long, m)
			add(none, nil)
			add(short, all[i%5])
			add(short, all[i%5])
		}
	}
}

// TestLinksInOrder needs no map while the rows of an owner follow each other, and makes one
// for an owner that comes again, or that was there before the read.
func TestLinksInOrder(t *testing.T) {
	a, b, known, x, y := &managed{}, &managed{}, &managed{}, &managed{}, &managed{}
	var k links
	k.add(a, x, true)
	k.add(a, y, false)
	k.add(b, x, true)
	if k.numbers != nil {
		t.Error("a map was made")
	}
	k.add(known, y, false)
	k.add(a, x, false)
	k.add(known, x, false)
	f := k.family(unit.New(nil, nil), false)
	if !slices.Equal(k.owners, []*managed{a, b, known}) || !slices.Equal(f.of(0), []*managed{x, y}) || !slices.Equal(f.of(1), []*managed{x}) || !slices.Equal(f.of(2), []*managed{y, x}) {
		t.Errorf("%d owners with %d, %d and %d targets", len(k.owners), len(f.of(0)), len(f.of(1)), len(f.of(2)))
	}
}
