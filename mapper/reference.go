package mapper

import (
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
)

// Reference reads a to-one relation: a Ref field gives its entry, a pointer
// field the address of the target. Both are nil when the reference is null, not
// loaded (pointer style), not read, or inside an embeddable that is absent.
func (p *Property) Reference(entity unsafe.Pointer) (*slot.Entry, unsafe.Pointer) {
	field := p.at(entity)
	switch {
	case field == nil:
		return nil, nil
	case p.Relation.Style == RefField:
		e := *(**slot.Entry)(field)
		if e != nil && (e.Unread || p.leadsElsewhere(e)) {
			return nil, nil
		}
		return e, nil
	}
	return nil, *(*unsafe.Pointer)(field)
}

// leadsElsewhere reports a branch of a polymorphic reference that leads to another target.
func (p *Property) leadsElsewhere(e *slot.Entry) bool {
	if p.Relation.Of == nil {
		return false
	}
	of := p.Relation.Of.Relation.Target.TargetOf(e)
	return of == nil || !of.IsSubtypeOf(p.Relation.Target)
}

// Unread returns what stands in a Ref field whose reference was not read, nil in others.
func (p *Property) Unread(entity unsafe.Pointer) *slot.Entry {
	field := p.at(entity)
	if field == nil || p.Relation.Style != RefField {
		return nil
	}
	if e := *(**slot.Entry)(field); e != nil && e.Unread {
		return e
	}
	return nil
}

// SetReference writes a to-one relation: e into a Ref field, target into a
// pointer field. A reference that is not nil makes the embeddable around it.
func (p *Property) SetReference(entity unsafe.Pointer, e *slot.Entry, target unsafe.Pointer) {
	field := p.at(entity)
	if field == nil && (e != nil || target != nil) {
		field = p.make(entity)
	}
	switch {
	case field == nil:
	case p.Relation.Style == RefField:
		*(**slot.Entry)(field) = e
	default:
		*(*unsafe.Pointer)(field) = target
	}
}

// Collection returns the header of a rel.Collection field.
func (p *Property) Collection(entity unsafe.Pointer) *slot.Collection {
	return (*slot.Collection)(p.at(entity))
}

// Slice returns a []*T field; all slices of pointers share one layout.
func (p *Property) Slice(entity unsafe.Pointer) *[]unsafe.Pointer {
	return (*[]unsafe.Pointer)(p.at(entity))
}

// TargetKey returns the canonical key a to-one relation refers to; ok is false
// when it is null, or the target has no key yet.
func (p *Property) TargetKey(entity unsafe.Pointer) (key any, ok bool) {
	e, target := p.Reference(entity)
	if e == nil {
		if target == nil {
			return nil, false
		}
		return p.Relation.Target.KeyOf(target)
	}
	return p.Relation.Target.EntryKey(e)
}

// EntryKey returns the canonical key of an entry of this entity: the one it
// holds, or that of its entity.
func (e *Entity) EntryKey(entry *slot.Entry) (key any, ok bool) {
	if e.Targets != nil {
		of := e.TargetOf(entry)
		if of == nil {
			return nil, false
		}
		key, ok = of.EntryKey(entry)
		return e.Join(of, key), ok
	}
	if entry.Key != nil {
		if entry.Home != nil {
			return entry.Key, true
		}
		key, err := e.KeyFrom(entry.Key)
		return key, err == nil
	}
	if entry.Entity == nil {
		return nil, false
	}
	return e.KeyOf(entry.Entity)
}

// Referenced returns the key column of the target that a column of an owning to-one
// relation refers to.
func (p *Property) Referenced(c *Column) *Column {
	for i, own := range p.Columns {
		if own == c && i < len(p.Relation.Keys) {
			return p.Relation.Keys[i]
		}
	}
	return c.References
}
