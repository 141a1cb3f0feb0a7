package unit

import "slices"

// Dirty reports whether the row of m would be written: a property differs from what
// is stored.
func (u *Unit) Dirty(m *Managed) bool {
	if m.Snap == nil {
		return false
	}
	for _, p := range m.Meta.Leaves {
		switch {
		case !m.Loaded.Has(p.Index) && m.more != nil && slices.Contains(m.more.missing, p) && p.Access.Equal != nil && !p.Access.Equal(m.Entity, m.Snap):
			return true // it counts as not read any more
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

// slicesChanged reports a plain slice that differs from what the unit agreed to.
func (u *Unit) slicesChanged(m *Managed) bool {
	for _, p := range u.Shape(m.Meta).Slices {
		list := *p.Slice(m.Entity)
		if s := u.Items(m, p); !sameItems(list, s) || replaced(m, s, list) {
			return true
		}
	}
	for _, p := range u.Shape(m.Meta).Shown {
		if u.shownChanged(m, p) {
			return true
		}
	}
	return false
}
