package unit

import (
	"fmt"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// StaleError is a detached entity with another version than the managed one.
type StaleError struct {
	Entity        string
	Key, Expected any
}

// Error returns "Author 7 has another version than 3".
func (e *StaleError) Error() string {
	return fmt.Sprintf("%s has another version than %v", Subject(e.Entity, e.Key), e.Expected)
}

// Merge makes the detached entity at x managed, or takes its values over into the
// instance that is. Relations that cascade merge are followed.
func (u *Unit) Merge(e *mapper.Entity, x unsafe.Pointer) (*Managed, error) {
	return (&merging{u, map[unsafe.Pointer]*Managed{}}).entity(e, x)
}

// merging is one Merge: the entities it has met.
type merging struct {
	u    *Unit
	seen map[unsafe.Pointer]*Managed
}

func (g *merging) entity(e *mapper.Entity, x unsafe.Pointer) (*Managed, error) {
	u := g.u
	if m := g.seen[x]; m != nil {
		return m, nil
	}
	if m := u.Find(x); m != nil {
		return m, nil
	}
	key, ok := e.KeyOf(x)
	if !ok {
		return nil, &Problem{Class: ErrDetached, Entity: e.Name, Detail: "it has no key; persist it instead"}
	}
	m := u.Entry(e, key)
	g.seen[x] = m
	below := g.below(e, x)
	if m.Entity == nil {
		m.Meta = e
		u.settleDetached(m, x)
		u.Adopt(m, x)
		u.MarkUnread(m)
		u.Snapshot(m)
		u.Greet(m)
		u.vouch(m)
	} else if err := u.takeOver(m, e, x); err != nil {
		return nil, err
	}
	for _, t := range below {
		if err := g.target(t.e, t.x); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// target merges what a merged entity leads to, unless it is new.
func (g *merging) target(e *mapper.Entity, x unsafe.Pointer) error {
	if _, ok := e.KeyOf(x); !ok {
		return nil
	}
	_, err := g.entity(e, x)
	return err
}

// detached is an entity that a merge reaches.
type detached struct {
	e *mapper.Entity
	x unsafe.Pointer
}

// below lists what relations with cascade merge lead to.
func (g *merging) below(e *mapper.Entity, x unsafe.Pointer) (list []detached) {
	shape := g.u.Shape(e)
	for _, p := range shape.ToOne {
		if !p.Relation.Cascade.Has(mapper.CascadeMerge) {
			continue
		}
		entry, target := p.Reference(x)
		if entry != nil {
			target = entry.Entity
		}
		if target != nil {
			of := p.Relation.Target
			if entry != nil {
				of = of.TargetOf(entry)
			}
			if of != nil {
				list = append(list, detached{of, target})
			}
		}
	}
	for _, p := range shape.Many {
		if !p.Relation.Cascade.Has(mapper.CascadeMerge) {
			continue
		}
		for _, item := range listAt(p, x) {
			list = append(list, detached{p.Relation.Target, item})
		}
	}
	return list
}

func listAt(p *mapper.Property, x unsafe.Pointer) []unsafe.Pointer {
	if p.Relation.Style == mapper.SliceField {
		return *p.Slice(x)
	}
	if c := p.Collection(x); c.Items != nil {
		return c.Items.View()
	}
	return nil
}

// settleDetached takes what belongs to another manager out of the entity at x, before it
// becomes that of m: references lead to this unit's places, collections are not loaded.
func (u *Unit) settleDetached(m *Managed, x unsafe.Pointer) {
	shape := u.Shape(m.Meta)
	m.Loaded = shape.withoutInverse()
	for i, p := range shape.ToOne {
		entry := u.targetOf(p, x)
		put(p, x, wordOf(p, entry)) // a pointer to what is not loaded is nil; the row's value is remembered beside
		u.SetForeign(m, p, entry)
		if i >= shape.Owning && entry != nil {
			m.Loaded.Add(p.Index) // an empty one may not have been read
		}
	}
	for _, p := range m.Meta.Leaves {
		if unreadIn(p, x) {
			m.unknown(p)
		}
	}
	for _, p := range shape.Many {
		if p.Relation.Style == mapper.CollectionField {
			p.Collection(x).Items = nil
		} else {
			*p.Slice(x) = nil
		}
	}
}

// withoutInverse are the leaves but for to-one views without columns, which only another
// row tells; nil when there are none.
func (s *Shape) withoutInverse() *changeset.Leaves {
	if s.Owning == len(s.ToOne) {
		return nil
	}
	set := changeset.NoLeaves(len(s.Meta.Leaves))
	for _, p := range s.Meta.Leaves {
		if s.at[p.Index] < s.Owning || p.Kind.IsToMany() {
			set.Add(p.Index)
		}
	}
	return set
}

// valuesOf are the leaves with columns that the detached entity at x says something of, but for
// references: those are views, which can be changed before they are read.
func (s *Shape) valuesOf(x unsafe.Pointer) (list []*mapper.Property) {
	for _, p := range s.Meta.Leaves {
		if len(p.Columns) > 0 && (p.Relation == nil || p.Primary) && !unreadIn(p, x) {
			list = append(list, p)
		}
	}
	return list
}

// unreadIn reports a lazy value that a detached entity does not have: nothing tells whether it was
// read there, so that it counts as not read.
func unreadIn(p *mapper.Property, x unsafe.Pointer) bool {
	return p.Lazy && p.Relation == nil && !p.Virtual && (p.Access.Value(x) == nil || p.Access.IsZero(x))
}

// targetOf returns this unit's place of what a reference of a detached entity leads to.
func (u *Unit) targetOf(p *mapper.Property, x unsafe.Pointer) *slot.Entry {
	key, ok := p.TargetKey(x)
	if !ok {
		return nil
	}
	return &u.Entry(p.Relation.Target, key).Entry
}

// takeOver copies plain values and references of a detached entity.
func (u *Unit) takeOver(m *Managed, e *mapper.Entity, x unsafe.Pointer) error {
	switch {
	case m.State == Removed, m.Snap == nil, m.Lacks(u.Shape(e).valuesOf(x)):
		return &Problem{Class: ErrDetached, Entity: e.Name, Key: m.Key, Detail: "another instance of it is managed, which is removed or loaded in part"}
	case m.Meta != e:
		return &Problem{Class: ErrDetached, Entity: e.Name, Key: m.Key, Detail: "another instance of it is managed, as " + m.Meta.Name}
	}
	if v := e.Version; v != nil && !changeset.Same(v.Access.Value(x), v.Access.Value(m.Entity)) {
		return &StaleError{Entity: e.Name, Key: m.Key, Expected: v.Access.Value(x)}
	}
	for _, p := range m.Meta.Leaves {
		if p.Primary || p.Version || p.Virtual || p.Formula != "" || p.Relation != nil || unreadIn(p, x) {
			continue
		}
		if err := copyLeaf(p, m.Entity, x); err != nil {
			return err
		}
	}
	shape := u.Shape(m.Meta)
	for _, p := range shape.ToOne[:shape.Owning] {
		if p.Primary {
			continue
		}
		entry := u.targetOf(p, x)
		if p.Relation.Style == mapper.PointerField && (entry == nil || entry.Entity == nil) {
			if entry != nil && u.Reference(m, p) != entry {
				return &Problem{Class: ErrNotLoaded, Entity: m.Meta.Name, Key: m.Key, Path: p.Path,
					Detail: "it leads to an entity that is not loaded here"}
			}
			continue // the same, or not loaded there
		}
		put(p, m.Entity, wordOf(p, entry))
	}
	return nil
}
