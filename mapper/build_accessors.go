package mapper

import (
	"reflect"
	"slices"
	"unsafe"
)

// attach gives properties their accessors and entities their memory, where the
// registry was built from types that exist in this process.
func (b *builder) attach() {
	for _, d := range b.ordered {
		if d.entity.GoType == nil {
			continue
		}
		d.entity.memory.of(d.entity.GoType)
		if d.base != nil {
			d.entity.memory.clones = append(d.entity.memory.clones, d.base.entity.memory.clones...)
			d.entity.memory.same = d.base.entity.memory.same.clone()
		}
		same := &d.entity.memory.same
		same.spans = slices.Grow(same.spans, len(d.props))
		for _, p := range d.props {
			b.attachProperty(p)
			same.add(p)
		}
		same.join(d.entity.memory.typ.Size())
		d.entity.attachDiscriminator()
	}
}

// attachDiscriminator makes the discriminator read as the value of the type.
func (e *Entity) attachDiscriminator() {
	if e.Discriminator == nil {
		return
	}
	for _, p := range e.Leaves {
		if p.constant == nil {
			continue
		}
		value := p.constant
		if p.Field == "" {
			p.Access = Access{
				Store: func(unsafe.Pointer, any) error { return nil },
				Equal: func(_, _ unsafe.Pointer) bool { return true },
			}
		} else if e.Base != nil {
			p.Access = e.Base.Leaves[p.Index].Access
		}
		p.place = place{}
		p.Access.Value = func(unsafe.Pointer) any { return value }
		p.Access.IsZero = func(unsafe.Pointer) bool { return false }
		p.Access.Direct = nil
	}
}

// attachProperty makes the accessors of one property.
func (b *builder) attachProperty(p *propDraft) {
	prop, m := p.prop, &p.owner.entity.memory
	switch {
	case prop.Kind == Inline && p.variants != nil:
		b.attachVariants(p)
		return
	case p.oneOf != nil:
		p.attachPart()
		return
	}
	if prop.Relation != nil {
		prop.Access = Access{Offset: p.offset}
		prop.at = p.address()
		if prop.make = prop.at; p.via != nil {
			prop.make = p.makeAddress()
		}
		if prop.Relation.IsAny() {
			prop.attachAny()
		}
		return
	}
	if prop.Shadow {
		prop.Access = shadowAccess(prop, p.offset, p.shadow)
		return
	}
	if prop.Kind == Inline {
		prop.Access = Access{Offset: p.offset}
		if p.typ.Kind == reflect.Pointer {
			prop.Access = p.behind(structPointer(p.typ.typ, p.offset))
			field := p.address()
			prop.clear = func(e unsafe.Pointer) {
				if at := field(e); at != nil {
					*(*unsafe.Pointer)(at) = nil
				}
			}
			m.clones = append(m.clones, cloner{clone: prop.Access.Clone})
		}
		return
	}
	prop.Access = p.behind(b.access(p))
	if p.variants != nil {
		prop.lacking = prop.Type.variants.lackingAt(p.typ.typ, p.address())
	}
	if p.via == nil && p.variants == nil {
		prop.place = placeOf(accessSpec{ref: p.typ, typ: prop.Type, off: p.offset, null: prop.Nullable})
	} else if p.via != nil {
		inside := p.via.inside()
		prop.absent = func(e unsafe.Pointer) bool { return inside(e) == nil }
	}
	if prop.Access.Clone != nil {
		m.clones = append(m.clones, cloner{prop.Access.Clone, prop.place})
	}
}

// access makes the accessors of a value. Fields that nothing is said about share
// theirs with those of the same type at the same offset.
func (b *builder) access(p *propDraft) Access {
	spec := accessSpec{ref: p.typ, typ: p.prop.Type, off: p.offset, null: p.prop.Nullable}
	if p.variants != nil {
		return variantsAccess(spec, p.prop.Type.variants)
	}
	if p.facts != &noFacts {
		return access(spec)
	}
	a, known := b.shared[spec]
	if !known {
		a = access(spec)
		b.shared[spec] = a
	}
	return a
}

// at is the address of the field at an offset.
func at[T any](p unsafe.Pointer, off uintptr) *T { return (*T)(unsafe.Add(p, off)) }
