package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// toldBy is what the fields of an entity that was forgotten since, a slice or the other side of a
// one-to-one relation, had told a flush of another row: where a reference of that leads, or that a
// link with it joined a list or left it.
type toldBy struct {
	place
	by            *Managed
	before, after *slot.Entry
	x             unsafe.Pointer // of a link
	joined        bool
}

// toldByForgotten finds that in a journal that is about to be undone. Nobody says it again then, as the
// fields of entities do that are still there: it was pending of the other rows when that was forgotten.
func (u *Unit) toldByForgotten(j *Journal) (list []toldBy) {
	if u.forgotten == nil {
		return nil
	}
	for _, s := range slices.Backward(j.steps) {
		switch s := s.(type) {
		case *wroteStep:
			if !s.p.Relation.Owning || s.word != s.before.word || s.before.target == s.after.target || u.baseline(s.m, s.p).target != s.after.target {
				continue // told by the row itself, or otherwise since
			}
			by := u.teller(s.p, s.after.target, j.at)
			if by == nil {
				by = u.teller(s.p, s.before.target, j.at)
			}
			if by != nil && !(s.after.target == nil && u.takenByForgotten(j, s)) {
				list = append(list, toldBy{place: place{s.m, s.p}, by: by, before: s.before.target, after: s.after.target})
			}
		case *joinedStep:
			list = u.linkTold(list, s, j.at, true)
		case *leftStep:
			list = u.linkTold(list, &s.joinedStep, j.at, false)
		}
	}
	return list
}

// takenByForgotten reports a row that has lost its place in a one-to-one relation to one that was forgotten
// since: what that had taken is given up with it, so that the place is as it was.
func (u *Unit) takenByForgotten(j *Journal, lost *wroteStep) bool {
	return lost.p.Kind == mapper.OneToOne && slices.ContainsFunc(j.steps, func(s step) bool {
		took, ok := s.(*wroteStep)
		return ok && took.p == lost.p && took.after.target == lost.before.target && took.m != lost.m && u.forgotSince(took.m, j.at)
	})
}

// teller returns the entity that a target stands for where it was forgotten after a time and has the
// other side of a reference in a field.
func (u *Unit) teller(ref *mapper.Property, target *slot.Entry, at int) *Managed {
	m, view := u.EntryOf(target), ref.Relation.Inverse
	if m == nil || view == nil || view.Relation.Style == mapper.CollectionField || !m.Meta.IsSubtypeOf(view.Entity) || !u.forgotSince(m, at) {
		return nil
	}
	return m
}

func (u *Unit) linkTold(list []toldBy, s *joinedStep, at int, joined bool) []toldBy {
	by := u.forgotten.in(s.x)
	if s.field || s.p.Kind != mapper.ManyToMany || by == nil || !u.forgotSince(by, at) {
		return list
	}
	return append(list, toldBy{place: s.place, by: by, x: s.x, joined: joined})
}

// tellAgain tells it as pending, once all is taken back, but for what an entity has told whose own row
// was born with that, and is gone: it is as if it had never been handed in.
func (u *Unit) tellAgain(list []toldBy, born map[*Managed]bool) {
	for _, t := range slices.Backward(list) {
		after := u.EntryOf(t.after)
		switch {
		case born[t.by], after != nil && after.Entity == nil && born[after], t.m.Entity == nil || !u.tracks(t.m):
		case t.p.Kind == mapper.ManyToMany:
			u.tellLink(t)
		case u.isLeft(t):
			s := syncing{u: u}
			s.move(t.m, t.p, t.after, others)
		}
	}
	u.retell()
}

// retell carries over what lists say again of rows that were forgotten and read again: the instances that
// the other sides had are not there any more.
func (u *Unit) retell() {
	if u.forgotten == nil {
		return
	}
	list := u.forgotten.retold
	u.forgotten.retold = nil
	for _, t := range list {
		x := u.now(t.x)
		if s := u.Items(t.m, t.p); t.m.Entity != nil && u.tracks(t.m) && s != nil && s.Has(x) == t.joined {
			u.carry(t.m, t.p, x, t.joined)
		}
	}
}

// unlead gives up what the fields of forgotten entities have said since, by which rows lead to those
// that were born with what is taken back.
func (u *Unit) unlead(born map[*Managed]bool) {
	if len(born) == 0 {
		return
	}
	for _, m := range u.tracked {
		if m == nil || m.Entity == nil || m.more == nil || m.more.base == nil || m.Snap == nil {
			continue
		}
		for _, p := range u.Shape(m.Meta).ToOne[:u.Shape(m.Meta).Owning] {
			b := u.baseline(m, p)
			if to := u.EntryOf(b.target); !b.set || b.by != others || to == nil || to.Entity != nil || !born[to] || u.Assigned(m, p) {
				continue
			}
			s := syncing{u: u}
			if s.move(m, p, u.remains(m, p), own); u.baseline(m, p).target == u.Stored(m, p) {
				u.settleView(m, p)
			}
		}
	}
}

// isLeft reports a reference of which nobody says where else it leads.
func (u *Unit) isLeft(t toldBy) bool {
	b := u.baseline(t.m, t.p)
	return !u.Assigned(t.m, t.p) && (b.target == t.before || b.target == nil && b.by == others)
}

// tellLink is tellAgain of a link.
func (u *Unit) tellLink(t toldBy) {
	x := u.now(t.x)
	if s := u.Items(t.m, t.p); s != nil && s.Has(x) == t.joined {
		return
	}
	if t.joined {
		u.joinList(t.m, t.p, x)
	} else {
		u.leaveList(t.m, t.p, x)
	}
	if t.by.Entity != nil || !t.p.Relation.Owning {
		u.carry(t.m, t.p, x, t.joined)
	}
}

// inserted returns the places whose rows were inserted by what is taken back.
func inserted(list []Undo) map[*Managed]bool {
	found := map[*Managed]bool{}
	for _, step := range list {
		j, ok := step.(*Journal)
		if !ok {
			continue
		}
		for _, s := range j.steps {
			if s, ok := s.(*flushedStep); ok && s.snap == nil {
				found[s.m] = true
			}
		}
	}
	return found
}
