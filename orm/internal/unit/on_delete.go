package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// vanish takes rows that are gone out of every view: lists, and references that the
// database has cleared.
func (p *Publication) vanish() {
	u := p.u
	roots := map[*mapper.Entity]bool{}
	var last *mapper.Entity
	for _, m := range p.list {
		if m.Meta != last {
			last = m.Meta
			roots[last.Root()] = true
		}
	}
	for i := 0; i < len(u.tracked); i++ {
		m := u.tracked[i]
		if m == nil || m.Entity == nil {
			continue
		}
		shape := u.Shape(m.Meta)
		for _, q := range shape.ToOne {
			if roots[q.Relation.Target.Root()] || q.Relation.IsAny() {
				p.clearReference(m, q)
			}
		}
		for _, q := range shape.Many {
			if roots[q.Relation.Target.Root()] {
				p.clearList(m, q)
			}
		}
	}
}

// clearReference empties a to-one view of a row that is gone, where the database has
// done so, or there is no column.
func (p *Publication) clearReference(m *Managed, q *mapper.Property) {
	u := p.u
	b := u.baseline(m, q)
	if b.target == nil || !p.isGone(Of(b.target)) || b.target.Home != u.home {
		return
	}
	if q.Relation.ReadOnly {
		if m.Snap != nil {
			u.unread(m, q) // another may have come in its place
		}
		return
	}
	if q.Relation.Owning {
		switch q.Relation.OnDelete {
		case mapper.RuleSetNull:
		case mapper.RuleCascade:
			if m.State == Clean || m.State == Removed {
				p.Deleted(m)
			}
			return
		default:
			if Of(b.target).Snap != nil {
				return
			}
		}
	}
	u.journal.add(&clearedStep{m, q, word(q, m.Entity), b, u.stored(m, q)})
	if word(q, m.Entity) == b.word {
		put(q, m.Entity, nil)
	}
	if m.Snap != nil {
		put(q, m.Snap, nil)
	}
	if d := m.more; d != nil {
		i := u.Shape(m.Meta).Of(q)
		if d.foreign != nil {
			d.foreign[i] = nil
		}
		if d.base != nil {
			d.base[i] = view{}
		}
	}
}

// clearedStep is a reference to a row that is gone.
type clearedStep struct {
	m      *Managed
	p      *mapper.Property
	word   unsafe.Pointer
	base   view
	stored view
}

func (s *clearedStep) undo(u *Unit) {
	m := s.m
	if word(s.p, m.Entity) == nil {
		put(s.p, m.Entity, s.word)
	}
	if m.Snap != nil {
		put(s.p, m.Snap, s.stored.word)
	}
	if d := m.more; d != nil && d.foreign != nil && s.p.Relation.Style == mapper.PointerField {
		d.foreign[u.Shape(m.Meta).Of(s.p)] = s.stored.target
	}
	if s.base.set {
		u.setBaseline(m, s.p, s.base)
	}
}

// clearList takes rows that are gone out of a to-many view.
func (p *Publication) clearList(m *Managed, q *mapper.Property) {
	u := p.u
	if st := u.Items(m, q); st != nil && st != slot.Empty {
		for _, x := range slices.Backward(slices.Clone(st.Read())) {
			if p.goneAt(x) {
				u.journal.add(&vanishedStep{place{m, q}, x, st.Forget(x), false, st.Sets})
			}
		}
	}
	if q.Relation.Style != mapper.SliceField {
		return
	}
	list := q.Slice(m.Entity)
	for i := len(*list) - 1; i >= 0; i-- {
		if x := (*list)[i]; p.goneAt(x) {
			*list = slices.Delete(slices.Clone(*list), i, i+1) // nil would be the user's
			u.journal.add(&vanishedStep{place{m, q}, x, i, true, 0})
		}
	}
}

func (p *Publication) goneAt(x unsafe.Pointer) bool {
	p.find()
	return p.at[x]
}

func (p *Publication) isGone(m *Managed) bool {
	p.find()
	return p.gone[m]
}

// find makes the rows that are gone findable.
func (p *Publication) find() {
	if p.gone == nil {
		p.gone, p.at = make(map[*Managed]bool, len(p.list)), make(map[unsafe.Pointer]bool, len(p.list))
	}
	for _, m := range p.list[len(p.gone):] {
		p.gone[m], p.at[m.Entity] = true, true
	}
}

// end notes that the row of m is gone, or never was.
func (p *Publication) end(m *Managed) {
	p.list = append(p.list, m)
}

// vanishedStep is an item whose row is gone.
type vanishedStep struct {
	place
	x     unsafe.Pointer
	at    int
	field bool
	sets  int
}

func (s *vanishedStep) undo(u *Unit) {
	s.x = u.now(s.x)
	if s.field {
		if list := s.p.Slice(s.m.Entity); *list != nil && !slices.Contains(*list, s.x) {
			*list = slices.Insert(slices.Clip(*list), min(s.at, len(*list)), s.x)
		}
		return
	}
	if st := u.Items(s.m, s.p); st != nil && s.at >= 0 && !st.Has(s.x) {
		st.Restore(s.at, s.x)
		if st.Sets != s.sets {
			u.back.swept = append(u.back.swept, sweep{s.place, s.x})
		}
	}
}

// Falls reports a row that the mapping says is deleted with one of those that go.
func (u *Unit) Falls(m *Managed, gone map[*Managed]bool) bool {
	shape := u.Shape(m.Meta)
	for _, p := range shape.ToOne[:shape.Owning] {
		if target := u.EntryOf(u.Reference(m, p)); p.Relation.OnDelete == mapper.RuleCascade && target != nil && gone[target] {
			return true
		}
	}
	return false
}

// Release empties the references in memory to rows that go, where the mapping says that
// they are set to null and the database does not do so. It reports whether there were any.
func (u *Unit) Release(gone map[*Managed]bool) (released bool) {
	if len(gone) == 0 {
		return false
	}
	for _, m := range u.tracked {
		if m == nil || m.State != Clean || m.Snap == nil || gone[m] {
			continue
		}
		shape := u.Shape(m.Meta)
		for _, p := range shape.ToOne[:shape.Owning] {
			if p.Relation.OnDelete != mapper.RuleSetNull {
				continue
			}
			if target := u.EntryOf(u.Reference(m, p)); target != nil && gone[target] {
				s := syncing{u: u}
				s.move(m, p, nil, others)
				released = true
			}
		}
	}
	return released
}
