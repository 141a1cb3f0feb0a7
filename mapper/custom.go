package mapper

import (
	"encoding/json"
	"fmt"
	"reflect"
	"unsafe"
)

// CustomType maps a Go type of the user's onto a database form of its own. One
// value serves all fields of the type and must be safe for concurrent use.
type CustomType interface {
	// Kind is the kind of the database form, which also gives the default column type.
	Kind() ValueKind
	// ToDatabase converts a field's value to the canonical form of Kind.
	ToDatabase(v any) (any, error)
	// FromDatabase converts the canonical form of Kind to a field's value.
	FromDatabase(v any) (any, error)
}

// CustomEqualer is implemented by custom types that compare their values
// themselves; others are compared by their database form.
type CustomEqualer interface {
	// EqualValues reports whether two field values are the same to the database.
	EqualValues(a, b any) bool
}

// CustomColumnTyper is implemented by custom types with a column type of their
// own; others get that of their kind.
type CustomColumnTyper interface {
	// ColumnTypes returns the type as written in DDL by dialect name; "" is for
	// all dialects.
	ColumnTypes() map[string]string
}

// CustomJSONer is implemented by custom types with a JSON form of their own;
// others appear in DTOs as their database form. It says nothing about
// json.Marshal of an entity, which asks the Go type.
type CustomJSONer interface {
	// ToJSON converts a field's value to what a DTO holds: anything that
	// json.Marshal writes. NULL is null without asking.
	ToJSON(v any) (any, error)
	// FromJSON converts a string, a json.Number or a bool to a field's value. It is
	// asked for such values in conditions, those read by conditions.FromJSON among
	// them, unless they are of the field's own type.
	FromJSON(v any) (any, error)
}

// JSONValue returns the value of a property as a DTO holds it: the canonical
// value, or the JSON form of a custom type. A value that has none is an [ErrValue].
func (p *Property) JSONValue(entity unsafe.Pointer) (any, error) {
	v := p.Access.Value(entity)
	if err, failed := v.(error); failed {
		return nil, &PropertyError{p.String(), err}
	}
	v, err := p.Type.jsonForm(v)
	if err != nil {
		return nil, &PropertyError{p.String(), err}
	}
	return v, nil
}

// jsonForm is the JSON form of a canonical value.
func (t *Type) jsonForm(v any) (any, error) {
	if list, ok := v.([]any); ok && t.Elem != nil && t.Elem.Kind == Custom {
		out := make([]any, len(list))
		for i, item := range list {
			var err error
			if out[i], err = t.Elem.jsonForm(item); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	own, ok := t.Custom.(CustomJSONer)
	if v == nil || !ok {
		return v, nil
	}
	field, err := t.Custom.FromDatabase(v)
	if err == nil {
		v, err = own.ToJSON(field)
	}
	if err != nil {
		return nil, t.badValue(field, err.Error())
	}
	return v, nil
}

// fromJSONForm is the field's value for one in a condition that is in the JSON form.
func (t *Type) fromJSONForm(v any) (any, error) {
	own, ok := t.Custom.(CustomJSONer)
	if !ok {
		return v, nil
	}
	switch v.(type) {
	case string, json.Number, bool:
	default:
		return v, nil
	}
	if fmt.Sprintf("%T", v) == t.GoName {
		return v, nil
	}
	field, err := own.FromJSON(v)
	if err != nil {
		return nil, t.badValue(v, err.Error())
	}
	return field, nil
}

// customAccess is for custom types, which see the field's value.
func customAccess(s accessSpec) Access {
	typ, off, t, null := s.ref.typ, s.off, s.typ, s.null
	db := t.databaseType()
	field := func(e unsafe.Pointer) reflect.Value { return reflect.NewAt(typ, unsafe.Add(e, off)).Elem() }
	a := Access{
		Value: func(e unsafe.Pointer) any {
			v, err := t.Custom.ToDatabase(field(e).Interface())
			if err != nil {
				return err
			}
			return v
		},
		Store: func(e unsafe.Pointer, src any) error {
			if src == nil && !null {
				return t.notNull()
			}
			v, err := db.Decode(src)
			if err != nil {
				return err
			}
			if v, err = t.Custom.FromDatabase(v); err != nil {
				return err
			}
			if v == nil {
				field(e).SetZero()
				return nil
			}
			rv := reflect.ValueOf(v)
			if !rv.Type().AssignableTo(typ) {
				return t.badValue(v, "is not what the custom type gives back")
			}
			field(e).Set(rv)
			return nil
		},
	}
	a.Equal = func(x, y unsafe.Pointer) bool { return sameValue(a.Value(x), a.Value(y)) }
	if own, ok := t.Custom.(CustomEqualer); ok {
		a.Equal = func(x, y unsafe.Pointer) bool { return own.EqualValues(field(x).Interface(), field(y).Interface()) }
	}
	if refers(typ) {
		a.Clone = func(dst, src unsafe.Pointer) { field(dst).Set(deepCopy(field(src))) }
	}
	return a
}
