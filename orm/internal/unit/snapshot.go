package unit

import (
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// Snapshot remembers the present state of m as what the database holds.
func (u *Unit) Snapshot(m *Managed) {
	if !u.readOnly {
		m.Snap = u.copyOf(m)
	}
}

// copyOf returns a copy of the entity as it is.
func (u *Unit) copyOf(m *Managed) unsafe.Pointer { return u.slab(m.Meta).Take(m.Entity) }

// slab is where copies of entities of a type come from.
func (u *Unit) slab(e *mapper.Entity) *mapper.Slab {
	for len(u.slabs) <= e.Ordinal {
		u.slabs = append(u.slabs, nil)
	}
	if u.slabs[e.Ordinal] == nil {
		u.slabs[e.Ordinal] = e.NewSlab()
	}
	return u.slabs[e.Ordinal]
}

// Freeze returns a copy of the entity as it is, to publish it later.
func (u *Unit) Freeze(m *Managed) unsafe.Pointer { return u.copyOf(m) }
