package unit

import (
	"cmp"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// SetItems makes the items of a to-many property known, as the database has them.
// What the user added and removed stays added and removed.
func (u *Unit) SetItems(m *Managed, p *mapper.Property, rows []*Managed, partial bool) {
	before := u.Items(m, p)
	if p.Relation.Style == mapper.SliceField && u.assignedSlice(m, p, before) {
		return
	}
	list := []unsafe.Pointer{} // no collection that was read is nil
	if len(rows) > 0 {
		list = take(&u.memory.pointers, len(rows))[:0]
	}
	var parted []unsafe.Pointer
	for _, row := range rows {
		switch {
		case before != nil && before.Removed.Has(row.Entity), p.Kind == mapper.OneToMany && u.moved(m, p.Relation.Inverse, row):
			continue
		case p.Kind == mapper.ManyToMany && u.parted(m, p.Relation.Inverse, row):
			parted = append(parted, row.Entity)
			continue
		}
		list = append(list, row.Entity)
	}
	var self *slot.Collection
	if p.Relation.Style == mapper.CollectionField {
		self = p.Collection(m.Entity)
	}
	next := &take(&u.memory.items, 1)[0]
	*next = slot.ItemsOf(self, list, true)
	next.Partial = partial
	var stored []unsafe.Pointer
	if before != nil || p.Relation.Ordered {
		stored = make([]unsafe.Pointer, len(rows))
		for i, row := range rows {
			stored[i] = row.Entity
		}
		if p.Relation.Ordered || before.Removed.Len() > 0 {
			next.Known = stored
		}
	}
	next.Unsure = len(parted) > 0 && !p.Relation.Owning
	for _, x := range parted {
		if p.Relation.Owning {
			next.Removed.Append(x)
			next.Dirty = true
		}
	}
	if before != nil {
		u.keepPending(next, before, stored)
		next.Noted, next.Sets = before.Noted, before.Sets
	}
	u.keepItems(m, p, next)
	u.noteList(m, p, next)
	u.unsureItems(m, p)
	if next.Dirty {
		u.touch(m, p, next)
	}
	if p.Relation.Style == mapper.SliceField {
		*p.Slice(m.Entity) = slices.Clone(next.View())
		if *p.Slice(m.Entity) == nil {
			*p.Slice(m.Entity) = []unsafe.Pointer{}
		}
	}
	if ref := p.Relation.Inverse; p.Kind == mapper.OneToMany && ref.Relation.Style == mapper.PointerField {
		for _, row := range rows {
			u.Point(row, ref)
		}
	}
	if len(u.early) > 0 {
		u.welcome(m, p)
	}
}

// keepPending carries changes that were not flushed over to newly read items.
func (u *Unit) keepPending(next, before *slot.Items, stored []unsafe.Pointer) {
	there := slot.ListOf(stored)
	for _, x := range before.Added.Read() {
		switch {
		case !there.Has(x) && !next.Has(x):
			next.Join(x)
		case there.Has(x) && !next.Has(x):
			next.Restore(-1, x)
		}
	}
	for _, x := range before.Removed.Read() {
		if there.Has(x) {
			next.Removed.Append(x)
			next.Dirty = true
		}
	}
}

// assignedSlice reports a plain slice that the user changed since the unit looked.
func (u *Unit) assignedSlice(m *Managed, p *mapper.Property, s *slot.Items) bool {
	list := *p.Slice(m.Entity)
	if s == nil || !s.Loaded {
		return list != nil
	}
	return !slices.Equal(list, s.Read())
}

// parted reports a row that has given up its link to owner.
func (u *Unit) parted(owner *Managed, view *mapper.Property, row *Managed) bool {
	if view == nil || row.Entity == nil || !row.Meta.IsSubtypeOf(view.Entity) {
		return false
	}
	s := u.Items(row, view)
	return s != nil && s.Dirty && !s.Expects(owner.Entity)
}

// moved reports a row whose reference leads elsewhere than to owner by now, as far as its
// views have met: what the user assigned since moves the row when they do.
func (u *Unit) moved(owner *Managed, ref *mapper.Property, row *Managed) bool {
	if !row.Meta.IsSubtypeOf(ref.Entity) || row.Entity == nil || !row.Loaded.Has(ref.Index) {
		return false
	}
	now := u.baseline(row, ref).target
	return now != &owner.Entry && now != u.Stored(row, ref)
}

// Wiped returns the collections that were replaced before they were read, and others
// that must be read before their changes can be told: what a filter hides is not unlinked with
// the rest. Hides reports entities with filters.
func (u *Unit) Wiped(hides func(*mapper.Entity) (bool, error)) (list []Collection, err error) {
	for _, t := range u.touched {
		s := u.Items(t.m, t.p)
		if s == nil || t.m.State != Clean && t.m.State != Removed || t.m.Snap == nil {
			continue
		}
		read := s.Wiped && (t.p.Kind == mapper.OneToMany || !t.p.Relation.Owning) ||
			t.p.Relation.Ordered && t.p.Relation.Owning && (!s.Loaded || s.Partial)
		if s.Wiped && !read {
			if read, err = hides(t.p.Relation.Target); err != nil {
				return nil, err
			}
		}
		if read {
			list = append(list, Collection{t.m, t.p, s.Wiped})
		}
	}
	return list, nil
}

// Collection is a to-many property of an entity.
type Collection struct {
	Owner    *Managed
	Property *mapper.Property
	// Wiped reports that all items it had go.
	Wiped bool
}

// ResolveWipe tells which items a replaced collection had, so that those that are
// not in it any more leave it one by one.
func (u *Unit) ResolveWipe(m *Managed, p *mapper.Property, rows []*Managed) {
	s := u.Items(m, p)
	if s == nil || !s.Wiped {
		return
	}
	resolved := &resolvedStep{place: place{m, p}}
	u.journal.add(resolved)
	s.Wiped = false
	moving := syncing{u: u}
	for _, row := range rows {
		if s.Has(row.Entity) {
			if s.Added.Delete(row.Entity) >= 0 {
				resolved.there = append(resolved.there, row.Entity)
			}
			continue
		}
		if p.Kind == mapper.ManyToMany {
			s.Leave(row.Entity)
			u.mirrorLink(place{m, p}, row, false)
		} else if u.Reference(row, p.Relation.Inverse) == &m.Entry {
			moving.move(row, p.Relation.Inverse, nil, others)
		}
	}
}

// resolvedStep is a replaced collection whose former items were read; there are those that
// were added and turned out to be stored.
type resolvedStep struct {
	place
	there []unsafe.Pointer
}

func (s *resolvedStep) undo(u *Unit) {
	if st := u.Items(s.m, s.p); st != nil {
		st.Unsettle(s.there, nil)
		st.Wiped = true
		u.touch(s.m, s.p, st)
	}
}

// Touched returns the collections with changes that were not flushed, by owner and relation.
func (u *Unit) Touched() []Collection {
	list := make([]Collection, len(u.touched))
	for i, t := range u.touched {
		list[i] = Collection{Owner: t.m, Property: t.p}
	}
	slices.SortFunc(list, func(a, b Collection) int {
		return cmp.Or(a.Owner.Ordinal()-b.Owner.Ordinal(), a.Property.Index-b.Property.Index)
	})
	return list
}

// Counts reports an entity that will be there after a flush: one that is stored and
// not removed by the user, or that the last run of Sync reached.
func (u *Unit) Counts(m *Managed) bool {
	return m.State == Clean || m.State == Fresh || m.State == Loose && m.Queued
}
