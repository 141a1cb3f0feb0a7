package mapper

import (
	"slices"
	"strings"
)

// IsSubtypeOf reports whether e is base or extends it, or one of those that base stands for.
func (e *Entity) IsSubtypeOf(base *Entity) bool {
	for of := e; of != nil; of = of.Base {
		if of == base {
			return true
		}
	}
	return base != nil && base.Targets != nil && base.TargetFor(e) != nil
}

// Root returns the topmost entity of e's hierarchy, e itself outside of one.
func (e *Entity) Root() *Entity {
	for e.Base != nil {
		e = e.Base
	}
	return e
}

// StoredIn returns the entities whose tables together hold a row of e, the root
// first: the whole line of bases under table per type, e alone otherwise. The
// slice must not be changed.
func (e *Entity) StoredIn() []*Entity { return e.storedIn }

// TellsType reports that p tells which type a row is of that a read of e, which
// has subtypes, finds.
func (e *Entity) TellsType(p *Property) bool {
	return len(e.Children) > 0 && len(p.Columns) == 1 && p.Columns[0] == e.Discriminator
}

// HierarchyLeaves returns the leaves of e followed by those its subtypes add, in
// registration order: what a query on e reads to find entities of all its types.
func (e *Entity) HierarchyLeaves() []*Property { return e.hierarchy }

// ReadAlong adds to the leaves of a read those whose columns are all read with them: a
// scalar beside a reference and the reference are known together, or not at all. So are all
// parts of a polymorphic embedded value: none means anything without the type.
func (e *Entity) ReadAlong(read map[*Property]bool) {
	for _, p := range e.hierarchy {
		if of := p.OneOf(); of != nil && read[p] {
			for _, part := range of.insides(nil) {
				read[part] = true
			}
		}
	}
	var columns map[*Column]bool
	for _, p := range e.hierarchy {
		if read[p] {
			for _, c := range p.Columns {
				if columns == nil {
					columns = map[*Column]bool{}
				}
				columns[c] = true
			}
		}
	}
	for _, p := range e.hierarchy {
		if read[p] || p.Virtual || p.Lazy || len(p.Columns) == 0 {
			continue
		}
		read[p] = !slices.ContainsFunc(p.Columns, func(c *Column) bool { return !columns[c] })
	}
}

// Types returns e and all its subtypes, by ordinal, abstract ones included.
func (e *Entity) Types() []*Entity {
	out := []*Entity{e}
	for _, c := range e.Children {
		out = append(out, c.Types()...)
	}
	slices.SortFunc(out, func(x, y *Entity) int { return x.Ordinal - y.Ordinal })
	return out
}

// TypeOf returns the type among e and its subtypes whose rows hold that
// discriminator value, or nil.
func (e *Entity) TypeOf(discriminator any) *Entity {
	if e.DiscriminatorValue == discriminator {
		return e
	}
	for _, c := range e.Children {
		if t := c.TypeOf(discriminator); t != nil {
			return t
		}
	}
	return nil
}

// Meaning is what a name says on a row of an entity. At most one of its fields is set, but for
// Branch.
type Meaning struct {
	// Property is a property of the entity or, where it has none of that name, the
	// one that a single of its subtypes declares.
	Property *Property
	// Branch leads to the row that Property is of, where that is one of the targets of a
	// polymorphic reference.
	Branch *Property
	// Subtype is the subtype of that name; a property of its rows follows.
	Subtype *Entity
	// Several are the properties of that name that different subtypes declare.
	Several []*Property
}

// Meaning returns what a lowerCamel or Go name of a property, or the name of a
// subtype, says on a row of e.
func (e *Entity) Meaning(name string) Meaning {
	if e.Targets != nil {
		return e.anyMeaning(name)
	}
	if p := e.Property(name); p != nil || len(e.Children) == 0 {
		return Meaning{Property: p}
	}
	var m Meaning
	for _, t := range e.Types() {
		if p := t.Property(name); p != nil && p.Entity == t {
			m.Several = append(m.Several, p)
		}
		if t.Name == name && t != e {
			m.Subtype = t
		}
	}
	switch {
	case len(m.Several) == 1:
		return Meaning{Property: m.Several[0]}
	case m.Subtype != nil:
		m.Several = nil
	}
	return m
}

// Ambiguity words that several subtypes have a property of the name, and how to
// say which is meant; path is what leads to the row, "" at the root.
func (m Meaning) Ambiguity(path string) (found, remedy string) {
	if path != "" {
		path += "."
	}
	var names, spelt []string
	for _, p := range m.Several {
		names = append(names, p.String())
		spelt = append(spelt, `"`+path+p.String()+`"`)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last] + " have this name",
		"write " + strings.Join(spelt[:last], ", ") + " or " + spelt[last]
}

// Names returns all names that have a meaning on a row of e: its properties, those
// its subtypes declare, and the subtypes themselves.
func (e *Entity) Names() []string {
	names := e.PropertyNames()
	for _, t := range e.Types() {
		if t == e {
			continue
		}
		for _, p := range t.Properties {
			if p.Entity == t && !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
		names = append(names, t.Name)
	}
	return names
}

// Type returns the type of the polymorphic row just scanned, by its discriminator.
func (r *Row) Type() (*Entity, error) {
	disc := r.h.entity.Discriminator
	v, err := disc.Type.Decode(r.cells[r.h.typeAt].held)
	if err != nil {
		return nil, &PropertyError{disc.Property.String(), err}
	}
	if r.typ = r.h.entity.TypeOf(v); r.typ == nil {
		return nil, &PropertyError{disc.Property.String(), disc.Type.badValue(v, "names no type of "+r.h.entity.Name)}
	}
	return r.typ, nil
}
