package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// back is what a journal that is being undone leaves to its end.
type back struct {
	// at is the time of the journal, 0 while none is undone.
	at int
	// changed is open.changed, or what stands for it outside of a transaction.
	changed map[written]int
	// rows are there again that were deleted.
	rows []*Managed
	// moves are references that lead where they led before.
	moves []moveBack
	// swept are items to take out of collections.
	swept []sweep
	// unsettled are lists of links to look at again: those that are not known as a whole.
	unsettled []place
}

// backTo begins to take back a journal of a time.
func (u *Unit) backTo(at int) {
	u.back.at = at
	if u.open != nil {
		u.back.changed = u.open.changed
	}
}

// tookBack ends it.
func (u *Unit) tookBack() {
	u.moveBack()
	u.reappear()
	u.share()
	u.sweep()
	u.trim()
	if u.open != nil {
		u.open.changed = u.back.changed
	}
	u.back = back{}
}

// TakeBack undoes all steps of a transaction, or of a part of it, the last first.
func (u *Unit) TakeBack(list []Undo) {
	var again []toldBy
	var born map[*Managed]bool
	if u.forgotten != nil {
		born = inserted(list)
	}
	for _, step := range slices.Backward(list) {
		if j, ok := step.(*Journal); ok {
			again = append(again, u.toldByForgotten(j)...)
		}
		step.Undo()
	}
	u.tookAllBack()
	u.unlead(born)
	u.tellAgain(again, born)
}

// tookAllBack brings the unit up to what the user has seen, once all journals were undone:
// what a plain pointer said when it was populated had met the other views then, so that nil
// is null, and not a target that is not loaded.
func (u *Unit) tookAllBack() {
	u.unknowCleared()
	u.giveUp()
	u.restate()
	meet := false
	for _, t := range u.sightings() {
		s := u.seen(t)
		if !s.shown || t.m.Entity == nil {
			continue
		}
		meet = meet || u.hides(t.m, t.p)
		if b := u.baseline(t.m, t.p); s.emptied && b.word == nil && b.target != nil && word(t.p, t.m.Entity) == nil {
			u.null(t, b.target)
		}
		s.emptied = false
	}
	if meet {
		u.meet()
	}
}

// null lets a to-one view lead nowhere that has led to a target.
func (u *Unit) null(t place, former *slot.Entry) {
	s := syncing{u: u}
	if t.p.Relation.Owning {
		s.move(t.m, t.p, nil, own)
		return
	}
	u.write(t.m, t.p, nil, own)
	u.incomplete(t.m, t.p)
	if row := u.EntryOf(former); row != nil && row.Entity != nil && u.baseline(row, t.p.Relation.Inverse).target == &t.m.Entry {
		s.move(row, t.p.Relation.Inverse, nil, others)
	}
}

// changes notes that the user has changed w since the journal that is taken back wrote it. Once
// a later write is found changed, the earlier ones of the same thing are the user's as well,
// even where the user came back to what one of them had written.
func (b *back) changes(w written) {
	if b.changed == nil {
		b.changed = map[written]int{}
	}
	b.changed[w] = max(b.changed[w], b.at)
}

// keeps reports that w is the user's, changed since a write that is not before the one that is
// to be taken back.
func (b *back) keeps(w written) bool { return b.changed[w] >= b.at && b.at > 0 }

// reappear puts rows that are there again into the views that were read without them, as far
// as their own views tell which.
func (u *Unit) reappear() {
	for _, m := range slices.Backward(u.back.rows) {
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
}

// reappearIn puts a row into a list that was read without it: where a stored place is free,
// or else at the end.
func (u *Unit) reappearIn(t place, m *Managed) {
	seen := u.seen(t)
	s := u.Items(t.m, t.p)
	if seen == nil || seen.listed == 0 || s == nil || !s.Loaded || s.Has(m.Entity) {
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
	if s.Sets != seen.sets {
		u.back.swept = append(u.back.swept, sweep{t, m.Entity})
	}
}

// share lets lists that are not known as a whole and were taken back know what the other
// sides know of their links.
func (u *Unit) share() {
	for _, t := range u.back.unsettled {
		s := u.Items(t.m, t.p)
		if s == nil {
			continue
		}
		for _, x := range slices.Concat(s.Added.View(), s.Removed.View()) {
			other := u.Find(x)
			if other == nil || !other.Meta.IsSubtypeOf(t.p.Relation.Inverse.Entity) {
				continue
			}
			u.shareLink(t, place{other, t.p.Relation.Inverse})
		}
	}
}

// sweep is an item that weft had taken out of a collection when the user set the whole of it.
type sweep struct {
	place
	x unsafe.Pointer
}

// sweep lets what is back leave as the user said of the whole collection.
func (u *Unit) sweep() {
	for _, s := range u.back.swept {
		if st := u.Items(s.m, s.p); st != nil && st.Has(s.x) {
			u.change(s.m, s.p).Leave(s.x)
			u.Changed(s.m, s.p, s.x, false)
		}
	}
}

// trim shortens the list of tracked entities by those that are not any more.
func (u *Unit) trim() {
	n := len(u.tracked)
	for n > 0 && u.tracked[n-1] == nil {
		n--
		u.gaps--
	}
	u.tracked = u.tracked[:n]
	u.glances.cut(n)
	u.gaps = max(u.gaps, 0)
}
