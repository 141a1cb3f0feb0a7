package unit

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/fault"
)

// ErrReadOnlyRelation reports a change of a relation that only shows what others keep.
var ErrReadOnlyRelation = fault.ErrReadOnlyRelation

// shown reports read-only relations of m that the user has changed. Nothing is carried over
// from them, and no other view carries anything over to them: they are as they were read.
func (s *syncing) shown(m *Managed) {
	for _, p := range s.u.Shape(m.Meta).Shown {
		if s.u.shownChanged(m, p) {
			s.fail(place{m, p}.problem(ErrReadOnlyRelation, "the relation is read-only: "+p.ReadOnlyHint()))
		}
	}
}

// shownChanged reports a read-only relation that differs from what was read.
func (u *Unit) shownChanged(m *Managed, p *mapper.Property) bool {
	if p.Kind.IsToOne() {
		return u.Reference(m, p) != u.baseline(m, p).target
	}
	st := u.Items(m, p)
	if p.Relation.Style == mapper.SliceField {
		list := *p.Slice(m.Entity)
		return !sameItems(list, st) || replaced(m, st, list)
	}
	return st != nil && (st.Added.Len() > 0 || st.Removed.Len() > 0 || st.Wiped)
}

// leaveShown leaves the read-only relations of a new entity unknown: what there is of rows
// after the flush is for a read to say. It comes after the snapshot.
func (u *Unit) leaveShown(m *Managed) {
	for _, p := range u.Shape(m.Meta).Shown {
		if p.Kind.IsToOne() {
			u.unread(m, p)
			continue
		}
		if p.Relation.Style == mapper.SliceField {
			*p.Slice(m.Entity) = nil
		}
		u.keepItems(m, p, nil)
	}
}

// rowsOfType returns those of a list that a view can hold.
func rowsOfType(list []*Managed, view *mapper.Property) []*Managed {
	out := list[:0]
	for _, m := range list {
		if m.Meta.IsSubtypeOf(view.Relation.Target) {
			out = append(out, m)
		}
	}
	return out
}
