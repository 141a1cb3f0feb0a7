package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// reach takes the new entities into the run that m leads to through relations that cascade.
func (s *syncing) reach(m *Managed) {
	if m.State == Removed || m.State == Dropped {
		return
	}
	u, shape := s.u, s.u.Shape(m.Meta)
	for _, p := range shape.ToOne {
		if e := u.Reference(m, p); e != nil && !p.Relation.ReadOnly && e.Entity != nil && !u.stays(m, p, e) {
			s.reached(place{m, p}, e.Entity)
		}
	}
	for _, p := range shape.Many {
		switch st := u.Items(m, p); {
		case p.Relation.ReadOnly:
		case p.Relation.Style == mapper.SliceField:
			for _, x := range *p.Slice(m.Entity) {
				s.reached(place{m, p}, x)
			}
		case st == nil:
		case m.IsNew():
			for _, x := range st.Read() {
				s.reached(place{m, p}, x)
			}
		default:
			for _, x := range st.Added.Read() {
				if planted.Is(planted.SyncReach) {
					break
				}
				s.reached(place{m, p}, x)
			}
		}
	}
}

// stays reports a reference that leads to what was removed since, as a polymorphic one does, one
// without a constraint, or one to a row that is marked as removed: that it is still there hands nothing in.
func (u *Unit) stays(m *Managed, p *mapper.Property, e *slot.Entry) bool {
	return e.Home == u.home && Of(e).State == Dropped && u.baseline(m, p).target == e
}

func (s *syncing) reached(at place, x unsafe.Pointer) {
	if x == nil {
		return
	}
	found := s.u.PlaceOf(x)
	if found == nil {
		if _, problem := s.u.target(at, x); problem != nil {
			if !slices.Contains(s.refused, at) {
				s.fail(problem)
			}
			return
		}
		found = s.u.PlaceOf(x)
	}
	if found.State == Loose && at.p.Relation.Cascade.Has(mapper.CascadePersist) {
		s.enqueue(found)
	}
}
