package unit

import "unsafe"

// Dirty reports whether the row of m would be written: a property differs from what
// is stored.
func (u *Unit) Dirty(m *Managed) bool {
	if m.Snap == nil {
		return false
	}
	for _, p := range m.Meta.Leaves {
		switch {
		case !m.Loaded.Has(p.Index) || p.Virtual || p.Formula != "" || p.Kind.IsToMany():
		case p.Kind.IsToOne():
			if p.Relation.Owning && u.Reference(m, p) != u.Stored(m, p) {
				return true
			}
		case p.Access.Equal != nil && !p.Access.Equal(m.Entity, m.Snap):
			return true
		}
	}
	return false
}

// Snapshot remembers the present state of m as what the database holds.
func (u *Unit) Snapshot(m *Managed) {
	if !u.readOnly {
		m.Snap = u.copyOf(m)
	}
}

// copyOf returns a copy of the entity as it is.
func (u *Unit) copyOf(m *Managed) unsafe.Pointer {
	for len(u.slabs) <= m.Meta.Ordinal {
		u.slabs = append(u.slabs, nil)
	}
	slab := u.slabs[m.Meta.Ordinal]
	if slab == nil {
		slab = m.Meta.NewSlab()
		u.slabs[m.Meta.Ordinal] = slab
	}
	return slab.Take(m.Entity)
}

// Freeze returns a copy of the entity as it is, to publish it later.
func (u *Unit) Freeze(m *Managed) unsafe.Pointer { return u.copyOf(m) }
