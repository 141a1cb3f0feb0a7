package mapper

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/internal/suggest"
)

// KeyOf returns the canonical key of the entity at p, a Tuple when it is
// composite. ok is false when a part is missing: a generated value not yet made,
// or a reference that is null or has no key.
func (e *Entity) KeyOf(p unsafe.Pointer) (key any, ok bool) {
	if len(e.Key) == 1 && e.Key[0].Relation == nil {
		return keyPart(e.Key[0], p)
	}
	var buf [4]any
	parts := buf[:0]
	for _, prop := range e.Key {
		part, ok := keyPart(prop, p)
		if !ok {
			return nil, false
		}
		parts = Parts(parts, part)
	}
	if len(parts) == 0 {
		return nil, false
	}
	return NewTuple(parts), true
}

// HasKey reports that KeyOf(p) is key, where that can be told without a box for it: true is
// certain, false may also mean a key of another form than a whole number, text or UUID.
func (e *Entity) HasKey(p unsafe.Pointer, key any) bool {
	if len(e.Key) != 1 || e.Key[0].Relation != nil {
		return false
	}
	prop := e.Key[0]
	if prop.place.behind || prop.place.flagged || prop.Generated != Assigned && prop.Access.IsZero(p) {
		return false
	}
	switch key := key.(type) {
	case int64:
		return prop.place.kind == placeInt64 && *at[int64](p, prop.place.off) == key || prop.place.kind == placeInt && int64(*at[int](p, prop.place.off)) == key
	case string:
		return prop.place.kind == placeString && *at[string](p, prop.place.off) == key
	case UUID:
		return prop.place.kind == placeUUID && *at[UUID](p, prop.place.off) == key
	}
	return false
}

// keyPart reads one property of a key.
func keyPart(prop *Property, p unsafe.Pointer) (any, bool) {
	if prop.Relation != nil {
		return prop.TargetKey(p)
	}
	if prop.Generated != Assigned && prop.Access.IsZero(p) {
		return nil, false
	}
	v := prop.Access.Value(p)
	if _, failed := v.(error); failed || v == nil {
		return nil, false
	}
	return v, true
}

// SetKey writes a canonical key into the scalar key properties of the entity at
// p. Parts that are relations are left alone; references belong to the identity map.
func (e *Entity) SetKey(p unsafe.Pointer, key any) error {
	var buf [4]any
	parts := Parts(buf[:0], key)
	if len(parts) != len(e.KeyColumns) {
		return e.keyError(fmt.Sprintf("has %s, not %d", count(len(e.KeyColumns), "part"), len(parts)))
	}
	for _, prop := range e.Key {
		if prop.Relation == nil {
			if err := prop.Access.Store(p, parts[0]); err != nil {
				return &PropertyError{prop.String(), err}
			}
		}
		parts = parts[len(prop.Columns):]
	}
	return nil
}

// KeyFrom converts what a user gives as a key to its canonical form: a value for
// a simple key; a list, a map by property name or a struct for a composite one;
// an entity or reference of this type for its key; a canonical key for itself.
// Errors are [ErrValue].
func (e *Entity) KeyFrom(v any) (any, error) {
	if e.Targets != nil {
		return e.anyKeyFrom(v)
	}
	if t, ok := v.(Tuple); ok {
		return e.keyParts(Parts(nil, t))
	}
	if key, ok, err := e.keyOfEntity(v); ok {
		return key, err
	}
	switch v := v.(type) {
	case nil:
		return nil, e.keyError("cannot be nil")
	case []any:
		if len(e.KeyColumns) > 1 {
			return e.keyParts(v)
		}
	case map[string]any:
		return e.keyMap(v)
	}
	if len(e.Key) == 1 && e.Key[0].Relation != nil {
		return e.Key[0].Relation.Target.KeyFrom(v)
	}
	if len(e.KeyColumns) == 1 {
		return e.keyParts([]any{v})
	}
	return e.keyReflect(v)
}

// keyOfEntity handles entities and references of this type or a subtype.
func (e *Entity) keyOfEntity(v any) (key any, ok bool, err error) {
	rv := reflect.ValueOf(v)
	if !rv.IsValid() || e.GoType == nil {
		return nil, false, nil
	}
	var entry *slot.Entry
	t := rv.Type()
	of := e.holding(t)
	if t.Kind() == reflect.Pointer {
		of = e.holding(t.Elem())
	}
	switch {
	case of != nil && t.Kind() == reflect.Pointer:
		if rv.IsNil() {
			return nil, true, e.keyError("cannot be nil")
		}
		key, ok = of.KeyOf(rv.UnsafePointer())
		if !ok {
			return nil, true, e.keyError("is not known yet: the entity is new")
		}
		return key, true, nil
	case t.PkgPath() == relPackage && t.Kind() == reflect.Struct && t.NumField() == 1 && typeArgument(t) != nil:
		target := typeArgument(t)
		if target.Kind() == reflect.Interface { // a reference to any of several types
			target, _, _ = leadsTo(v)
		}
		if of = e.holding(target); of == nil {
			return nil, true, e.keyError("cannot be taken from a reference to " + typeName(target))
		}
		entry = (*slot.Entry)(rv.Field(0).UnsafePointer())
	case of != nil:
		p := reflect.New(t)
		p.Elem().Set(rv)
		key, ok = of.KeyOf(p.UnsafePointer())
		if !ok {
			return nil, true, e.keyError("is not known yet: the entity is new")
		}
		return key, true, nil
	default:
		return nil, false, nil
	}
	if entry == nil {
		return nil, true, e.keyError("cannot be taken from a nil reference")
	}
	if entry.Unread {
		return nil, true, e.keyError("is not known: the reference was not read; load it first")
	}
	if key, ok = of.EntryKey(entry); !ok {
		return nil, true, e.keyError("is not known yet: the entity is new")
	}
	return key, true, nil
}

// holding returns the entity of a Go type among e and its subtypes, nil for none.
func (e *Entity) holding(t reflect.Type) *Entity {
	if e.GoType == t {
		return e
	}
	for _, c := range e.Children {
		if of := c.holding(t); of != nil && t != nil {
			return of
		}
	}
	return nil
}

// keyParts converts one value for each key column.
func (e *Entity) keyParts(values []any) (any, error) {
	if len(values) == len(e.Key) && len(e.Key) != len(e.KeyColumns) {
		return e.keyProperties(values)
	}
	if len(values) != len(e.KeyColumns) {
		return nil, e.keyError(fmt.Sprintf("has %s, not %d", count(len(e.KeyColumns), "part"), len(values)))
	}
	parts := make([]any, len(values))
	for i, c := range e.KeyColumns {
		v := values[i]
		if c.References != nil && c.Property.Relation != nil {
			if target := c.Property.Relation.Target; len(target.KeyColumns) == 1 {
				key, err := target.KeyFrom(v)
				if err != nil {
					return nil, err
				}
				parts[i] = key
				continue
			}
		}
		part, err := c.Type.Convert(v)
		if err == nil && part == nil {
			err = e.keyError("cannot be nil")
		}
		if err != nil {
			return nil, &PropertyError{c.Property.String(), err}
		}
		parts[i] = part
	}
	return NewTuple(parts), nil
}

// keyProperties converts one value for each key property, some of which have several columns.
func (e *Entity) keyProperties(values []any) (any, error) {
	var parts []any
	for i, p := range e.Key {
		var part any
		var err error
		if p.Relation != nil {
			part, err = p.Relation.Target.KeyFrom(values[i])
		} else {
			part, err = p.Type.Convert(values[i])
		}
		if err != nil {
			return nil, &PropertyError{p.String(), err}
		}
		parts = Parts(parts, part)
	}
	return NewTuple(parts), nil
}

// keyMap converts a map of the key's properties.
func (e *Entity) keyMap(m map[string]any) (any, error) {
	values := make([]any, len(e.Key))
	found := 0
	for i, p := range e.Key {
		v, ok := m[p.Name]
		if !ok {
			v, ok = m[p.goName()]
		}
		if !ok {
			return nil, e.keyError("lacks " + p.Name)
		}
		values[i] = v
		found++
	}
	if found != len(m) {
		for name := range m {
			if p := e.Property(name); p == nil || !p.Primary {
				return nil, e.keyError("is not made of " + name + suggest.Hint(name, propertyNames(e.Key)))
			}
		}
	}
	return e.keyProperties(values)
}

// keyReflect handles slices of any type, and structs with the key's fields.
func (e *Entity) keyReflect(v any) (any, error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	switch rv.Kind() {
	case reflect.Slice, reflect.Array:
		values := make([]any, rv.Len())
		for i := range values {
			values[i] = rv.Index(i).Interface()
		}
		return e.keyParts(values)
	case reflect.Struct:
		values := make([]any, len(e.Key))
		for i, p := range e.Key {
			f := rv.FieldByName(p.goName())
			if !f.IsValid() || !f.CanInterface() {
				return nil, e.keyError(fmt.Sprintf("cannot be taken from %T, which has no field %s", v, p.goName()))
			}
			values[i] = f.Interface()
		}
		return e.keyProperties(values)
	}
	return nil, e.keyError(fmt.Sprintf("has %s, so %T cannot be one", count(len(e.KeyColumns), "part"), v))
}

// keyError is a ValueError about the key of e.
func (e *Entity) keyError(reason string) error {
	return &ValueError{Type: "the key of " + e.Name, GoType: "this value", Reason: "the key " + reason}
}

// typeName is a type in a message, also of what has none.
func typeName(t reflect.Type) string {
	if t == nil {
		return "nothing"
	}
	return t.String()
}
