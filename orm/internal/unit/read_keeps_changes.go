package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// Merge says how a row is taken over into an entity that is there already.
type Merge uint8

const (
	// Complete takes what was not read before.
	Complete Merge = iota
	// Renew takes everything that the user has not changed.
	Renew
	// Overwrite takes everything, changes of the user included.
	Overwrite
)

// Take takes one property of the entity at src, made from a row, over into m as
// stored. foreign is the target of a plain pointer, as the row has it.
func (u *Unit) Take(m *Managed, p *mapper.Property, src unsafe.Pointer, foreign *slot.Entry, how Merge) error {
	known := m.Loaded.Has(p.Index)
	if known && how == Complete {
		return nil
	}
	if m.Snap == nil && !u.readOnly {
		u.Snapshot(m)
	}
	if m.Vouched(p) {
		m.more.vouched.Delete(p.Index)
	}
	if p.Kind.IsToOne() {
		u.takeReference(m, p, src, foreign, how)
		if m.Loaded.Add(p.Index); !known {
			u.noteNull(m, p)
		}
		return nil
	}
	// What was assigned to a property that was not read is a change from now on.
	changed := m.Snap != nil && !p.Access.Equal(m.Entity, m.Snap)
	if (how == Overwrite || !changed) && !u.follows(m, p, how) {
		if err := takeLeaf(p, m.Entity, src); err != nil {
			return err
		}
	}
	if m.Snap != nil {
		if err := takeLeaf(p, m.Snap, src); err != nil {
			return err
		}
	}
	m.Loaded.Add(p.Index)
	return nil
}

// Remade returns the leaves within embedded values that the user has put where there was none, or made
// absent: these are the user's as a whole, and do not mix with what is read of a row. It is asked
// before any leaf of that is taken, since a value comes into being with its first part.
func (u *Unit) Remade(m *Managed, leaves []*mapper.Property) (list []*mapper.Property) {
	if m.Snap == nil {
		return nil
	}
	for _, p := range leaves {
		if p.Parent != nil && p.Relation == nil && m.Meta.IsSubtypeOf(p.Entity) && p.AbsentIn(m.Entity) != p.AbsentIn(m.Snap) {
			list = append(list, p)
		}
	}
	return list
}

// TakeStored takes one leaf of the entity at src, made from a row, over as stored, and leaves alone what
// the user has in its place.
func (u *Unit) TakeStored(m *Managed, p *mapper.Property, src unsafe.Pointer) error {
	if m.Vouched(p) {
		m.more.vouched.Delete(p.Index)
	}
	m.Loaded.Add(p.Index)
	return takeLeaf(p, m.Snap, src)
}

// settleView makes what is stored the baseline of a to-one view.
func (u *Unit) settleView(m *Managed, p *mapper.Property) {
	if d := m.more; d != nil && d.base != nil {
		d.base[u.Shape(m.Meta).Of(p)] = view{}
		if !slices.ContainsFunc(d.base, func(v view) bool { return v.set }) {
			d.base = nil
			u.show(m)
		}
	}
}

// Completed notes that m was read in full, where nothing it has is missing any more.
func (u *Unit) Completed(m *Managed) {
	if m.Loaded == nil {
		return
	}
	for _, p := range m.Meta.Leaves {
		if !p.Virtual && !p.Kind.IsToMany() && !m.Loaded.Has(p.Index) {
			return
		}
	}
	m.Loaded = nil
}

// takeLeaf copies one leaf of a row. An embedded value is absent from src where all that
// was read of it is NULL: what is known of it from reads of other parts stays.
func takeLeaf(p *mapper.Property, dst, src unsafe.Pointer) error {
	if p.AbsentIn(src) != nil {
		return p.Access.Store(dst, nil)
	}
	return p.CopyLeaf(dst, src)
}

// Unmake makes embedded values absent from m that are absent from the row at src, of which
// leaves were read, once nothing is left of them.
func (u *Unit) Unmake(m *Managed, leaves []*mapper.Property, src unsafe.Pointer) {
	for _, p := range leaves {
		if p.Parent == nil || !m.Meta.IsSubtypeOf(p.Entity) {
			continue
		}
		for _, x := range []unsafe.Pointer{m.Entity, m.Snap} {
			if x != nil {
				unmake(p, x, src)
			}
		}
	}
}

// unmake makes the embedded value around a leaf absent from x where it is absent from src, once
// nothing is left of it.
func unmake(p *mapper.Property, x, src unsafe.Pointer) {
	if absent := p.AbsentIn(src); absent != nil && isEmpty(absent, x) {
		absent.Unmake(x)
	}
}

// copyLeaf copies one leaf; an embedded value that is absent from src will be from dst.
func copyLeaf(p *mapper.Property, dst, src unsafe.Pointer) error {
	if absent := p.AbsentIn(src); absent != nil {
		absent.Unmake(dst)
		return nil
	}
	return p.CopyLeaf(dst, src)
}

// isEmpty reports an embedded value in x of which no leaf has a value but zero.
func isEmpty(p *mapper.Property, x unsafe.Pointer) bool {
	if len(p.Embedded) > 0 {
		return !slices.ContainsFunc(p.Embedded, func(q *mapper.Property) bool { return !isEmpty(q, x) })
	}
	if p.Relation != nil {
		return p.Kind.IsToMany() || word(p, x) == nil
	}
	return p.Access.Value(x) == nil || p.Access.IsZero(x)
}

// takeReference takes a to-one property over. Where the user changed the relation,
// and that is not to be overwritten, only what is stored is noted. What other views say of
// the relation is never overwritten: it is theirs.
func (u *Unit) takeReference(m *Managed, p *mapper.Property, src unsafe.Pointer, foreign *slot.Entry, how Merge) {
	w := word(p, src)
	target := foreign
	if p.Relation.Style == mapper.RefField {
		target = (*slot.Entry)(w)
	}
	changed := u.Assigned(m, p) || m.more != nil && m.more.base != nil && m.more.base[u.Shape(m.Meta).Of(p)].set
	if changed && how != Overwrite {
		b := u.baseline(m, p)
		u.store(m, p, w, target)
		switch {
		case m.Loaded.Has(p.Index):
		case b.unheard && b.from != target: // it has left another
			put(p, m.Entity, wordOf(p, target))
			u.settleView(m, p)
		default:
			u.depart(m, p, target)
		}
		return
	}
	if u.leads(m, p, target) {
		w, target = nil, nil
	}
	b := u.baseline(m, p)
	if u.pends(m, p) == others && b.target != target {
		u.store(m, p, w, target)
		put(p, m.Entity, b.word)
		return
	}
	if known := m.Loaded.Has(p.Index); (known || b.set) && b.target != target {
		s := syncing{u: u}
		s.giveUp(m, p, target)
	}
	u.store(m, p, w, target)
	put(p, m.Entity, wordOf(p, target))
	u.settleView(m, p)
}

// depart lets a row that was moved before it was known where it leads leave the views there.
func (u *Unit) depart(m *Managed, p *mapper.Property, target *slot.Entry) {
	owner := u.EntryOf(target)
	if !p.Relation.Owning || p.Relation.Inverse == nil || owner == nil || u.baseline(m, p).target == target {
		return
	}
	u.journal.resume(m, p)
	for view := range p.Relation.Views() {
		u.leaveView(owner, p, view, m)
	}
}

// giveUp lets a to-one view lead to target, which is stored, instead of where it was brought
// together with the others because it said so itself. What that has displaced comes back.
func (s *syncing) giveUp(m *Managed, p *mapper.Property, target *slot.Entry) {
	u, former := s.u, s.u.EntryOf(s.u.baseline(m, p).target)
	if p.Relation.Owning {
		if s.move(m, p, target, own); former != nil && p.Relation.Inverse != nil && p.Kind == mapper.OneToOne {
			s.comeBack(former, p, u.EntryOf(u.Stored(former, p.Relation.Inverse)))
		}
		return
	}
	ref := p.Relation.Inverse
	if former != nil && former.Entity != nil {
		if b := u.baseline(former, ref); b.by == others && b.target == &m.Entry {
			s.move(former, ref, u.Stored(former, ref), own)
			u.settleView(former, ref)
		}
	}
	s.comeBack(m, ref, u.EntryOf(target))
}

// comeBack lets a row lead to its owner again whose place another has given up.
func (s *syncing) comeBack(owner *Managed, ref *mapper.Property, row *Managed) {
	if row == nil || row.Entity == nil || s.u.Stored(row, ref) != &owner.Entry {
		return
	}
	if b := s.u.baseline(row, ref); b.by == others && b.target == nil {
		s.move(row, ref, &owner.Entry, own)
		s.u.settleView(row, ref)
	}
}

// store notes what the database holds of a to-one property.
func (u *Unit) store(m *Managed, p *mapper.Property, w unsafe.Pointer, target *slot.Entry) {
	if m.Snap != nil {
		if d := m.more; d != nil && d.base != nil || u.Assigned(m, p) {
			if b := u.baseline(m, p); !b.set && m.Loaded.Has(p.Index) {
				u.setBaseline(m, p, b) // the views agreed on what was stored before
			}
		}
		put(p, m.Snap, w)
	}
	u.SetForeign(m, p, target)
}
