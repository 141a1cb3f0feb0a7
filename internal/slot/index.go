package slot

import (
	"slices"
	"unsafe"
)

// few is how long a list is searched item by item.
const few = 32

// index finds the items of a list. It knows which list it was made for: the items
// before n that begin at head. A longer list in the same memory has them and
// more, any other list needs an index of its own.
type index struct {
	head *unsafe.Pointer
	n    int
	set  map[unsafe.Pointer]struct{}
}

// has reports whether p is in list, by the index at x where the list is long.
func has(x **index, list []unsafe.Pointer, p unsafe.Pointer) bool {
	if len(list) <= few {
		return slices.Contains(list, p)
	}
	if head := unsafe.SliceData(list); *x == nil || (*x).head != head || (*x).n > len(list) {
		*x = &index{head: head, set: make(map[unsafe.Pointer]struct{}, len(list))}
	}
	(*x).cover(list)
	_, found := (*x).set[p]
	return found
}

// cover takes in the items of list that the index does not have.
func (x *index) cover(list []unsafe.Pointer) {
	for _, p := range list[x.n:] {
		x.set[p] = struct{}{}
	}
	x.n = len(list)
}

// join returns list with p, and keeps the index in step.
func join(x *index, list []unsafe.Pointer, p unsafe.Pointer) []unsafe.Pointer {
	next := append(list, p)
	if x != nil && x.head == unsafe.SliceData(list) && x.n == len(list) {
		x.head = unsafe.SliceData(next)
		x.cover(next)
	}
	return next
}

// leave returns list without p, in memory of its own, and keeps the index in step:
// an iteration under way keeps the list it began with.
func leave(x *index, list []unsafe.Pointer, p unsafe.Pointer) []unsafe.Pointer {
	i := slices.Index(list, p)
	if i < 0 {
		return list
	}
	next := slices.Concat(list[:i], list[i+1:])
	if x != nil && x.head == unsafe.SliceData(list) && x.n == len(list) {
		delete(x.set, p)
		x.head, x.n = unsafe.SliceData(next), len(next)
	}
	return next
}

// without returns list without some items, in memory of its own.
func without(list, items []unsafe.Pointer) []unsafe.Pointer {
	var x *index
	next := make([]unsafe.Pointer, 0, len(list))
	for _, p := range list {
		if !has(&x, items, p) {
			next = append(next, p)
		}
	}
	return next
}

// Distinct returns the items without nil and repeats, in a new list.
func Distinct(list []unsafe.Pointer) []unsafe.Pointer {
	out := make([]unsafe.Pointer, 0, len(list))
	var x *index
	for _, p := range list {
		if p != nil && !has(&x, out, p) {
			out = append(out, p)
		}
	}
	return out
}
