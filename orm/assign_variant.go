package orm

import (
	"maps"

	"github.com/weft-orm/weft/mapper"
)

// variant assigns a polymorphic embedded value: one of its structs in place of what is there, or what a
// map says of the struct that is there. A map that names another type begins a new one.
func (a *assignment) variant(at place, p *mapper.Property, v any) {
	kind := p.VariantType()
	data, isMap := v.(map[string]any)
	if !isMap {
		if scratch := at.meta.New(); !p.SetVariant(scratch, v) {
			a.fail(at, p, mapper.ErrValue, "it takes one of its types, or a map with the type")
		} else if a.allowed(at, p) && a.variantRead(at, p) {
			a.do = append(a.do, func() { p.SetVariant(at.at, v) })
		}
		return
	}
	now := p.VariantIn(at.at)
	becomes := now
	if value, named := data[kind.Name]; named {
		canonical, err := kind.Type.Convert(value)
		if err == nil {
			becomes, err = p.VariantFor(canonical)
		}
		if err != nil {
			a.failWith(at, kind, err)
			return
		}
		data = maps.Clone(data)
		delete(data, kind.Name)
	}
	switch {
	case becomes == nil:
		_, err := p.VariantFor("")
		a.failWith(at, kind, err)
		return
	case !a.variantRead(at, p):
		return
	case becomes != now:
		if !a.allowed(at, kind) {
			return
		}
		a.do = append(a.do, func() { p.Become(at.at, becomes) })
	}
	if alone := p.Alone(becomes); alone != nil {
		if nested, ok := data[alone.Name].(map[string]any); ok && becomes.Sub(alone.Name) == nil {
			data = maps.Clone(data)
			delete(data, alone.Name)
			a.inside(at, alone, nested, alone)
		}
	}
	a.inside(at, p, data, becomes)
}

// variantRead reports a value that was not left out when the entity was read.
func (a *assignment) variantRead(at place, p *mapper.Property) bool {
	if at.m != nil && at.m.Key != nil && at.m.Snap != nil && !at.m.Loaded.Has(p.VariantType().Index) {
		a.fail(at, p, ErrNotLoaded, "it was left out when the entity was read")
		return false
	}
	return true
}
