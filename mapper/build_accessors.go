package mapper

import (
	"reflect"
	"unsafe"
)

// attach gives properties their accessors and entities their memory, where the
// registry was built from types that exist in this process.
func (b *builder) attach() {
	for _, d := range b.ordered {
		if d.entity.GoType == nil {
			continue
		}
		d.entity.memory.typ, d.entity.memory.list = d.entity.GoType, reflect.SliceOf(d.entity.GoType)
		if d.base != nil {
			d.entity.memory.clones = append(d.entity.memory.clones, d.base.entity.memory.clones...)
			d.entity.memory.same = d.base.entity.memory.same.clone()
		}
		for _, p := range d.props {
			b.attachProperty(p)
			d.entity.memory.same.add(p)
		}
		d.entity.memory.same.join(d.entity.memory.typ.Size())
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
		prop.at, prop.make = p.address(), p.makeAddress()
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

// address returns a function that finds the field of a relation; nil while an
// embeddable around it is absent.
func (p *propDraft) address() func(unsafe.Pointer) unsafe.Pointer {
	off := p.offset
	if p.via == nil {
		return func(e unsafe.Pointer) unsafe.Pointer { return unsafe.Add(e, off) }
	}
	outer := p.via.inside()
	return func(e unsafe.Pointer) unsafe.Pointer {
		if s := outer(e); s != nil {
			return unsafe.Add(s, off)
		}
		return nil
	}
}

// makeAddress is address that makes the embeddables around the field.
func (p *propDraft) makeAddress() func(unsafe.Pointer) unsafe.Pointer {
	if p.via == nil {
		return p.address()
	}
	off, ensure := p.offset, p.via.ensure()
	return func(e unsafe.Pointer) unsafe.Pointer { return unsafe.Add(ensure(e), off) }
}

// inside returns a function that finds the struct behind a nullable embeddable, or nil.
func (p *propDraft) inside() func(unsafe.Pointer) unsafe.Pointer {
	off := p.offset
	if p.via == nil {
		return func(e unsafe.Pointer) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Add(e, off)) }
	}
	outer := p.via.inside()
	return func(e unsafe.Pointer) unsafe.Pointer {
		if s := outer(e); s != nil {
			return *(*unsafe.Pointer)(unsafe.Add(s, off))
		}
		return nil
	}
}

// ensure returns a function that finds the struct behind a nullable embeddable
// and makes it when absent.
func (p *propDraft) ensure() func(unsafe.Pointer) unsafe.Pointer {
	off, typ := p.offset, p.typ.typ.Elem()
	outer := func(e unsafe.Pointer) unsafe.Pointer { return e }
	if p.via != nil {
		outer = p.via.ensure()
	}
	return func(e unsafe.Pointer) unsafe.Pointer {
		field := (*unsafe.Pointer)(unsafe.Add(outer(e), off))
		if *field == nil {
			*field = reflect.New(typ).UnsafePointer()
		}
		return *field
	}
}

// behind leads accessors through the nullable embeddables around a property:
// an absent one reads as NULL, and comes into being with the first value. It is
// absent on purpose: no default and no made value brings it into being.
func (p *propDraft) behind(a Access) Access {
	if p.via == nil {
		return a
	}
	inside, ensure := p.via.inside(), p.via.ensure()
	out := Access{Offset: p.via.offset}
	out.Value = func(e unsafe.Pointer) any {
		if s := inside(e); s != nil {
			return a.Value(s)
		}
		return nil
	}
	out.Store = func(e unsafe.Pointer, src any) error {
		if src == nil {
			s := inside(e)
			if s == nil || a.IsZero(s) {
				return nil
			}
			return a.storeNull(s)
		}
		return a.Store(ensure(e), src)
	}
	out.Equal = func(x, y unsafe.Pointer) bool {
		s, t := inside(x), inside(y)
		if s == nil || t == nil {
			return s == t || out.Value(x) == nil && out.Value(y) == nil
		}
		return a.Equal(s, t)
	}
	out.IsZero = func(e unsafe.Pointer) bool {
		s := inside(e)
		return s != nil && a.IsZero(s)
	}
	if a.Clone != nil {
		out.Clone = func(dst, src unsafe.Pointer) {
			if d, s := inside(dst), inside(src); d != nil && s != nil {
				a.Clone(d, s)
			}
		}
	}
	return out
}

// storeNull writes NULL where the field can hold it and the zero value elsewhere.
func (a Access) storeNull(p unsafe.Pointer) error {
	if a.zero != nil {
		a.zero(p)
		return nil
	}
	return a.Store(p, nil)
}

// structPointer is the access of a nullable embeddable as a whole: Value and
// Store are nil, the rest is about the pointer.
func structPointer(ptr reflect.Type, off uintptr) Access {
	elem := ptr.Elem()
	return Access{
		Offset: off,
		IsZero: func(e unsafe.Pointer) bool { return *at[unsafe.Pointer](e, off) == nil },
		Value:  func(e unsafe.Pointer) any { return nil },
		Equal:  func(x, y unsafe.Pointer) bool { return true },
		zero:   func(e unsafe.Pointer) { *at[unsafe.Pointer](e, off) = nil },
		Clone: func(dst, src unsafe.Pointer) {
			if p := *at[unsafe.Pointer](src, off); p != nil {
				c := reflect.New(elem)
				c.Elem().Set(reflect.NewAt(elem, p).Elem())
				*at[unsafe.Pointer](dst, off) = c.UnsafePointer()
			}
		},
	}
}

// at is the address of the field at an offset.
func at[T any](p unsafe.Pointer, off uintptr) *T { return (*T)(unsafe.Add(p, off)) }
