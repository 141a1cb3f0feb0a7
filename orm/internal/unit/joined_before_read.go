package unit

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
)

// earlyRow is a row whose reference was moved to an owner before that was loaded: the
// views of the owner show it once they are read, although the database does not yet.
type earlyRow struct {
	row       *Managed
	ref, view *mapper.Property
}

// comesEarly notes that the reference of a row was moved to an owner that is not loaded.
func (u *Unit) comesEarly(owner, row *Managed, ref, view *mapper.Property) {
	e := earlyRow{row, ref, view}
	if slices.Contains(u.early[owner], e) {
		return
	}
	if u.early == nil {
		u.early = map[*Managed][]earlyRow{}
	}
	u.early[owner] = append(u.early[owner], e)
}

// comeEarlyAgain notes the rows that have come to an owner which is forgotten, and are not stored so.
func (u *Unit) comeEarlyAgain(owner *Managed) {
	for _, view := range u.Shape(owner.Meta).ToOne[u.Shape(owner.Meta).Owning:] {
		if row := u.EntryOf(u.Reference(owner, view)); row != nil {
			u.cameEarly(owner, row, view)
		}
	}
	for _, view := range u.Shape(owner.Meta).Many {
		if s := u.Items(owner, view); s != nil && view.Kind == mapper.OneToMany {
			for _, x := range s.Added.Read() {
				if row := u.Find(x); row != nil {
					u.cameEarly(owner, row, view)
				}
			}
		}
	}
}

func (u *Unit) cameEarly(owner, row *Managed, view *mapper.Property) {
	if e := (earlyRow{row, view.Relation.Inverse, view}); row.Meta.IsSubtypeOf(e.ref.Entity) && e.waits(u, owner) {
		u.comesEarly(owner, row, e.ref, view)
	}
}

// waits reports an early row that still leads to its owner, and is not stored so. That is
// asked whenever it matters, so that what is early again after a rollback need not be told.
func (e earlyRow) waits(u *Unit, owner *Managed) bool {
	return e.row.Home == u.home && e.row.State != Dropped && u.baseline(e.row, e.ref).target == &owner.Entry && u.Stored(e.row, e.ref) != &owner.Entry
}

// welcome puts the rows that came early into a list of m that was just read.
func (u *Unit) welcome(m *Managed, p *mapper.Property) {
	for _, e := range u.early[m] {
		if e.view == p && e.waits(u, m) {
			end := u.since(e)
			u.joinList(m, p, e.row.Entity)
			end()
		}
	}
}

// Awaits reports that there are views which lead to entities that are not there, or wait for them
// otherwise than as places by their keys: reading one may change others.
func (u *Unit) Awaits() bool { return u.forgotten != nil || len(u.early) > 0 }

// Greet lets the views without columns of an entity that was just read show the rows that
// came early. What such a view led to before is displaced.
func (u *Unit) Greet(m *Managed) {
	if u.forgotten != nil {
		u.tellReturned(m)
	}
	for _, e := range u.early[m] {
		if e.view.Kind.IsToOne() && e.waits(u, m) {
			end := u.since(e)
			s := syncing{u: u}
			s.joinView(m, e.ref, e.view, e.row)
			end()
		}
	}
}

// since lets what an early row does to the views of its owner belong to the move of its reference, until
// the end. Where that was before the journal at hand it is no part of what is taken back with that.
func (u *Unit) since(e earlyRow) (end func()) {
	if u.journal.resume(e.row, e.ref) {
		return func() {}
	}
	return u.Pause()
}

// settleEarly forgets the rows that are not early any more, once nothing can make them so.
func (u *Unit) settleEarly() {
	if u.open != nil {
		return
	}
	for owner, list := range u.early {
		list = slices.DeleteFunc(list, func(e earlyRow) bool { return !e.waits(u, owner) })
		if len(list) == 0 {
			delete(u.early, owner)
			continue
		}
		u.early[owner] = list
	}
}
