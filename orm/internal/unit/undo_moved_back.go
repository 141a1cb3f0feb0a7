package unit

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
)

// moveBack is a reference that is stored once more as it was before a flush, at a time, let it lead
// elsewhere.
type moveBack struct {
	row  *Managed
	ref  *mapper.Property
	from *Managed
	at   int
}

// moveBack brings the views on the other sides of references up to where these lead, as far as
// they have read what is taken back: nothing else tells of that.
func (u *Unit) moveBack() {
	for _, b := range u.back.moves {
		now := u.baseline(b.row, b.ref).target
		if b.from != nil && b.from.Entity != nil && now != &b.from.Entry {
			u.disown(b)
		}
		if now != nil && now == u.Stored(b.row, b.ref) {
			u.regain(b, u.EntryOf(now))
		}
	}
}

// disown takes a row out of the views of what it does not lead to any more.
func (u *Unit) disown(b moveBack) {
	for view := range b.ref.Relation.Views() {
		if b.from.Meta.IsSubtypeOf(view.Entity) {
			u.disownIn(place{b.from, view}, b.row)
		}
	}
}

// regain takes what was read of the views of an owner while a row led elsewhere for known in part:
// the row appears in them again.
func (u *Unit) regain(b moveBack, owner *Managed) {
	for view := range b.ref.Relation.Views() {
		t := place{owner, view}
		s := u.seen(t)
		if s == nil || max(s.null, s.listed) < b.at || u.shows(t, b.row) {
			continue
		}
		u.doubt(t, s)
		u.back.rows = append(u.back.rows, b.row)
	}
}

// shows reports a row that a view has, as the views have agreed.
func (u *Unit) shows(t place, row *Managed) bool {
	if t.p.Kind.IsToOne() {
		return u.baseline(t.m, t.p).target == &row.Entry
	}
	s := u.Items(t.m, t.p)
	return s != nil && s.Has(row.Entity)
}

// disownIn takes a row out of a view that has read it.
func (u *Unit) disownIn(t place, row *Managed) {
	if t.p.Kind.IsToOne() {
		if b := u.baseline(t.m, t.p); b.target == &row.Entry && !b.set && t.m.Snap != nil {
			u.forgetTarget(t)
		}
		return
	}
	s := u.Items(t.m, t.p)
	if s == nil || !s.Loaded || s.Added.Has(row.Entity) || s.Forget(row.Entity) < 0 || t.p.Relation.Style != mapper.SliceField {
		return
	}
	list := t.p.Slice(t.m.Entity)
	if i := slices.Index(*list, row.Entity); i >= 0 {
		*list = slices.Delete(slices.Clone(*list), i, i+1) // nil would be the user's
	}
}

// forgetTarget makes a view without columns one that was not read, which shows nothing unless the
// user has assigned it.
func (u *Unit) forgetTarget(t place) {
	assigned := u.Assigned(t.m, t.p)
	if t.p.Relation.Style == mapper.PointerField {
		put(t.p, t.m.Snap, nil)
		u.SetForeign(t.m, t.p, nil)
		if !assigned {
			put(t.p, t.m.Entity, nil)
		}
	}
	u.unread(t.m, t.p)
}
