package mapper

import (
	"reflect"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
)

// isShadows recognises the field that holds the values of shadow properties.
func (t *TypeRef) isShadows() bool { return t.is(relPackage, "Shadows") }

// shadows makes the drafts of the shadow properties of an entity: they have a
// column and no field, and their values stand in the entity's rel.Shadows.
func (b *builder) shadows(d *draft) {
	if d.base != nil {
		d.shadowCount = d.base.shadowCount
		if d.bag == nil {
			d.bag = d.base.bag
		}
	}
	for _, name := range d.def.shadows {
		facts, _ := b.fieldFacts(d, &FieldInfo{Name: name}, name)
		p := &propDraft{owner: d, facts: facts, typ: shadowType(facts.typ), shadow: d.shadowCount}
		p.prop = &Property{Entity: d.entity, Name: name, Path: name, Field: name, Index: -1, Kind: Scalar, Shadow: true, Nullable: true}
		b.flags(p)
		p.prop.Type, _ = b.scalar(p.typ, facts)
		p.prop.Optional = facts.optional || facts.defaultSQL != ""
		b.scalarFacts(p)
		switch {
		case d.bag == nil:
			b.report(p.pos(), "a shadow property needs an embedded rel.Shadows in "+d.info.Type.Text)
		case facts.primary || facts.version || facts.virtual:
			b.report(p.pos(), "a shadow property can be neither the key nor the version nor virtual")
		default:
			p.offset = *d.bag
		}
		d.shadowCount++
		d.props = append(d.props, p)
	}
}

// shadowType stands for the Go type a shadow property does not have.
func shadowType(name string) *TypeRef {
	if name == "" {
		name = "string"
	}
	return &TypeRef{Kind: reflect.String, Name: name, Text: name}
}

// shadowAccess reads and writes the i-th value of the bag at an offset. NULL and
// never assigned are the same.
func shadowAccess(p *Property, off uintptr, i int) Access {
	t, nullable := p.Type, p.Nullable
	values := func(e unsafe.Pointer) *[]any { return &at[slot.Shadows](e, off).Values }
	put := func(e unsafe.Pointer, v any) {
		list := make([]any, max(len(*values(e)), i+1)) // a copy of the entity may share the old one
		copy(list, *values(e))
		list[i] = v
		*values(e) = list
	}
	a := Access{Offset: off}
	a.Value = func(e unsafe.Pointer) any {
		if list := *values(e); i < len(list) {
			return list[i]
		}
		return nil
	}
	a.Store = func(e unsafe.Pointer, src any) error {
		if src == nil && !nullable {
			return t.notNull()
		}
		v, err := t.Decode(src)
		if err == nil {
			put(e, v)
		}
		return err
	}
	a.zero = func(e unsafe.Pointer) { put(e, nil) }
	a.Equal = func(x, y unsafe.Pointer) bool { return sameValue(a.Value(x), a.Value(y)) }
	a.IsZero = func(e unsafe.Pointer) bool { return a.Value(e) == nil }
	return a
}

// ShadowValue brings a canonical value of the property into dst, a pointer to any
// type that a field of the property's kind may have, or to any. Errors are [ErrValue].
func (p *Property) ShadowValue(dst, canonical any) error {
	ptr := reflect.ValueOf(dst)
	if ptr.Kind() != reflect.Pointer || ptr.IsNil() {
		return p.Type.badValue(dst, "is no pointer")
	}
	target := ptr.Elem()
	if canonical != nil && target.Kind() == reflect.Interface && reflect.TypeOf(canonical).AssignableTo(target.Type()) {
		target.Set(reflect.ValueOf(canonical))
		return nil
	}
	ref := newDescriber().typeRef(target.Type())
	kinds := newBuilder(Options{})
	typ, nullable := kinds.scalar(ref, &noFacts)
	if typ == nil || !slices.Contains([]ValueKind{p.Type.Kind, JSON, String, Bytes}, typ.Kind) && !sameFamily(typ.Kind, p.Type.Kind) {
		return p.Type.badValue(dst, "cannot hold the property")
	}
	if canonical == nil && !nullable {
		target.SetZero()
		return nil
	}
	return access(accessSpec{ref: ref, typ: p.Type}).Store(ptr.UnsafePointer(), canonical)
}

// sameFamily reports kinds that one Go type can hold.
func sameFamily(a, b ValueKind) bool {
	numbers := []ValueKind{Int, Uint, Float, DecimalKind, Duration}
	times := []ValueKind{Time, Date}
	return slices.Contains(numbers, a) && slices.Contains(numbers, b) || slices.Contains(times, a) && slices.Contains(times, b)
}
