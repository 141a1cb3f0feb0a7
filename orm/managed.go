package orm

import (
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// state is where an entity stands in its unit of work.
type state uint8

const (
	// The zero state: the entity is referred to, only its key is known.
	_ state = iota
	// fresh: persisted, not inserted yet.
	fresh
	// clean: read or flushed; it may have been changed since.
	clean
	// removed: to be deleted.
	removed
)

// managed is everything a manager keeps about one entity. References point at
// its Entry.
type managed struct {
	slot.Entry
	meta *mapper.Entity
	// snap is the last known state, nil while there is none (fresh, referenced, read-only).
	snap unsafe.Pointer
	// loaded are the leaves known from the database, nil for all.
	loaded  changeset.Leaves
	state   state
	ordinal int
	// foreign holds, for to-one relations that are plain pointers, what the row
	// said: the field itself cannot tell null from not loaded. By position in shape.owning.
	foreign []*slot.Entry
	// slices holds, for to-many relations that are plain slices, the known items. By position in shape.many.
	slices []*slot.Items
	// change is the insert of a fresh entity while a flush is planned.
	change *changeset.Change
}

// of returns the managed entity behind an entry of this manager.
func of(e *slot.Entry) *managed { return (*managed)(unsafe.Pointer(e)) }

// describe returns "Author 7" or "new Author".
func (m *managed) describe() string {
	if m.Key == nil {
		return "new " + m.meta.Name
	}
	return subject(m.meta.Name, m.Key)
}
