package unit

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
