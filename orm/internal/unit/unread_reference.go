package unit

import (
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// MarkUnread puts stand-ins into the references of an entity read in part that the row
// did not tell, so that they are not taken for null ones. It comes before the snapshot.
func (u *Unit) MarkUnread(m *Managed) {
	if m.Loaded == nil {
		return
	}
	for _, p := range u.Shape(m.Meta).ToOne {
		if m.Loaded.Has(p.Index) || p.Relation.Style != mapper.RefField || p.AbsentIn(m.Entity) != nil {
			continue
		}
		put(p, m.Entity, u.standIn(place{m, p}))
	}
}

// standIn makes what is put in the place of a reference that was not read.
func (u *Unit) standIn(at place) unsafe.Pointer {
	s := &take(&u.memory.places, 1)[0]
	*s = Managed{Entry: slot.Entry{Home: u.home, Unread: true}, Meta: at.p.Relation.Target}
	u.detail(s).asks = at
	return unsafe.Pointer(&s.Entry)
}

// unread makes a reference of a stored entity one that was not read. What was said of it stays,
// assigned in its field or carried over from another view.
func (u *Unit) unread(m *Managed, p *mapper.Property) {
	m.unknown(p)
	said := u.Assigned(m, p) || u.baseline(m, p).set
	if p.Relation.Style == mapper.RefField {
		s := u.standIn(place{m, p})
		put(p, m.Snap, s)
		if !said {
			put(p, m.Entity, s)
		}
	}
	if said {
		u.incomplete(m, p)
	}
}

// unknown takes a property out of those that are known from the database.
func (m *Managed) unknown(p *mapper.Property) {
	if m.Loaded == nil {
		m.Loaded = everyLeaf(m.Meta)
	}
	m.Loaded.Delete(p.Index)
}

// everyLeaf is the set of all leaves, which nil stands for, to take some out of it.
func everyLeaf(e *mapper.Entity) *changeset.Leaves {
	set := changeset.NoLeaves(len(e.Leaves))
	for _, p := range e.Leaves {
		set.Add(p.Index)
	}
	return set
}

// Unknow makes a side without columns one that was not read: the row that it led to is not
// to be seen any more, and may be hidden or gone. What the user assigned stays.
func (u *Unit) Unknow(m *Managed, p *mapper.Property) {
	if m.Snap == nil || !m.Loaded.Has(p.Index) || u.Assigned(m, p) || u.baseline(m, p).set {
		return
	}
	u.unread(m, p)
}

// Asked returns the entity and the property that a stand-in is in the place of.
func (u *Unit) Asked(s *Managed) (*Managed, *mapper.Property) { return s.more.asks.m, s.more.asks.p }

// Answer makes copies of a stand-in lead where its property leads by now.
func (u *Unit) Answer(s *Managed) {
	target := u.Reference(s.more.asks.m, s.more.asks.p)
	if target == nil || target.Entity == nil {
		return
	}
	if s.more.asks.p.Relation.IsAny() {
		s.Meta = Of(target).Meta
		s.Entry = slot.Entry{Entity: target.Entity, Key: target.Key, Home: s.Home} // which tells the type
		return
	}
	s.Entry = slot.Entry{Entity: target.Entity, Key: target.Key} // as To makes it
}

// copied reports a stand-in that the user has put into another place, whose target
// nobody knows.
func (at place) copied() *Problem {
	e := at.p.Unread(at.m.Entity)
	if e == nil {
		return nil
	}
	asks := Of(e).more.asks
	if asks == at || asks.m.Loaded.Has(asks.p.Index) {
		return nil
	}
	return at.problem(ErrNotLoaded, "it is a copy of "+asks.String()+", which was not read; load that first")
}

// Hide notes that the target of a reference was looked for and not found.
func (u *Unit) Hide(e *slot.Entry) {
	if e != nil && e.Entity == nil && !e.Unread {
		e.Hidden = true
	}
}
