package orm

import (
	"context"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// settle brings the owning sides of relations in line with changed inverse
// sides, and finds orphans.
func (p *preparation) settle(ctx context.Context) error {
	for i := 0; i < len(p.unit.tracked); i++ {
		m := p.unit.tracked[i]
		if m == nil || m.Entity == nil || m.state == removed || m.snap == nil && m.state == clean {
			continue
		}
		shape := p.unit.db.shape(m.meta)
		for _, r := range shape.inverse {
			p.settleInverse(m, r)
		}
		for _, r := range shape.many {
			p.settleMany(m, r)
		}
		for _, r := range shape.owning {
			if r.Relation.OrphanRemoval {
				p.orphanReference(m, r)
			}
		}
	}
	return nil
}

// settleMany compares an inverse collection with its known items.
func (p *preparation) settleMany(m *managed, r *mapper.Property) {
	s := p.unit.items(m, r)
	if s == nil || slices.Equal(s.List, s.Known) && len(s.Removed) == 0 {
		return
	}
	if r.Kind == mapper.ManyToMany && r.Relation.Owning {
		return
	}
	known := members(s.Known)
	for _, item := range s.List {
		if !known[item] {
			p.unit.mirror(m, r, item, change{joined: true})
		}
	}
	listed := members(s.List)
	for _, item := range slices.Concat(s.Known, s.Removed) {
		if !listed[item] {
			p.unit.mirror(m, r, item, change{})
			p.orphan(m, r, item)
		}
	}
}

func members(list []unsafe.Pointer) map[unsafe.Pointer]bool {
	if len(list) == 0 {
		return nil
	}
	set := make(map[unsafe.Pointer]bool, len(list))
	for _, p := range list {
		set[p] = true
	}
	return set
}

// orphan removes an item that left a relation with orphan removal, unless it
// was attached elsewhere.
func (p *preparation) orphan(m *managed, r *mapper.Property, item unsafe.Pointer) {
	found := p.unit.find(item)
	if !r.Relation.OrphanRemoval || found == nil || found.state == removed {
		return
	}
	if r.Kind == mapper.OneToMany {
		if e := p.unit.reference(found, r.Relation.Inverse); e != nil && e != &m.Entry {
			return
		}
	}
	p.unit.remove(found.meta, item)
}

// orphanReference removes the former target of a to-one relation with orphan removal.
func (p *preparation) orphanReference(m *managed, r *mapper.Property) {
	if m.snap == nil {
		return
	}
	before, _ := r.Reference(m.snap)
	now := p.unit.reference(m, r)
	if old := p.unit.entryOf(before); old != nil && before != now && old.Entity != nil {
		p.unit.remove(old.meta, old.Entity)
	}
}

// settleInverse carries a change of the inverse side of a one-to-one over to the owning side.
func (p *preparation) settleInverse(m *managed, r *mapper.Property) {
	now := p.unit.fieldEntry(m, m.Entity, r)
	var before *slot.Entry
	if m.snap != nil {
		before = p.unit.fieldEntry(m, m.snap, r)
	}
	if now == before {
		return
	}
	owning := r.Relation.Inverse
	if old := p.unit.entryOf(before); old != nil && old.Entity != nil && p.unit.reference(old, owning) == &m.Entry {
		owning.SetReference(old.Entity, nil, nil)
		p.orphan(m, r, old.Entity)
	}
	if next := p.unit.entryOf(now); next != nil && next.Entity != nil {
		owning.SetReference(next.Entity, &m.Entry, m.Entity)
	}
}

// fieldEntry returns the place a to-one field of the memory at p refers to.
func (u *unit) fieldEntry(m *managed, p unsafe.Pointer, r *mapper.Property) *slot.Entry {
	e, target := r.Reference(p)
	if e == nil && target != nil {
		if found := u.find(target); found != nil {
			return &found.Entry
		}
	}
	return e
}

// change says that an item joined or left a collection.
type change struct {
	joined bool
	// now reports that the user just did it; at flush time what the user did to
	// the other side meanwhile has precedence.
	now bool
}

// mirror carries over to the other side that item joined or left property r of m.
func (u *unit) mirror(m *managed, r *mapper.Property, item unsafe.Pointer, c change) {
	other := r.Relation.Inverse
	if other == nil || !u.has(r.Relation.Target, item, other) {
		return
	}
	if r.Kind == mapper.OneToMany {
		u.mirrorReference(m, other, item, c)
		return
	}
	if c.joined {
		u.put(other, item, m.Entity)
	} else {
		u.drop(other, item, m.Entity)
	}
}

// has reports whether the entity at p, known as an e, has a property that may be
// one of a subtype of e.
func (u *unit) has(e *mapper.Entity, p unsafe.Pointer, property *mapper.Property) bool {
	if e.IsSubtypeOf(property.Entity) {
		return true
	}
	found := u.find(p)
	return found != nil && found.meta.IsSubtypeOf(property.Entity)
}

// mirrorReference sets or clears the reference of an item.
func (u *unit) mirrorReference(m *managed, owning *mapper.Property, item unsafe.Pointer, c change) {
	now, target := owning.Reference(item)
	mine := now == &m.Entry || now != nil && now.Entity == m.Entity && m.Entity != nil || target != nil && target == m.Entity
	switch {
	case c.joined && !mine && (c.now || !u.assigned(owning, item)):
		owning.SetReference(item, &m.Entry, m.Entity)
	case !c.joined && mine:
		owning.SetReference(item, nil, nil)
	}
}

// assigned reports that the user gave the reference of an item a value since it was read.
func (u *unit) assigned(owning *mapper.Property, item unsafe.Pointer) bool {
	now, target := owning.Reference(item)
	if now == nil && target == nil {
		return false
	}
	if found := u.find(item); found != nil && found.snap != nil {
		before, old := owning.Reference(found.snap)
		return before != now || old != target
	}
	return true
}

// put adds x to a many-to-many property of the entity at owner, drop takes it out.
func (u *unit) put(p *mapper.Property, owner, x unsafe.Pointer) {
	if p.Relation.Style == mapper.SliceField {
		list := p.Slice(owner)
		if !slices.Contains(*list, x) && (*list != nil || p.Relation.Owning) {
			*list = append(*list, x)
		}
		return
	}
	s := touch(p.Collection(owner))
	if !s.Has(x) {
		s.Join(x)
	}
}

func (u *unit) drop(p *mapper.Property, owner, x unsafe.Pointer) {
	if p.Relation.Style == mapper.SliceField {
		list := p.Slice(owner)
		if i := slices.Index(*list, x); i >= 0 {
			*list = slices.Concat((*list)[:i], (*list)[i+1:])
		}
		return
	}
	s := touch(p.Collection(owner))
	s.Leave(x)
	if !s.Loaded && !s.HasRemoved(x) {
		s.Remove(x)
	}
}

// touch returns the items of a collection, making them when there are none.
func touch(c *slot.Collection) *slot.Items {
	if c.Items == nil {
		c.Items = &slot.Items{Self: c, Loaded: c.Owner == nil}
	}
	return c.Items
}
