package orm

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// moves are the items that changed collections in a flush, gathered by
// collection so that each one is gone through once, however many they are.
type moves struct {
	shifts []*shift
	at     map[shiftKey]*shift
}

type shiftKey struct {
	owner    *managed
	relation *mapper.Property
}

// shift is what happened to one collection: the items that joined it, in the
// order of the flush, and those that left it.
type shift struct {
	shiftKey
	joined, left []unsafe.Pointer
}

// of returns the shift of a collection.
func (l *moves) of(owner *managed, relation *mapper.Property) *shift {
	key := shiftKey{owner, relation}
	s := l.at[key]
	if s == nil {
		if l.at == nil {
			l.at = map[shiftKey]*shift{}
		}
		s = &shift{shiftKey: key}
		l.at[key], l.shifts = s, append(l.shifts, s)
	}
	return s
}

// moved notes which one-to-many collections a written entity has left and joined
// by a changed reference.
func (w *work) moved(m *managed, shape *shape, moves *moves) {
	for _, p := range shape.owning {
		other := p.Relation.Inverse
		if other == nil || other.Kind != mapper.OneToMany {
			continue
		}
		before := w.before(m, p)
		after := w.after(m, p, before)
		if before == after {
			continue
		}
		if old := w.unit.entryOf(before); old != nil && old.Entity != nil && old.meta.IsSubtypeOf(other.Entity) {
			s := moves.of(old, other)
			s.left = append(s.left, m.Entity)
		}
		if next := w.unit.entryOf(after); next != nil && next.Entity != nil && next.meta.IsSubtypeOf(other.Entity) {
			s := moves.of(next, other)
			s.joined = append(s.joined, m.Entity)
		}
	}
}

// shift brings a collection in line with the references of its items. What is
// not loaded gets no items.
func (w *work) shift(sh *shift, r *record) {
	s := w.unit.items(sh.owner, sh.relation)
	if s == nil {
		return
	}
	joined := sh.joined
	if !s.Loaded {
		joined = nil
	}
	list, known := shifted(s.List, sh.left, joined), shifted(s.Known, sh.left, joined)
	changed := !slices.Equal(list, s.List)
	if !changed && slices.Equal(known, s.Known) {
		return
	}
	r.items(sh.owner, sh.relation, s)
	s.List, s.Known = list, known
	if changed {
		w.storeSlice(sh.owner, sh.relation, s)
	}
}

// shifted is list without those that left, and with those that joined at its
// end unless they are there.
func shifted(list, left, joined []unsafe.Pointer) []unsafe.Pointer {
	gone, there := among(left, len(list)), among(list, len(joined))
	out := make([]unsafe.Pointer, 0, len(list)+len(joined))
	for _, x := range list {
		if !gone(x) {
			out = append(out, x)
		}
	}
	for _, x := range joined {
		if !there(x) {
			out = append(out, x)
		}
	}
	return out
}

// among returns the test for membership in list, made for a number of questions.
func among(list []unsafe.Pointer, questions int) func(unsafe.Pointer) bool {
	const few = 8
	if min(len(list), questions) <= few {
		return func(x unsafe.Pointer) bool { return slices.Contains(list, x) }
	}
	set := members(list)
	return func(x unsafe.Pointer) bool { return set[x] }
}
