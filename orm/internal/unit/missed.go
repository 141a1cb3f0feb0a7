package unit

import (
	"slices"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// missed is what was read after rows were deleted inside the open transaction, and may lack
// them: when that is taken back, these views are known in part only.
type missed struct {
	// nulls are to-one views that were read as null, lists to-many ones.
	nulls []nullRead
	lists map[place]listRead
	// back are the rows that are there again, while a journal is undone.
	back []*Managed
}

// nullRead is a to-one view that was read as null, at a time of the unit's clock.
type nullRead struct {
	place
	at int
}

// listRead is a list that was read, at a time of the unit's clock; sets counts how often it
// had been set as a whole then.
type listRead struct{ at, sets int }

// NoteNulls notes the to-one views of an entity that was just read as null for which a
// deletion of the open transaction may be the reason.
func (u *Unit) NoteNulls(m *Managed) {
	if !u.deleted {
		return
	}
	for _, p := range u.Shape(m.Meta).ToOne {
		u.noteNull(m, p)
	}
}

func (u *Unit) noteNull(m *Managed, p *mapper.Property) {
	if u.deleted && (!p.Relation.Owning || p.Relation.OnDelete == mapper.RuleSetNull) && m.Loaded.Has(p.Index) && u.Stored(m, p) == nil {
		u.missed.nulls = append(u.missed.nulls, nullRead{place{m, p}, u.clock})
	}
}

// noteList notes a list that was just read.
func (u *Unit) noteList(m *Managed, p *mapper.Property, s *slot.Items) {
	if !u.deleted || s.Partial {
		return
	}
	if u.missed.lists == nil {
		u.missed.lists = map[place]listRead{}
	}
	u.missed.lists[place{m, p}] = listRead{u.clock, s.Sets}
}

// returned takes what was read after the row of m was deleted for known in part, the deletion
// being taken back: null may be that row, and lists may have it.
func (u *Unit) returned(m *Managed, since int) {
	root := m.Meta.Root()
	u.missed.nulls = slices.DeleteFunc(u.missed.nulls, func(n nullRead) bool {
		if n.at < since || !n.p.Relation.IsAny() && n.p.Relation.Target.Root() != root || u.elsewhere(m, n.place) {
			return false
		}
		if n.m.Home == u.home && n.m.Snap != nil && n.m.Loaded.Has(n.p.Index) && u.Stored(n.m, n.p) == nil {
			u.unread(n.m, n.p)
		}
		return true
	})
	for t, read := range u.missed.lists {
		if s := u.Items(t.m, t.p); read.at >= since && t.m.Home == u.home && s != nil && s.Loaded && t.p.Relation.Target.Root() == root && !u.elsewhere(m, t) {
			s.Partial = true
		}
	}
	if u.deleted {
		u.missed.back = append(u.missed.back, m)
	}
}

// elsewhere reports a row whose reference is known to lead to another owner than that of a view.
func (u *Unit) elsewhere(m *Managed, view place) bool {
	ref := view.p.Relation.Inverse
	if view.p.Relation.Owning || ref == nil || !ref.Kind.IsToOne() || !m.Meta.IsSubtypeOf(ref.Entity) || !m.Loaded.Has(ref.Index) {
		return false
	}
	return u.Stored(m, ref) != &view.m.Entry
}

// reappear puts rows that are there again into the views that were read without them, as far
// as their own views tell which.
func (u *Unit) reappear() {
	for _, m := range slices.Backward(u.missed.back) {
		shape := u.Shape(m.Meta)
		for _, ref := range shape.ToOne[:shape.Owning] {
			owner := u.EntryOf(u.baseline(m, ref).target)
			if ref.Relation.Inverse == nil || owner == nil || owner.Entity == nil {
				continue
			}
			for view := range ref.Relation.Views() {
				switch {
				case !owner.Meta.IsSubtypeOf(view.Entity) || !m.Meta.IsSubtypeOf(view.Relation.Target):
				case view.Kind.IsToMany():
					u.reappearIn(place{owner, view}, m)
				case owner.Snap != nil && !owner.Loaded.Has(view.Index):
					u.SetTarget(owner, view, m)
					u.Completed(owner)
				}
			}
		}
		for _, p := range shape.Many {
			if p.Kind != mapper.ManyToMany || p.Relation.Inverse == nil {
				continue
			}
			for _, x := range slices.Clone(u.List(m, p)) {
				if other := u.Find(x); other != nil && other.Meta.IsSubtypeOf(p.Relation.Inverse.Entity) {
					u.reappearIn(place{other, p.Relation.Inverse}, m)
				}
			}
		}
	}
	u.missed.back = nil
}

// reappearIn puts a row into a list that was read without it: where a stored place is free,
// or else at the end.
func (u *Unit) reappearIn(t place, m *Managed) {
	read, noted := u.missed.lists[t]
	s := u.Items(t.m, t.p)
	if !noted || s == nil || !s.Loaded || s.Has(m.Entity) {
		return
	}
	at := -1
	if hole := slices.Index(s.Known, nil); s.Placed && hole >= 0 {
		s.Known = slices.Clone(s.Known)
		s.Known[hole] = m.Entity
		at = s.Place(m.Entity)
	}
	if t.p.Relation.Style == mapper.SliceField {
		if list := t.p.Slice(t.m.Entity); *list != nil && !slices.Contains(*list, m.Entity) {
			place := len(*list)
			if at >= 0 {
				place = min(at, place)
			}
			*list = slices.Insert(slices.Clip(*list), place, m.Entity)
		}
	}
	s.Restore(at, m.Entity)
	if s.Sets != read.sets {
		u.swept = append(u.swept, sweep{t, m.Entity})
	}
}
