package orm

import (
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// Shadow returns the value of a shadow property of an entity: one that the
// mapping has (mapper.EntityBuilder.Shadow) and the struct has no field for. V is
// any type a field of that kind may have, a pointer where NULL matters. The
// entity may be new; a property that was not read is ErrNotLoaded.
func Shadow[V any](em *EntityManager, entity any, property string) (value V, err error) {
	em = em.there()
	p, at, err := em.shadow("shadow", entity, property)
	if err != nil {
		return value, err
	}
	if err := p.ShadowValue(&value, p.Access.Value(at)); err != nil {
		return value, &Error{Class: mapper.ErrValue, Op: "shadow", Entity: p.Entity.Name, Path: p.Path, Err: err}
	}
	return value, nil
}

// SetShadow assigns a shadow property of an entity; the next flush writes it when
// it changed. nil is NULL, or the column's default when the entity is new. The
// value is converted as one in a condition is. A property that was not read is
// ErrNotLoaded.
func SetShadow(em *EntityManager, entity any, property string, value any) error {
	em = em.there()
	p, at, err := em.shadow("set shadow", entity, property)
	if err != nil {
		return err
	}
	v, err := p.Type.Convert(value)
	if err == nil {
		err = p.Type.Check(v)
	}
	if err == nil {
		err = p.Access.Store(at, v)
	}
	if err != nil {
		return &Error{Class: mapper.ErrValue, Op: "set shadow", Entity: p.Entity.Name, Path: p.Path, Err: err}
	}
	return nil
}

// shadow finds a shadow property and the entity it belongs to.
func (em *EntityManager) shadow(op string, entity any, property string) (*mapper.Property, unsafe.Pointer, error) {
	e, at, err := em.locate(op, entity)
	if err != nil {
		return nil, nil, err
	}
	p := e.Property(property)
	if p == nil || !p.Shadow {
		return nil, nil, unknown(ErrUnknownProperty, op, e, property, property, shadowNames(e))
	}
	if m := em.unit.Find(at); m != nil && !m.Loaded.Has(p.Index) {
		return nil, nil, &Error{Class: ErrNotLoaded, Op: op, Entity: e.Name, Path: p.Path, Key: m.Key, Detail: "populate it, or call Load"}
	}
	return p, at, nil
}

func shadowNames(e *mapper.Entity) []string {
	var names []string
	for _, p := range e.Properties {
		if p.Shadow {
			names = append(names, p.Name)
		}
	}
	return names
}
