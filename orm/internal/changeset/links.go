package changeset

import (
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// LinkChange is what a flush does to the links of one owner through one
// many-to-many relation.
type LinkChange struct {
	// Relation is the owning side.
	Relation *mapper.Property
	// Ordinal breaks ties.
	Ordinal int
	// Owner are the parts of the owner's key, canonical or handles.
	Owner []any
	// Unsure reports that the stored links are not known, so that an added one may be there.
	Unsure bool
	// Clear removes all links first, those never seen included.
	Clear bool
	// Removed, Added and Moved are links to remove, to add, and to give another position.
	Removed, Added, Moved []Link
}

// Link is one link of an owner.
type Link struct {
	// Target are the parts of the target's key, canonical or handles.
	Target []any
	// Position is the place in an ordered relation, from 0.
	Position int
}

// Width is how many values an operation on one link has at most.
func (l *LinkChange) Width() int {
	n := len(l.Owner) + len(l.Relation.Relation.Pivot.Target)
	if l.Relation.Relation.Pivot.Order != nil {
		n++
	}
	return n
}

// Empty reports that nothing is to be written.
func (l *LinkChange) Empty() bool {
	return !l.Clear && len(l.Removed) == 0 && len(l.Added) == 0 && len(l.Moved) == 0
}

// Diff is the difference of two lists of distinct items. Added and Moved are
// indexes into the new list, Removed into the old.
type Diff struct{ Added, Removed, Moved []int }

// DiffItems compares two lists of distinct items by identity. An item is moved
// when its index differs.
func DiffItems(before, after []unsafe.Pointer) Diff {
	var d Diff
	if equal(before, after) {
		return d
	}
	old := make(map[unsafe.Pointer]int, len(before))
	for i, p := range before {
		old[p] = i
	}
	kept := make([]bool, len(before))
	for i, p := range after {
		at, known := old[p]
		switch {
		case !known:
			d.Added = append(d.Added, i)
			continue
		case at != i:
			d.Moved = append(d.Moved, i)
		}
		kept[at] = true
	}
	for i := range before {
		if !kept[i] {
			d.Removed = append(d.Removed, i)
		}
	}
	return d
}

func equal(a, b []unsafe.Pointer) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
