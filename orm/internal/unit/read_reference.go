package unit

import (
	"slices"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// SetForeign notes what the row says about a relation kept as a plain pointer.
func (u *Unit) SetForeign(m *Managed, p *mapper.Property, target *slot.Entry) {
	if p.Relation.Style != mapper.PointerField {
		return
	}
	shape := u.Shape(m.Meta)
	at := shape.Of(p)
	if at < 0 {
		return // of another subtype
	}
	d := u.detail(m)
	if d.foreign == nil {
		d.foreign = take(&u.memory.entries, len(shape.ToOne))
	}
	d.foreign[at] = target
}

// Point fills a plain pointer whose target has arrived, unless the user assigned it.
func (u *Unit) Point(m *Managed, p *mapper.Property) {
	if p.Relation.Style != mapper.PointerField {
		return
	}
	b := u.baseline(m, p)
	if b.target == nil || b.target.Entity == nil || b.word == b.target.Entity || word(p, m.Entity) != b.word {
		return
	}
	put(p, m.Entity, b.target.Entity)
	if b.set {
		b.word = b.target.Entity
		u.setBaseline(m, p, b)
		return
	}
	if m.Snap != nil {
		put(p, m.Snap, b.target.Entity)
	}
}

// SetTarget notes what was read of the side without columns of a one-to-one
// relation; target is nil when there is none. What the user assigned stays.
func (u *Unit) SetTarget(m *Managed, p *mapper.Property, target *Managed) {
	var e *slot.Entry
	if target != nil {
		if e = &target.Entry; u.leads(m, p, e) {
			e = nil
		} else {
			u.Point(target, p.Relation.Inverse)
		}
	}
	if u.Assigned(m, p) || u.baseline(m, p).set {
		return
	}
	put(p, m.Entity, wordOf(p, e))
	if m.Snap != nil {
		u.Unsure(m)
		put(p, m.Snap, wordOf(p, e))
	}
	u.SetForeign(m, p, e)
	m.Loaded.Add(p.Index)
	u.noteNull(m, p)
}

// leads reports a row that the database has on the other side of a view without columns
// and that leads elsewhere by now: it has moved away, and is not flushed yet. One that leads
// where it was read to lead, if to a place of m from before it was forgotten, has not.
func (u *Unit) leads(m *Managed, p *mapper.Property, target *slot.Entry) bool {
	row, ref := u.EntryOf(target), p.Relation.Inverse
	return !p.Relation.Owning && !p.Relation.ReadOnly && row != nil && row.Entity != nil && row.Snap != nil && u.moved(m, ref, row)
}

// Part empties the views without columns of an entity that has just been read whose rows
// have moved away already.
func (u *Unit) Part(m *Managed) {
	shape := u.Shape(m.Meta)
	for _, p := range shape.ToOne[shape.Owning:] {
		target := (*slot.Entry)(nil)
		switch w := word(p, m.Entity); {
		case p.Relation.Style == mapper.RefField:
			target = (*slot.Entry)(w)
		case m.more != nil && m.more.foreign != nil:
			target = m.more.foreign[shape.Of(p)]
		}
		if target != nil && m.Loaded.Has(p.Index) && u.leads(m, p, target) {
			put(p, m.Entity, nil)
			u.SetForeign(m, p, nil)
		}
	}
}

// Missing returns the references that were changed on entities read in part, and what counts as
// not read any more, so that what is stored must be read first.
func (u *Unit) Missing(m *Managed) []*mapper.Property {
	if m.more == nil || m.Loaded == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(m.more.missing), func(p *mapper.Property) bool { return m.Loaded.Has(p.Index) })
}

// Former is a row that a one-to-one relation led to in the database, by the reference it holds.
type Former struct {
	Row *Managed
	Ref *mapper.Property
}

// Displaced returns the rows that one-to-one views without columns led to which were
// changed before they were read: they leave m, unless they have done so already.
func (u *Unit) Displaced(m *Managed) (list []Former) {
	if m.more == nil {
		return nil
	}
	for _, p := range m.more.missing {
		if p.Relation == nil || p.Relation.Owning || !m.Loaded.Has(p.Index) {
			continue
		}
		former, ref := u.EntryOf(u.Stored(m, p)), p.Relation.Inverse
		if former == nil || u.Reference(m, p) == &former.Entry {
			continue
		}
		switch {
		case former.Entity == nil:
		case u.Assigned(former, ref):
			continue
		case former.Loaded.Has(ref.Index) && u.baseline(former, ref).target != &m.Entry:
			continue
		}
		list = append(list, Former{former, ref})
	}
	return list
}

// Displace lets a row, which has been read, leave m, and reports whether it led there still.
func (u *Unit) Displace(m *Managed, f Former) bool {
	if f.Row.Entity == nil || u.Reference(f.Row, f.Ref) != &m.Entry {
		return false
	}
	s := syncing{u: u}
	s.move(f.Row, f.Ref, nil, others)
	return true
}
