package mapper

import (
	"database/sql/driver"
	"encoding/json"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
)

// Convert brings a value given by a user to the canonical form. The rules are
// strict: numbers never become text nor text numbers, booleans come from
// booleans only, integers must be whole and in range. nil and nil pointers are
// nil. Errors are [ErrValue].
func (t *Type) Convert(v any) (any, error) {
	if t.Kind == Custom {
		return t.convertCustom(v)
	}
	if t.isCanonical(v) {
		return v, nil // boxing it again would allocate
	}
	if n, ok := v.(int); ok && t.Kind == Int && t.Bits == 64 {
		return int64(n), nil // what conditions hold most, without the detour
	}
	v = plainValue(v, t.Kind)
	if v == nil {
		return nil, nil
	}
	switch t.Kind {
	case Bool:
		if b, ok := v.(bool); ok {
			return b, nil
		}
		return nil, t.badValue(v, "must be a boolean")
	case Int:
		return boxed(t.convertInt(v))
	case Uint:
		return boxed(t.convertUint(v))
	case Float:
		return boxed(t.convertFloat(v))
	case DecimalKind:
		return boxed(t.convertDecimal(v))
	case String:
		s, err := t.convertString(v)
		if same, ok := v.(string); ok && err == nil && same == s {
			return v, nil // not boxed again
		}
		return boxed(s, err)
	case Bytes:
		return boxed(t.convertBytes(v))
	case Time, Date:
		return boxed(t.convertTime(v))
	case Duration:
		return boxed(t.convertDuration(v))
	case UUIDKind, ULIDKind, ObjectIDKind:
		return t.convertID(v)
	case JSON:
		raw, err := t.variants.marshal(v)
		if err != nil {
			return nil, t.unwritable(err)
		}
		return json.RawMessage(raw), nil
	case Array:
		return boxed(t.convertArray(v))
	}
	return nil, t.badValue(v, "unhandled kind")
}

// isCanonical reports the common values that are canonical as they are.
func (t *Type) isCanonical(v any) bool {
	switch v := v.(type) {
	case int64:
		return t.Kind == Int && t.Bits == 64 || t.Kind == Duration
	case string:
		return t.Kind == String && utf8.ValidString(v) && strings.IndexByte(v, 0) < 0
	case float64:
		return t.Kind == Float && t.Bits == 64 && finite(v)
	case UUID:
		return t.Kind == UUIDKind
	}
	return false
}

// plainValue follows pointers and reduces named types to basic ones, except
// those that are values in their own right.
func plainValue(v any, kind ValueKind) any {
	switch v.(type) {
	case nil, bool, string, int, int64, float64, time.Time, []byte, UUID, ULID, ObjectID, Decimal, json.Number, time.Duration:
		return v
	}
	if kind == JSON {
		return v
	}
	rv := reflect.ValueOf(v)
	if valuer, ok := v.(driver.Valuer); ok && (rv.Kind() != reflect.Pointer || !rv.IsNil()) {
		if plain, err := valuer.Value(); err == nil {
			return plain
		}
	}
	for rv.Kind() == reflect.Pointer {
		if rv.IsNil() {
			return nil
		}
		if rv.Type().Implements(textMarshaler) && !rv.Elem().Type().Implements(textMarshaler) {
			return rv.Interface()
		}
		rv = rv.Elem()
	}
	if inner, ok := unwrapNull(rv); ok {
		if !inner.IsValid() {
			return nil
		}
		return plainValue(inner.Interface(), kind)
	}
	if kind == String && rv.IsValid() && isTexter(rv.Type()) {
		return rv.Interface()
	}
	switch rv.Kind() {
	case reflect.Bool:
		return rv.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if rv.Type() == reflect.TypeFor[time.Duration]() {
			return rv.Interface()
		}
		return rv.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return rv.Uint()
	case reflect.Float32, reflect.Float64:
		return rv.Float()
	case reflect.String:
		if rv.Type() == reflect.TypeFor[json.Number]() || rv.Type() == reflect.TypeFor[Decimal]() {
			return rv.Interface()
		}
		return rv.String()
	}
	if !rv.IsValid() {
		return nil
	}
	return rv.Interface()
}

// isTexter reports a type that knows its own text.
func isTexter(t reflect.Type) bool {
	return t.Implements(textMarshaler) || reflect.PointerTo(t).Implements(textMarshaler)
}

// unwrapNull opens sql.Null[T] and kin and rel.Opt[T]; an invalid inner value is NULL.
func unwrapNull(rv reflect.Value) (inner reflect.Value, ok bool) {
	if rv.Kind() != reflect.Struct {
		return rv, false
	}
	t := rv.Type()
	name, _, _ := strings.Cut(t.Name(), "[")
	if !(t.PkgPath() == "database/sql" && strings.HasPrefix(name, "Null") || t.PkgPath() == relPackage && name == "Opt") {
		return rv, false
	}
	if !rv.Field(1).Bool() {
		return reflect.Value{}, true
	}
	return reflect.NewAt(t.Field(0).Type, addressable(rv).Field(0).Addr().UnsafePointer()).Elem(), true
}

// addressable returns rv, or a copy of it, at an address.
func addressable(rv reflect.Value) reflect.Value {
	if rv.CanAddr() {
		return rv
	}
	p := reflect.New(rv.Type())
	p.Elem().Set(rv)
	return p.Elem()
}

func (t *Type) convertArray(v any) ([]any, error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice && rv.Kind() != reflect.Array {
		return nil, t.badValue(v, "must be a list")
	}
	out := make([]any, rv.Len())
	for i := range out {
		item, err := t.Elem.Convert(rv.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		if item == nil {
			return nil, t.badValue(v, "must not hold nil")
		}
		out[i] = item
	}
	return out, nil
}

func (t *Type) convertCustom(v any) (any, error) {
	rv := reflect.ValueOf(v)
	if !rv.IsValid() || rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil, nil
	}
	v, err := t.fromJSONForm(v)
	if err != nil {
		return nil, err
	}
	out, err := t.Custom.ToDatabase(v)
	if f, ok := out.(float64); ok && err == nil && !finite(f) {
		return nil, t.badValue(out, notFinite)
	}
	if err == nil {
		return out, nil
	}
	if db, dbErr := t.databaseType().Convert(v); dbErr == nil {
		return db, nil
	}
	return nil, t.badValue(v, err.Error())
}
