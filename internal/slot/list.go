package slot

import (
	"slices"
	"unsafe"
)

// firstItems is how many items a list has room for when the first one joins.
const firstItems = 4

// few is how long a list is searched item by item.
const few = 32

// List is an ordered list of distinct entities. Taking items out one by one costs
// as much as there are items in all, not as much for each: an item leaves a hole,
// and the holes are closed when the list is read. The zero List is empty. It is not
// safe for concurrent use.
type List struct {
	items []unsafe.Pointer // nil where an item left
	// long is what only long lists need that are searched; nil before.
	long  *search
	holes int32
	// shared reports that a reader keeps the memory: it is copied before it is changed.
	shared bool
}

// search makes the searches of a long list short.
type search struct {
	// searched counts the items gone past by searches since the last index.
	searched int
	// hint is where the last item left: its neighbours often go next.
	hint int
	// at finds the items of a list that is searched often: open addressing, with
	// positions counted from 1 and 0 for a free place. It is nil before.
	at []uint32
}

// ListOf returns a list of distinct items, which takes over the memory.
func ListOf(items []unsafe.Pointer) List { return List{items: slices.Clip(items), shared: true} }

// Len returns the number of items.
func (l *List) Len() int { return len(l.items) - int(l.holes) }

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
	if l.isIndexed() {
		l.enter(p, len(l.items))
	}
	if l.items == nil {
		l.items = make([]unsafe.Pointer, 0, firstItems)
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
	l.shared, l.long = false, nil
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
	if i == len(l.items)-1 && !l.isIndexed() {
		l.items = l.items[:i]
		return i
	}
	l.items[i] = nil
	l.holes++
	if l.long != nil {
		l.long.hint = i + 1
	}
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
	kept := make([]unsafe.Pointer, 0, l.Len())
	for _, p := range l.items {
		if p != nil {
			kept = append(kept, p)
		}
	}
	l.items, l.holes, l.shared, l.long = kept, 0, false, nil
}

// isIndexed reports a list that has an index.
func (l *List) isIndexed() bool { return l.long != nil && l.long.at != nil }

// find returns the position of p among the items and holes, or -1. Short lists, and
// those searched now and then, are gone through; the others get an index.
func (l *List) find(p unsafe.Pointer) int {
	if l.isIndexed() {
		return l.indexed(p)
	}
	if len(l.items) <= few {
		return slices.Index(l.items, p)
	}
	if l.long == nil {
		l.long = &search{}
	}
	s := l.long
	near := min(s.hint+few, len(l.items))
	if i := slices.Index(l.items[min(s.hint, near):near], p); i >= 0 {
		return min(s.hint, near) + i
	}
	if s.searched < 2*len(l.items) {
		i := slices.Index(l.items, p)
		if s.searched += i; i < 0 {
			s.searched += len(l.items) + 1
		}
		return i
	}
	l.build()
	return l.indexed(p)
}

// build makes the index, with room for as many items again.
func (l *List) build() {
	size := 4 * few
	for size < 4*len(l.items) {
		size *= 2
	}
	l.long.at = make([]uint32, size)
	for i, x := range l.items {
		if x != nil {
			l.enter(x, i)
		}
	}
}

// enter notes the position of an item. An index that fills up is given up: the next
// search makes another.
func (l *List) enter(p unsafe.Pointer, i int) {
	at := l.long.at
	if 2*i >= len(at) {
		l.long.at = nil
		return
	}
	mask := uint32(len(at) - 1)
	for h := hash(p) & mask; ; h = (h + 1) & mask {
		if at[h] == 0 {
			at[h] = uint32(i) + 1
			return
		}
	}
}

// indexed returns the position of p by the index, or -1. What left has nil at its position.
func (l *List) indexed(p unsafe.Pointer) int {
	at := l.long.at
	mask := uint32(len(at) - 1)
	for h := hash(p) & mask; at[h] != 0; h = (h + 1) & mask {
		if i := int(at[h]) - 1; l.items[i] == p {
			return i
		}
	}
	return -1
}

// hash spreads addresses, which end in the same bits.
func hash(p unsafe.Pointer) uint32 { return uint32(uint64(uintptr(p)) * 0x9e3779b97f4a7c15 >> 32) }

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
