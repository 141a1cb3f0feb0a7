package identity

import (
	"math/bits"
	"math/rand/v2"

	"github.com/weft-orm/weft/internal/slot"
)

// ints finds entries by integers: open addressing in one array, in which a search that
// finds nothing ends where the key is to be put. The zero value is empty.
type ints struct {
	slots []intSlot
	n     int
}

// intSlot is free where it has no entry.
type intSlot struct {
	key   int64
	entry *slot.Entry
}

// seed keeps those who choose keys from choosing the places, too.
var seed = rand.Uint64()

// home is where a search for a key begins.
func (t *ints) home(key int64) int {
	hi, lo := bits.Mul64(uint64(key)^seed, 0x9e3779b97f4a7c15)
	at, _ := bits.Mul64(hi^lo, uint64(len(t.slots)))
	return int(at)
}

// find returns the slot of a key, or the free one where it belongs.
func (t *ints) find(key int64) *intSlot {
	i := t.home(key)
	for t.slots[i].entry != nil && t.slots[i].key != key {
		i = t.next(i)
	}
	return &t.slots[i]
}

func (t *ints) next(i int) int {
	if i++; i == len(t.slots) {
		return 0
	}
	return i
}

// get returns the entry of a key, or nil.
func (t *ints) get(key int64) *slot.Entry {
	if t.n == 0 {
		return nil
	}
	return t.find(key).entry
}

// seat returns where the entry of a key stands: a nil one is to be filled at once. room is
// how many are likely to follow.
func (t *ints) seat(key int64, room int) **slot.Entry {
	if 4*t.n >= 3*len(t.slots) {
		t.grow(max(t.n+room, 2*t.n, firstInts))
	}
	s := t.find(key)
	if s.entry == nil {
		s.key = key
		t.n++
	}
	return &s.entry
}

// expect makes room for n more entries.
func (t *ints) expect(n int) {
	if 4*(t.n+n) > 3*len(t.slots) {
		t.grow(max(t.n+n, 2*t.n))
	}
}

// firstInts is how many entries there is room for at first.
const firstInts = 6

// grow makes room for n entries in all.
func (t *ints) grow(n int) {
	before := t.slots
	t.slots = make([]intSlot, n+n/3+1)
	for _, s := range before {
		if s.entry != nil {
			*t.find(s.key) = s
		}
	}
}

// delete takes a key out when it belongs to entry. What follows moves up, so that no search
// ends before it.
func (t *ints) delete(key int64, entry *slot.Entry) {
	if t.n == 0 {
		return
	}
	free := t.home(key)
	for t.slots[free].key != key && t.slots[free].entry != nil {
		free = t.next(free)
	}
	if t.slots[free].entry != entry {
		return
	}
	for i := t.next(free); t.slots[i].entry != nil; i = t.next(i) {
		if t.between(t.home(t.slots[i].key), free, i) {
			t.slots[free] = t.slots[i]
			free = i
		}
	}
	t.slots[free] = intSlot{}
	t.n--
}

// between reports that a search which begins at home comes past free before it reaches i.
func (t *ints) between(home, free, i int) bool {
	if free <= i {
		return home <= free || home > i
	}
	return home <= free && home > i
}
