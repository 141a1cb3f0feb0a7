package slot

import (
	"slices"
	"unsafe"
)

// few is how long a list is searched item by item.
const few = 32

// List is an ordered list of distinct entities. Taking items out one by one costs
// as much as there are items in all, not as much for each: an item leaves a hole,
// and the holes are closed when the list is read. The zero List is empty. It is not
// safe for concurrent use.
type List struct {
	items []unsafe.Pointer // nil where an item left
	holes int
	// shared reports that a reader keeps the memory: it is copied before it is changed.
	shared bool
	// searched counts the items gone past by searches since the last index.
	searched int
	// hint is where the last item left: its neighbours often go next.
	hint int
	// at finds the items of a long list that is searched often, nil before.
	at map[unsafe.Pointer]int
}

// ListOf returns a list of distinct items, which takes over the memory.
func ListOf(items []unsafe.Pointer) List { return List{items: slices.Clip(items), shared: true} }

// Len returns the number of items.
func (l *List) Len() int { return len(l.items) - l.holes }

// Has reports whether p is in the list. It may make an index, so that it counts as a change.
func (l *List) Has(p unsafe.Pointer) bool { return l.find(p) >= 0 }

// View returns the items in order. The memory belongs to the list but is never
// changed again; the next change works on a copy.
func (l *List) View() []unsafe.Pointer {
	l.compact()
	l.shared = true
	return l.items
}

// Read returns the items in order, until the next change.
func (l *List) Read() []unsafe.Pointer {
	l.compact()
	return l.items
}

// Append puts p, which is not in the list, at its end.
func (l *List) Append(p unsafe.Pointer) {
	if l.at != nil {
		l.at[p] = len(l.items)
	}
	// Readers of shared memory do not see what lies behind its end.
	l.items = append(l.items, p)
}

// Insert puts p, which is not in the list, at position i, or at the end.
func (l *List) Insert(i int, p unsafe.Pointer) {
	l.compact()
	if i < 0 || i >= len(l.items) {
		l.Append(p)
		return
	}
	l.items = slices.Insert(slices.Clip(l.items), i, p)
	l.shared, l.at, l.searched = false, nil, 0
}

// Delete takes p out and returns where it was, -1 when it is not there. Positions
// count what left since the list was last read.
func (l *List) Delete(p unsafe.Pointer) int {
	i := l.find(p)
	if i < 0 {
		return -1
	}
	if l.shared {
		l.items, l.shared = slices.Clone(l.items), false
	}
	if l.at != nil {
		delete(l.at, p)
	}
	if i == len(l.items)-1 {
		l.items = l.items[:i]
		return i
	}
	l.items[i] = nil
	l.holes++
	l.hint = i + 1
	return i
}

// Clear makes the list empty.
func (l *List) Clear() { *l = List{} }

// Clone returns a list of its own.
func (l *List) Clone() List { return List{items: slices.Clone(l.Read())} }

// compact closes the holes.
func (l *List) compact() {
	if l.holes == 0 {
		return
	}
	kept := make([]unsafe.Pointer, 0, len(l.items)-l.holes)
	for _, p := range l.items {
		if p != nil {
			kept = append(kept, p)
		}
	}
	l.items, l.holes, l.hint, l.shared, l.at, l.searched = kept, 0, 0, false, nil, 0
}

// find returns the position of p among the items and holes, or -1. Short lists, and
// those searched now and then, are gone through; the others get an index.
func (l *List) find(p unsafe.Pointer) int {
	if l.at != nil {
		if i, ok := l.at[p]; ok {
			return i
		}
		return -1
	}
	if len(l.items) <= few {
		return slices.Index(l.items, p)
	}
	near := min(l.hint+few, len(l.items))
	if i := slices.Index(l.items[min(l.hint, near):near], p); i >= 0 {
		return min(l.hint, near) + i
	}
	if l.searched < 2*len(l.items) {
		i := slices.Index(l.items, p)
		if l.searched += i; i < 0 {
			l.searched += len(l.items) + 1
		}
		return i
	}
	l.at = make(map[unsafe.Pointer]int, len(l.items))
	for i, x := range l.items {
		if x != nil {
			l.at[x] = i
		}
	}
	return l.find(p)
}

// Distinct returns the items without nil and repeats, in a new list.
func Distinct(items []unsafe.Pointer) []unsafe.Pointer {
	out := make([]unsafe.Pointer, 0, len(items))
	if len(items) <= few {
		for _, p := range items {
			if p != nil && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
		return out
	}
	seen := make(map[unsafe.Pointer]struct{}, len(items))
	for _, p := range items {
		if _, repeated := seen[p]; p != nil && !repeated {
			seen[p] = struct{}{}
			out = append(out, p)
		}
	}
	return out
}
