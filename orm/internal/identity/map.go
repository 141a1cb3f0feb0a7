package identity

import (
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// Map finds entries by entity and canonical key. The zero value is empty. A Map
// is not safe for concurrent use.
type Map struct {
	byRoot []map[any]*slot.Entry // by ordinal of the hierarchy's root
}

// Get returns the entry of a key, or nil.
func (m *Map) Get(e *mapper.Entity, key any) *slot.Entry {
	if i := e.Root().Ordinal; i < len(m.byRoot) {
		return m.byRoot[i][key]
	}
	return nil
}

// Put enters an entry under a key; an entry already there is replaced.
func (m *Map) Put(e *mapper.Entity, key any, entry *slot.Entry) {
	i := e.Root().Ordinal
	for i >= len(m.byRoot) {
		m.byRoot = append(m.byRoot, nil)
	}
	if m.byRoot[i] == nil {
		m.byRoot[i] = map[any]*slot.Entry{}
	}
	m.byRoot[i][key] = entry
}

// Delete removes the key when it belongs to entry; another entity that took
// the key over keeps it.
func (m *Map) Delete(e *mapper.Entity, key any, entry *slot.Entry) {
	if m.Get(e, key) == entry {
		delete(m.byRoot[e.Root().Ordinal], key)
	}
}

// Len returns the number of entries.
func (m *Map) Len() int {
	n := 0
	for _, entries := range m.byRoot {
		n += len(entries)
	}
	return n
}
