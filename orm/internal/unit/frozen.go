package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Frozen is an entity as a flush writes it, for a publication that comes after the user's own
// code has run: what that changes is not in it, and stays pending.
type Frozen struct {
	entity unsafe.Pointer
	base   []view
}

// Freeze keeps the entity as it is.
func (u *Unit) Freeze(m *Managed) *Frozen {
	f := &Frozen{entity: u.copyOf(m)}
	if m.more != nil {
		f.base = slices.Clone(m.more.base)
	}
	return f
}

// Take takes over what the database made of a property, which lies in the entity.
func (f *Frozen) Take(p *mapper.Property, m *Managed) {
	_ = p.CopyLeaf(f.entity, m.Entity) // it was stored there a moment ago
}

// AsFrozen runs what lets the scalars beside references follow these with the entity as it was written,
// and takes them over into that. What the user has changed since stays.
func (u *Unit) AsFrozen(m *Managed, f *Frozen, follow func()) {
	var restore []func()
	for _, sh := range u.Shape(m.Meta).Shared {
		if value := sh.Scalar.Access.Value(m.Entity); !changeset.Same(value, sh.Scalar.Access.Value(f.entity)) {
			restore = append(restore, func() { sh.Scalar.Restore(m.Entity, value) })
			_ = sh.Scalar.CopyLeaf(m.Entity, f.entity)
		}
		if w := word(sh.Reference, m.Entity); w != word(sh.Reference, f.entity) {
			restore = append(restore, func() { put(sh.Reference, m.Entity, w) })
			put(sh.Reference, m.Entity, word(sh.Reference, f.entity))
		}
	}
	follow()
	for _, sh := range u.Shape(m.Meta).Shared {
		f.Take(sh.Scalar, m)
	}
	for _, put := range restore {
		put()
	}
}

// said returns the baseline of a to-one view as it was.
func (f *Frozen) said(u *Unit, m *Managed, i int, p *mapper.Property) view {
	if f.base != nil && f.base[i].set {
		return f.base[i]
	}
	return u.stored(m, p)
}

// since returns the baselines that have moved since, nil for none.
func (f *Frozen) since(m *Managed) []view {
	if f == nil || m.more == nil || m.more.base == nil {
		return nil
	}
	var out []view
	for i, v := range m.more.base {
		if !v.set || f.base != nil && f.base[i] == v {
			continue
		}
		if out == nil {
			out = make([]view, len(m.more.base))
		}
		out[i] = v
	}
	return out
}

// FrozenLists are the collections with changes as a flush writes them.
type FrozenLists map[place]*slot.Items

// FreezeLists keeps the collections with changes as they are.
func (u *Unit) FreezeLists() FrozenLists {
	lists := make(FrozenLists, len(u.touched))
	for _, t := range u.touched {
		if s := u.Items(t.m, t.p); s != nil {
			lists[t] = s.CloneFor(s.Self)
		}
	}
	return lists
}

// Lists lets the publication settle collections as they were then.
func (p *Publication) Lists(frozen FrozenLists) { p.lists = frozen }

// writes returns what the flush has written of a collection: its present state, or the frozen
// one. It is nil for a collection that was changed since alone, or set as a whole since.
func (p *Publication) writes(t place, s *slot.Items) *slot.Items {
	if p.lists == nil {
		return s
	}
	if f := p.lists[t]; f != nil && (f.Wiped || !s.Wiped) {
		return f
	}
	return nil
}
