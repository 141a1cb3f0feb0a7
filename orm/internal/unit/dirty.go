package unit

import (
	"slices"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/mapper"
)

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

// scan takes the entities into the run some view or value of which may have changed. A
// loose one counts only when something leads to it. This is all that a clean entity
// costs a flush.
func (s *syncing) scan() {
	u := s.u
	var meta *mapper.Entity
	var plain bool
	for _, m := range u.tracked {
		switch {
		case m == nil:
		case m.State == Clean:
			if m.Snap == nil {
				continue
			}
			if m.Meta != meta {
				meta = m.Meta
				plain = len(u.Shape(meta).Slices)+len(u.Shape(meta).Shown) > 0
			}
			if !meta.Unchanged(m.Entity, m.Snap) && !planted.Is(planted.SyncValues) ||
				m.more != nil && m.more.base != nil && !planted.Is(planted.SyncBaselines) ||
				plain && u.slicesChanged(m) && !planted.Is(planted.SyncSlices) {
				s.enqueue(m)
			}
		case m.State == Fresh || m.State == Removed:
			s.enqueue(m)
		}
	}
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
