package unit

import (
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// Snapshot remembers the present state of m as what the database holds.
func (u *Unit) Snapshot(m *Managed) {
	if !u.readOnly {
		m.Snap = u.copyOf(m)
		u.show(m)
	}
}

// copyOf returns a copy of the entity as it is. The first one needs no slab: many units
// read a single row.
func (u *Unit) copyOf(m *Managed) unsafe.Pointer {
	if u.slabs == nil && len(u.tracked) <= 1 && u.room <= 1 {
		x := m.Meta.New()
		m.Meta.Copy(x, m.Entity)
		return x
	}
	return u.slab(m.Meta).Take(m.Entity)
}

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
