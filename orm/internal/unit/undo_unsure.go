package unit

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// past is what was written past the unit inside of the open transaction: nobody knows what of the
// rows that are read from then on is not there without that.
type past struct {
	all bool
	of  map[*mapper.Entity]bool // roots
}

// WrotePast notes that rows of an entity were written past the unit, or, for nil, that anything
// may have been.
func (u *Unit) WrotePast(e *mapper.Entity) {
	switch {
	case u.open == nil:
	case e == nil:
		u.open.past.all = true
	default:
		if u.open.past.of == nil {
			u.open.past.of = map[*mapper.Entity]bool{}
		}
		u.open.past.of[e.Root()] = true
	}
}

// touches reports that rows of an entity may have been written so.
func (p *past) touches(e *mapper.Entity) bool { return p.all || p.of[e.Root()] }

// any reports that something was.
func (p *past) any() bool { return p.all || len(p.of) > 0 }

// unsure is what was read first of an entity, or of one of its lists, after something had been
// written past the unit: once that is taken back it counts as not read.
type unsure struct {
	u *Unit
	m *Managed
	// loaded is what was known before, items a list.
	loaded *changeset.Leaves
	items  *mapper.Property
	// all says that rows of this entity were written, by whatever.
	all bool
}

// Unsure notes that more is going to be read of m.
func (u *Unit) Unsure(m *Managed) {
	if u.open != nil && m.Loaded != nil && (u.open.past.touches(m.Meta) || u.open.past.touchesInverse(u.Shape(m.Meta))) {
		u.open.keep(&unsure{u: u, m: m, loaded: m.Loaded.Clone()})
	}
}

// UnsureOf notes that m was just read for the first time.
func (u *Unit) UnsureOf(m *Managed) {
	if u.open == nil {
		return
	}
	again := u.open.published && u.forgotSince(m, u.open.since) // what was flushed of it before is not taken back with it
	if again || u.open.past.any() && (u.open.past.touches(m.Meta) || u.open.past.touchesInverse(u.Shape(m.Meta))) {
		u.open.keep(&unsure{u: u, m: m, loaded: changeset.NoLeaves(len(m.Meta.Leaves)), all: again})
	}
}

// touchesInverse reports a side without columns that leads to rows which may have been written so.
func (p *past) touchesInverse(s *Shape) bool {
	return slices.ContainsFunc(s.ToOne[s.Owning:], func(q *mapper.Property) bool { return p.touches(q.Relation.Target) })
}

// unsureItems notes a list that was just read.
func (u *Unit) unsureItems(m *Managed, p *mapper.Property) {
	if u.open != nil && u.open.past.touches(p.Relation.Target) {
		u.open.keep(&unsure{u: u, m: m, items: p})
	}
}

// Undo makes what was read unread: nothing of it is taken for what is stored, and what the user
// has changed since is held against the row once that is read again, which a flush does before
// it writes.
func (s *unsure) Undo() {
	u, m := s.u, s.m
	switch {
	case m.Home != u.home || m.Snap == nil || m.Entity == nil:
	case s.items != nil:
		u.unknowItems(m, s.items)
	default:
		u.unknowRow(m, s.loaded, s.all || u.open.past.touches(m.Meta), u.open.past.touches)
	}
}

// unknowRow makes what was read of m, beyond what was known before, unread: all of it, or only the
// sides without columns that lead to rows of which that is true.
func (u *Unit) unknowRow(m *Managed, before *changeset.Leaves, all bool, of func(*mapper.Entity) bool) {
	if all {
		u.detail(m).doubted = true
	}
	for _, p := range m.Meta.Leaves {
		if p.Primary || p.Virtual || p.Kind.IsToMany() || !m.Loaded.Has(p.Index) || before != nil && before.Has(p.Index) || isKind(m.Meta, p) {
			continue
		}
		if all || p.Kind.IsToOne() && !p.Relation.Owning && of(p.Relation.Target) {
			u.unknow(m, p)
		}
	}
}

// Doubted reports an entity that was read inside of what was taken back, and not since.
func (m *Managed) Doubted() bool { return m.more != nil && m.more.doubted && m.Loaded != nil }

// Trust ends the doubt: the row was read.
func (m *Managed) Trust() {
	if m.more != nil {
		m.more.doubted = false
	}
}

// isKind reports the property that tells the type of an entity, which is known with it.
func isKind(e *mapper.Entity, p *mapper.Property) bool {
	return e.Discriminator != nil && e.Discriminator.Property == p
}

// unknow makes a property of a stored entity one that was not read, and that is read before the
// row is written. What was said of it stays.
func (u *Unit) unknow(m *Managed, p *mapper.Property) {
	if p.Kind.IsToOne() {
		u.unknowView(m, p)
	} else {
		m.unknown(p)
	}
	u.incomplete(m, p)
}

func (u *Unit) unknowView(m *Managed, p *mapper.Property) {
	b := u.baseline(m, p)
	said := b.set || u.Assigned(m, p)
	switch {
	case b.set && b.from != nil && b.from == u.Stored(m, p):
		b.unheard = true // it has left what it may never have led to
		u.setBaseline(m, p, b)
	case said && !b.set && p.Relation.Style == mapper.PointerField:
		u.setBaseline(m, p, b) // nil in an unread pointer would say nothing
	}
	m.unknown(p)
	var w = wordOf(p, nil)
	if p.Relation.Style == mapper.RefField {
		w = u.standIn(place{m, p})
	}
	put(p, m.Snap, w)
	u.SetForeign(m, p, nil)
	if !said {
		put(p, m.Entity, w)
	}
}
