package identity

import (
	"math/bits"
	"math/rand/v2"
)

// Key is what a [Table] finds values by. Hash has bits that differ between keys in the upper ones.
type Key interface {
	comparable
	Hash() uint64
}

// Table finds values by keys without a box for a key: open addressing in one array, in which a
// search that finds nothing ends where the key is to be put. The zero value is empty. A Table is
// not safe for concurrent use.
type Table[K Key, V any] struct {
	slots []tableSlot[K, V]
	n     int
}

// tableSlot is free where it has no value.
type tableSlot[K Key, V any] struct {
	key   K
	value *V
}

// integer is a key of one integer.
type integer int64

// seed keeps those who choose keys from choosing the places, too.
var seed = rand.Uint64()

// Hash implements [Key].
func (i integer) Hash() uint64 {
	hi, lo := bits.Mul64(uint64(i)^seed, 0x9e3779b97f4a7c15)
	return hi ^ lo
}

// home is where a search for a key begins.
func (t *Table[K, V]) home(key K) int {
	at, _ := bits.Mul64(key.Hash(), uint64(len(t.slots)))
	return int(at)
}

// find returns the slot of a key, or the free one where it belongs.
func (t *Table[K, V]) find(key K) int {
	i := t.home(key)
	for t.slots[i].value != nil && t.slots[i].key != key {
		i = t.next(i)
	}
	return i
}

func (t *Table[K, V]) next(i int) int {
	if i++; i == len(t.slots) {
		return 0
	}
	return i
}

// Len is how many values there are.
func (t *Table[K, V]) Len() int { return t.n }

// Get returns the value of a key, or nil.
func (t *Table[K, V]) Get(key K) *V {
	if t.n == 0 {
		return nil
	}
	return t.slots[t.find(key)].value
}

// Seat returns where the value of a key stands: a nil one is to be filled at once. room is
// how many are likely to follow.
func (t *Table[K, V]) Seat(key K, room int) **V {
	if 4*t.n >= 3*len(t.slots) {
		t.grow(max(t.n+room, 2*t.n))
	}
	s := &t.slots[t.find(key)]
	if s.value == nil {
		s.key = key
		t.n++
	}
	return &s.value
}

// firstRoom is how many values there is room for at least: of a smaller array three quarters
// could be all, and a search needs a free slot to end at.
const firstRoom = 6

// Expect makes room for n more values.
func (t *Table[K, V]) Expect(n int) {
	if 4*(t.n+n) > 3*len(t.slots) {
		t.grow(max(t.n+n, 2*t.n))
	}
}

// grow makes room for n values in all, or a few.
func (t *Table[K, V]) grow(n int) {
	before := t.slots
	n = max(n, firstRoom)
	t.slots = make([]tableSlot[K, V], n+n/3+1)
	for _, s := range before {
		if s.value != nil {
			t.slots[t.find(s.key)] = s
		}
	}
	clear(before) // which may be part of what stays, and would hold what was in it
}

// Delete takes a key out when it belongs to value. What follows moves up, so that no search
// ends before it.
func (t *Table[K, V]) Delete(key K, value *V) {
	if t.n == 0 {
		return
	}
	free := t.find(key)
	if t.slots[free].value != value || value == nil {
		return
	}
	for i := t.next(free); t.slots[i].value != nil; i = t.next(i) {
		if between(t.home(t.slots[i].key), free, i) {
			t.slots[free] = t.slots[i]
			free = i
		}
	}
	t.slots[free] = tableSlot[K, V]{}
	t.n--
}

// DeleteFunc takes out all values that go. What is left gets an array of its size.
func (t *Table[K, V]) DeleteFunc(goes func(*V) bool) {
	left := 0
	for i := range t.slots {
		switch s := &t.slots[i]; {
		case s.value == nil:
		case goes(s.value):
			*s = tableSlot[K, V]{}
		default:
			left++
		}
	}
	if left == t.n {
		return
	}
	if t.n = left; left == 0 {
		t.slots = nil
		return
	}
	t.grow(left)
}

// between reports that a search which begins at home comes past free before it reaches i.
func between(home, free, i int) bool {
	if free <= i {
		return home <= free || home > i
	}
	return home <= free && home > i
}
