package changeset

import (
	"unsafe"
)

// Width is how many values an operation on one link has at most.
func (l *LinkChange) Width() int {
	n := len(l.Owner) + len(l.Relation.Relation.Pivot.Target)
	if l.Relation.Relation.Pivot.Order != nil {
		n++
	}
	return n
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
