package mapper

import "reflect"

// Registry is the immutable set of entities of an application. It is safe for
// concurrent use.
type Registry struct {
	entities []*Entity
	byName   map[string]*Entity
	byType   map[reflect.Type]*Entity
	fixed    []*Property
	firsts   []*Property
}

// Entities returns all entities in registration order; the slice must not be changed.
func (r *Registry) Entities() []*Entity { return r.entities }

// Entity returns the entity of that name, or nil.
func (r *Registry) Entity(name string) *Entity { return r.byName[name] }

// ByType returns the entity mapped onto struct type t, or nil.
func (r *Registry) ByType(t reflect.Type) *Entity { return r.byType[t] }

// EntityOf returns the entity mapped onto T, or nil.
func EntityOf[T any](r *Registry) *Entity { return r.byType[reflect.TypeFor[T]()] }
