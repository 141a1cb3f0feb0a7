package identity

import (
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// Map finds entries by entity and canonical key. The zero value is empty. A Map
// is not safe for concurrent use.
//
// The common kinds of keys have tables of their own, whose keys are no boxes: they
// are hashed and compared as what they are, and an integer need not have a box at all.
type Map struct {
	byRoot []*table // by ordinal of the hierarchy's root, nil before the first entry
}

// table holds the entries of one hierarchy. Keys of one column have one kind, so
// that of these maps one is in use.
type table struct {
	ints   Table[integer, slot.Entry]
	texts  map[string]*slot.Entry
	uuids  map[mapper.UUID]*slot.Entry
	others map[any]*slot.Entry // tuples among them
}

// Get returns the entry of a key, or nil.
func (m *Map) Get(e *mapper.Entity, key any) *slot.Entry {
	t := m.known(e)
	if t == nil {
		return nil
	}
	switch key := key.(type) {
	case int64:
		return t.ints.Get(integer(key))
	case string:
		return t.texts[key]
	case mapper.UUID:
		return t.uuids[key]
	}
	return t.others[key]
}

// GetInt is Get for a key that is one integer.
func (m *Map) GetInt(e *mapper.Entity, key int64) *slot.Entry {
	if t := m.known(e); t != nil {
		return t.ints.Get(integer(key))
	}
	return nil
}

// SeatInt returns where the entry of a key that is one integer stands: a nil one is new, and
// to be filled at once. room is how many more entries of the hierarchy are likely to follow:
// a table that grows grows by that at once.
func (m *Map) SeatInt(e *mapper.Entity, key int64, room int) **slot.Entry {
	return m.table(e).ints.Seat(integer(key), room)
}

// Expect makes room for n more entries of an entity whose keys are single integers.
func (m *Map) Expect(e *mapper.Entity, n int) {
	if hasIntegers(e) {
		m.table(e).ints.Expect(n)
	}
}

// Put enters an entry under a key; an entry already there is replaced.
func (m *Map) Put(e *mapper.Entity, key any, entry *slot.Entry) {
	t := m.table(e)
	switch key := key.(type) {
	case int64:
		*t.ints.Seat(integer(key), 0) = entry
	case string:
		put(&t.texts, key, entry)
	case mapper.UUID:
		put(&t.uuids, key, entry)
	default:
		put(&t.others, key, entry)
	}
}

// Each calls yield for all entries of an entity's hierarchy, in no order. Nothing may be entered
// or deleted meanwhile.
func (m *Map) Each(e *mapper.Entity, yield func(*slot.Entry)) {
	t := m.known(e)
	if t == nil {
		return
	}
	for i := range t.ints.slots {
		if entry := t.ints.slots[i].value; entry != nil {
			yield(entry)
		}
	}
	for _, entry := range t.texts {
		yield(entry)
	}
	for _, entry := range t.uuids {
		yield(entry)
	}
	for _, entry := range t.others {
		yield(entry)
	}
}

// known returns the table of an entity's hierarchy, nil before the first entry.
func (m *Map) known(e *mapper.Entity) *table {
	if i := e.Root().Ordinal; i < len(m.byRoot) {
		return m.byRoot[i]
	}
	return nil
}

// table returns the table of an entity's hierarchy, making it.
func (m *Map) table(e *mapper.Entity) *table {
	i := e.Root().Ordinal
	if i >= len(m.byRoot) {
		m.byRoot = append(m.byRoot, make([]*table, i+1-len(m.byRoot))...)
	}
	if m.byRoot[i] == nil {
		m.byRoot[i] = newTable(e)
	}
	return m.byRoot[i]
}

// newTable returns an empty table. One of integers has room for the first few in the same piece of memory.
func newTable(e *mapper.Entity) *table {
	if !hasIntegers(e) {
		return &table{}
	}
	t := &struct {
		table
		few [5]tableSlot[integer, slot.Entry]
	}{}
	t.ints.slots = t.few[:]
	return &t.table
}

// hasIntegers reports keys that are single integers.
func hasIntegers(e *mapper.Entity) bool {
	return len(e.KeyColumns) == 1 && e.KeyColumns[0].Type != nil && e.KeyColumns[0].Type.Kind == mapper.Int
}

func put[K comparable](entries *map[K]*slot.Entry, key K, entry *slot.Entry) {
	if *entries == nil {
		*entries = map[K]*slot.Entry{}
	}
	(*entries)[key] = entry
}

// Delete removes the key when it belongs to entry; another entity that took
// the key over keeps it.
func (m *Map) Delete(e *mapper.Entity, key any, entry *slot.Entry) {
	if key, ok := key.(int64); ok {
		if t := m.known(e); t != nil {
			t.ints.Delete(integer(key), entry)
		}
		return
	}
	if m.Get(e, key) != entry {
		return
	}
	t := m.table(e)
	switch key := key.(type) {
	case string:
		delete(t.texts, key)
	case mapper.UUID:
		delete(t.uuids, key)
	default:
		delete(t.others, key)
	}
}

// DeleteMost removes the entries of a hierarchy that go, which are about n, where they are most of
// those with a key of one integer and all have one. It reports false where that is not so, and has done
// nothing then.
func (m *Map) DeleteMost(e *mapper.Entity, n int, goes func(*slot.Entry) bool) bool {
	t := m.known(e)
	if t == nil || len(t.texts)+len(t.uuids)+len(t.others) > 0 || 2*n < t.ints.Len() {
		return false
	}
	t.ints.DeleteFunc(goes)
	return true
}

// Len returns the number of entries.
func (m *Map) Len() int {
	n := 0
	for _, t := range m.byRoot {
		if t == nil {
			continue
		}
		n += t.ints.Len() + len(t.texts) + len(t.uuids) + len(t.others)
	}
	return n
}
