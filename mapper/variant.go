package mapper

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/weft-orm/weft/internal/suggest"
)

// A polymorphic embedded value is a field of an interface type that holds one of several
// structs. In columns it is an inline property whose first part is the type; parts that
// several structs have alike share a property and its column, and all are NULL where the
// struct at hand does not have them.

// Variant is one of the structs that a polymorphic embedded value may hold.
type Variant struct {
	// Name is the name of the Go type, "Cat".
	Name string
	// Value is what the type column holds, or the member of the document that tells the type.
	Value string
	// Properties are what it has in columns, those shared with others included, in the order of
	// the struct; nil where the value is a document.
	Properties []*Property

	typ     reflect.Type // the struct, nil when the registry was built from source
	pointer bool         // is made as a pointer to the struct
	byName  map[string]*Property
}

// Sub returns the property of that lowerCamel or Go name that the variant has, or nil.
func (v *Variant) Sub(name string) *Property { return v.byName[name] }

// SubNames returns the names of the variant's properties, in the order of the struct.
func (v *Variant) SubNames() []string { return propertyNames(v.Properties) }

// Has reports a property that is one of the variant's, or lies inside one.
func (v *Variant) Has(p *Property) bool {
	return slices.ContainsFunc(v.Properties, func(q *Property) bool { return p == q || p.within(q) })
}

// VariantType returns the property that tells which variant a polymorphic embedded value in
// columns holds; nil of other properties.
func (p *Property) VariantType() *Property {
	if p.Kind != Inline || p.Variants == nil {
		return nil
	}
	return p.Embedded[0]
}

// Alone returns the embedded value, no leaf, that stands for what a variant alone has: conditions name it
// where several variants have a property of one name.
func (p *Property) Alone(v *Variant) *Property { return p.byName[v.Name] }

// Anyone returns the property of that name that some variant of a polymorphic embedded value has.
func (p *Property) Anyone(name string) *Property {
	for _, v := range p.Variants {
		if q := v.Sub(name); q != nil {
			return q
		}
	}
	return nil
}

// OneOf returns the polymorphic embedded value in columns that p is a part of, nil of other
// properties.
func (p *Property) OneOf() *Property {
	for q := p.Parent; q != nil; q = q.Parent {
		if q.VariantType() != nil {
			return q
		}
	}
	return nil
}

// WithWhole adds to leaves that make an entity the other parts of polymorphic embedded values that
// some are parts of: none means anything without the type.
func WithWhole(leaves []*Property) []*Property {
	out := leaves
	for _, p := range leaves {
		of := p.OneOf()
		if of == nil {
			continue
		}
		for _, part := range of.insides(nil) {
			if !slices.Contains(out, part) {
				out = append(slices.Clip(out), part)
			}
		}
	}
	return out
}

// VariantIn returns what a polymorphic embedded value in columns holds in the entity at x; nil
// where it is absent, or holds what is none of its variants.
func (p *Property) VariantIn(x unsafe.Pointer) *Variant {
	if i := p.variant(x); i >= 0 {
		return p.Variants[i]
	}
	return nil
}

// VariantFor finds a variant by what the type column holds for it. The error is [ErrValue].
func (p *Property) VariantFor(value any) (*Variant, error) {
	values := make([]string, len(p.Variants))
	for i, v := range p.Variants {
		if values[i] = v.Value; v.Value == value {
			return v, nil
		}
	}
	name, _ := value.(string)
	return nil, &ValueError{Type: "the type of " + p.Path, GoType: fmt.Sprintf("%T", value),
		Reason: fmt.Sprintf("%#v is none of the types %s%s", value, strings.Join(values, ", "), suggest.Hint(name, values))}
}

// Become makes a polymorphic embedded value in columns a zero value of a variant in the entity at x.
func (p *Property) Become(x unsafe.Pointer, v *Variant) {
	p.SetAbsent(x)
	_ = p.VariantType().Access.Store(x, v.Value) // it is the value of a variant
}

// Demands reports that the struct around the property in the entity at x, a variant, forbids it to be NULL.
func (p *Property) Demands(x unsafe.Pointer) bool { return p.demands != nil && p.demands(x) }

// Lacking returns the member without a value that a struct in the document, a variant, requires in the
// entity at x; nil where there is none.
func (p *Property) Lacking(x unsafe.Pointer) *Property {
	if p.lacking == nil {
		return nil
	}
	if name := p.lacking(x); name != "" {
		return p.Sub(name)
	}
	return nil
}

// Fits reports what keeps a canonical value out of the field, where the entity has one.
func (p *Property) Fits(v any) error {
	of := p.OneOf()
	if of == nil {
		return p.Access.Store(p.Entity.New(), v)
	}
	var last error
	for _, variant := range of.Variants {
		if p != of.VariantType() && !variant.Has(p) {
			continue
		}
		x := p.Entity.New()
		of.Become(x, variant)
		if err := p.Access.Store(x, v); err == nil {
			return nil
		} else {
			last = err
		}
	}
	return last
}

func (p *Property) within(around *Property) bool {
	for q := p.Parent; q != nil; q = q.Parent {
		if q == around {
			return true
		}
	}
	return false
}

// Spread returns the canonical values that the leaves inside a polymorphic embedded value in columns
// have where it holds v: a variant, or nil. ok is false for anything else.
func (p *Property) Spread(v any) (leaves []*Property, values []any, ok bool, err error) {
	if p.put == nil {
		return nil, nil, true, nil // of a registry built from source
	}
	x := p.Entity.New()
	if !p.put(x, v) {
		return nil, nil, false, nil
	}
	for _, leaf := range p.insides(nil) {
		value := leaf.Access.Value(x)
		if err, failed := value.(error); failed {
			return nil, nil, true, &PropertyError{leaf.String(), err}
		}
		if value == nil && leaf.Demands(x) {
			return nil, nil, true, &PropertyError{leaf.String(), leaf.Type.notNull()}
		}
		leaves, values = append(leaves, leaf), append(values, value)
	}
	return leaves, values, true, nil
}

// SetVariant puts a variant, or nil, into the field of a polymorphic embedded value in the entity at
// x; false where v is neither.
func (p *Property) SetVariant(x unsafe.Pointer, v any) bool { return p.put != nil && p.put(x, v) }

// Inside returns the leaves inside an embedded value, in order.
func (p *Property) Inside() []*Property { return p.insides(nil) }

// insides appends the leaves inside an embedded value.
func (p *Property) insides(dst []*Property) []*Property {
	for _, q := range p.Embedded {
		if q.Kind == Inline {
			dst = q.insides(dst)
		} else {
			dst = append(dst, q)
		}
	}
	return dst
}

// SubMeaning is [Property.Sub] that tells a name which several variants have given to
// properties of their own: then found and remedy say so.
func (p *Property) SubMeaning(name string) (sub *Property, found, remedy string) {
	if sub = p.Sub(name); sub != nil || p.VariantType() == nil {
		return sub, "", ""
	}
	var names, spelt []string
	for _, v := range p.Variants {
		if q := v.Sub(name); q != nil {
			names, spelt = append(names, v.Name), append(spelt, `"`+q.Path+`"`)
		}
	}
	if len(names) < 2 {
		return nil, "", ""
	}
	last := len(names) - 1
	return nil, strings.Join(names[:last], ", ") + " and " + names[last] + " have this name for columns of their own",
		"write " + strings.Join(spelt[:last], ", ") + " or " + spelt[last]
}
