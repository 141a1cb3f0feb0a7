package unit

import "github.com/weft-orm/weft/mapper"

// rest makes the other side of a one-to-one relation say as stored what the row of m, which tells
// it, is known to hold.
func (u *Unit) rest(m *Managed, p *mapper.Property) {
	inverse, owner := p.Relation.Inverse, u.EntryOf(u.Stored(m, p))
	if inverse == nil || !inverse.Kind.IsToOne() || owner == nil || owner.Snap == nil || !owner.Meta.IsSubtypeOf(inverse.Entity) {
		return
	}
	b := u.baseline(owner, inverse)
	if !b.set || b.target != &m.Entry {
		return
	}
	if at := (place{owner, inverse}); u.open != nil && !u.open.rests(at) {
		if u.open.rested == nil {
			u.open.rested = map[place]rested{}
		}
		u.open.rested[at] = rested{u.stored(owner, at.p), u.clock}
	}
	put(inverse, owner.Snap, b.word)
	u.SetForeign(owner, inverse, &m.Entry)
	u.settleView(owner, inverse)
}

// restViews does that for the views of m, of the rows that tell them.
func (u *Unit) restViews(m *Managed) {
	shape := u.Shape(m.Meta)
	for _, view := range shape.ToOne[shape.Owning:] {
		if row := u.EntryOf(u.baseline(m, view).target); row != nil && row.Entity != nil {
			u.rest(row, view.Relation.Inverse)
		}
	}
}

// rested is what a view said as stored before it was made to say what is known, and when that was, by the
// unit's clock.
type rested struct {
	before view
	at     int
}

// rests reports a view that says as stored what the row of an entity which was forgotten inside of the
// open transaction held then.
func (o *open) rests(at place) bool {
	_, rests := o.rested[at]
	return rests
}

// unrest takes that back with the flush that had stored it: one from before, not a later one, or a look
// at what is pending, that has moved the view again.
func (u *Unit) unrest(at place) {
	if u.open == nil || !u.open.rests(at) || at.m.Snap == nil || u.open.rested[at].at < u.back.at {
		return
	}
	v := u.open.rested[at].before
	delete(u.open.rested, at)
	if at.p.Relation.Style == mapper.PointerField {
		v.word = u.now(v.word)
	}
	put(at.p, at.m.Snap, v.word)
	u.SetForeign(at.m, at.p, v.target)
}
