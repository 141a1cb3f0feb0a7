package unit

import (
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

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
			u.open.rested = map[place]view{}
		}
		u.open.rested[at] = u.stored(owner, at.p)
	}
	put(inverse, owner.Snap, b.word)
	u.SetForeign(owner, inverse, &m.Entry)
	u.settleView(owner, inverse)
}

// rests reports a view that says as stored what the row of an entity which was forgotten inside of the
// open transaction held then.
func (o *open) rests(at place) bool {
	_, rests := o.rested[at]
	return rests
}

// unrest takes that back with the flush that had stored it.
func (u *Unit) unrest(at place) {
	if u.open == nil || !u.open.rests(at) || at.m.Snap == nil {
		return
	}
	v := u.open.rested[at]
	delete(u.open.rested, at)
	if at.p.Relation.Style == mapper.PointerField {
		v.word = u.now(v.word)
	}
	put(at.p, at.m.Snap, v.word)
	u.SetForeign(at.m, at.p, v.target)
}

// saidByForgotten are the references that a journal had moved because the fields of an entity said so,
// a slice or the other side of a one-to-one relation, which was forgotten since. Nobody says it again
// once the journal is taken back: it stays, pending of the rows.
func (u *Unit) saidByForgotten(j *Journal) (stay map[place]bool) {
	if u.forgotten == nil {
		return nil
	}
	for _, s := range j.steps {
		w, ok := s.(*wroteStep)
		if !ok || !w.p.Relation.Owning || w.word != w.before.word || w.word == w.after.word || u.baseline(w.m, w.p).target != w.after.target {
			continue // said by the row itself, or said otherwise since
		}
		left, joined := u.speaker(w.p, w.before.target, j.at), u.speaker(w.p, w.after.target, j.at)
		if left == nil && joined == nil {
			continue
		}
		if stay == nil {
			stay = map[place]bool{}
		}
		stay[place{w.m, w.p}] = true
		if joined != nil {
			u.comesEarly(joined, w.m, w.p, w.p.Relation.Inverse)
		}
	}
	return stay
}

// speaker returns the entity that a target stands for where it was forgotten after a time and has the
// other side of a reference in a field.
func (u *Unit) speaker(ref *mapper.Property, target *slot.Entry, at int) *Managed {
	m, view := u.EntryOf(target), ref.Relation.Inverse
	if m == nil || view == nil || view.Relation.Style == mapper.CollectionField || !m.Meta.IsSubtypeOf(view.Entity) || !u.forgotSince(m, at) {
		return nil
	}
	return m
}

// stands reports a step that is no part of what is taken back: one of a reference that stays, or a link
// with an entity that was forgotten since, which its list says no more.
func (u *Unit) stands(s step, stay map[place]bool, at int) bool {
	if u.forgotten == nil {
		return false
	}
	var item *joinedStep
	switch s := s.(type) {
	case *wroteStep:
		return stay[place{s.m, s.p}]
	case *joinedStep:
		item = s
	case *leftStep:
		item = &s.joinedStep
	default:
		return false
	}
	if item.p.Kind == mapper.ManyToMany {
		m := u.forgotten.in(item.x)
		return m != nil && u.forgotSince(m, at)
	}
	return item.edge != nil && stay[place{item.edge.row, item.edge.ref}]
}
