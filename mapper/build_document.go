package mapper

import "reflect"

// document describes the inside of a struct kept as JSON.
func (b *builder) document(p *propDraft, t *TypeRef) {
	for t.Kind == reflect.Pointer {
		t = t.Elem
	}
	list := t.isList() && !t.Traits.Has(JSONer)
	p.prop.Type.List = list
	if list {
		if t = t.Elem; t.Kind == reflect.Pointer {
			t = t.Elem
		}
	}
	if t.Kind != reflect.Struct || t.Traits.Has(JSONer) || t.Traits.Has(Texter) {
		return
	}
	shape := b.shape(p, t, nil)
	p.prop.Type.Shape = shape
	p.prop.Kind = Document
	p.prop.Embedded = shape
	p.prop.byName = nameIndex(shape)
}

// shape describes the members of a JSON object made from a struct. Their names
// are those of encoding/json; they have no columns.
func (b *builder) shape(p *propDraft, t *TypeRef, stack []typeID) []*Property {
	for _, outer := range stack {
		if outer == t.id() {
			return nil // a recursive type has an inside without end
		}
	}
	stack = append(stack, t.id())
	var out []*Property
	for _, f := range t.structs().Fields {
		if !f.Exported || f.JSON == "-" || f.Name == "_" {
			continue
		}
		inner := &Property{Entity: p.prop.Entity, Parent: p.prop, Name: f.JSON, Path: p.prop.Path + "." + f.JSON, Field: p.prop.Field + "." + f.Name, Index: -1, Nullable: true}
		typ, _ := b.scalar(f.Type, parseTag(f.Tag, func(string) {}))
		target, list := f.Type, false
		if target.Kind == reflect.Pointer {
			target = target.Elem
		}
		if (typ == nil || typ.Kind == JSON) && (target.Kind == reflect.Slice || target.Kind == reflect.Array) {
			item := target.Elem
			if item.Kind == reflect.Pointer {
				item = item.Elem
			}
			if item.Kind == reflect.Struct && !item.Traits.Has(JSONer) && !item.Traits.Has(Texter) {
				typ, target, list = nil, item, true
			}
		}
		switch {
		case typ != nil:
			inner.Kind, inner.Type = Scalar, typ
			if typ.Kind == JSON {
				typ.List = target.isList() && !target.Traits.Has(JSONer)
			}
		case target.Kind == reflect.Struct:
			inner.Kind, inner.Type = Document, &Type{Kind: JSON, GoName: target.Text, List: list}
			sub := &propDraft{prop: inner}
			inner.Embedded = b.shape(sub, target, stack)
			inner.Type.Shape = inner.Embedded
			inner.byName = nameIndex(inner.Embedded)
		default:
			continue
		}
		out = append(out, inner)
	}
	return out
}

// readable reports a document that could be written and never read: with an interface that has methods
// inside, whose JSON does not tell the type.
func (b *builder) readable(p *propDraft, t *TypeRef) bool {
	if p.facts != nil && p.facts.virtual {
		return true
	}
	path, opaque := opaqueInside(t, map[*TypeRef]bool{})
	if opaque == nil {
		return true
	}
	at := p.pos()
	if path != "" {
		at += "." + path
	}
	b.report(at, "JSON does not tell what stands in the interface "+opaque.Text+", so that it could not be read; for one of several structs name them, as in types=Cat|Dog, at a field of the interface type or a slice of it; "+
		"for a reference to entities that implement it make the field a rel.Any["+opaque.Text+"] with targets; else give it a custom type, or leave it out: \"-\", json:\"-\" inside a document")
	return false
}

// opaqueInside finds an interface with methods in what encoding/json would read into t, and the members
// that lead there.
func opaqueInside(t *TypeRef, seen map[*TypeRef]bool) (path string, opaque *TypeRef) {
	switch {
	case t == nil || seen[t] || t.Traits.Has(JSONer) || t.Traits.Has(Texter):
		return "", nil
	case t.Traits.Has(Opaque):
		return "", t
	}
	seen[t] = true
	switch t.Kind {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return opaqueInside(t.Elem, seen)
	case reflect.Struct:
		for _, f := range t.structs().Fields {
			if f.JSON == "-" || !f.Exported && !f.Embedded {
				continue
			}
			if path, opaque = opaqueInside(f.Type, seen); opaque != nil {
				if path != "" {
					path = "." + path
				}
				return f.Name + path, opaque
			}
		}
	}
	return "", nil
}
