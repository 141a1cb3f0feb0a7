package unit

import (
	"math/bits"
	"unsafe"
)

// addresses finds the places of entities by the addresses of these: open addressing in one
// array. The zero value is empty.
type addresses struct {
	slots []addressSlot
	n     int
}

// addressSlot is free where it has no place. The address keeps the entity's memory from
// being used for another.
type addressSlot struct {
	entity unsafe.Pointer
	place  *Managed
}

// home is where a search for an address begins.
func (t *addresses) home(entity unsafe.Pointer) int {
	at, _ := bits.Mul64(uint64(uintptr(entity))*0x9e3779b97f4a7c15, uint64(len(t.slots)))
	return int(at)
}

func (t *addresses) next(i int) int {
	if i++; i == len(t.slots) {
		return 0
	}
	return i
}

// slot returns the slot of an address, or the free one where it belongs.
func (t *addresses) slot(entity unsafe.Pointer) *addressSlot {
	i := t.home(entity)
	for t.slots[i].place != nil && t.slots[i].entity != entity {
		i = t.next(i)
	}
	return &t.slots[i]
}

// get returns the place of the entity at an address, or nil.
func (t *addresses) get(entity unsafe.Pointer) *Managed {
	if t.n == 0 {
		return nil
	}
	return t.slot(entity).place
}

// put enters a place, instead of the one that the address may have.
func (t *addresses) put(m *Managed) {
	if 4*t.n >= 3*len(t.slots) {
		t.grow(max(2*t.n, firstAddresses))
	}
	s := t.slot(m.Entity)
	if s.place == nil {
		t.n++
	}
	*s = addressSlot{m.Entity, m}
}

// firstAddresses is how many entities there is room for at first.
const firstAddresses = 6

// grow makes room for n entities in all.
func (t *addresses) grow(n int) {
	before := t.slots
	t.slots = make([]addressSlot, n+n/3+1)
	for _, s := range before {
		if s.place != nil {
			*t.slot(s.entity) = s
		}
	}
}

// delete takes a place out, unless its address has another by now. What follows moves up, so
// that no search ends before it.
func (t *addresses) delete(m *Managed) {
	if t.get(m.Entity) != m {
		return
	}
	free := t.home(m.Entity)
	for t.slots[free].entity != m.Entity {
		free = t.next(free)
	}
	for i := t.next(free); t.slots[i].place != nil; i = t.next(i) {
		// One whose search comes past the free slot before it reaches its own moves there.
		home := t.home(t.slots[i].entity)
		if free <= i && (home <= free || home > i) || free > i && home <= free && home > i {
			t.slots[free] = t.slots[i]
			free = i
		}
	}
	t.slots[free] = addressSlot{}
	t.n--
}
