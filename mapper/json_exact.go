package mapper

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
)

// DecodeDocument reads a JSON document into dst, a pointer, as json.Unmarshal does,
// but for numbers where any stands: a float64 where that holds the number exactly,
// else an int64 or uint64, and a json.Number for what none of them holds. So a
// document that is written back is the one that was read.
func DecodeDocument(raw []byte, dst any) error {
	return decodeDocument(raw, dst, holdsAny(reflect.TypeOf(dst), nil))
}

// decodeDocument is DecodeDocument that knows whether an any stands in dst.
func decodeDocument(raw []byte, dst any, hasAny bool) error {
	if !hasAny {
		return json.Unmarshal(raw, dst)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(dst); err != nil {
		return err
	}
	exactNumbers(reflect.ValueOf(dst).Elem())
	return nil
}

// holdsAny reports a type with a place for a number of any type, as far as
// encoding/json fills it itself. seen are the types on the way.
func holdsAny(t reflect.Type, seen []reflect.Type) bool {
	if t.Implements(jsonUnmarshaler) || reflect.PointerTo(t).Implements(jsonUnmarshaler) {
		return false
	}
	switch t.Kind() {
	case reflect.Interface:
		return t.NumMethod() == 0
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return holdsAny(t.Elem(), seen)
	case reflect.Struct:
		for _, s := range seen {
			if s == t {
				return false
			}
		}
		for i := range t.NumField() {
			if f := t.Field(i); (f.IsExported() || f.Anonymous) && holdsAny(f.Type, append(seen, t)) {
				return true
			}
		}
	}
	return false
}

// exactNumbers replaces every json.Number that stands in an any below v.
func exactNumbers(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if n, ok := v.Interface().(json.Number); ok {
			v.Set(reflect.ValueOf(exactNumber(n)))
		} else if !v.IsNil() {
			exactNumbers(v.Elem())
		}
	case reflect.Pointer:
		if !v.IsNil() && holdsAny(v.Type(), nil) {
			exactNumbers(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		if holdsAny(v.Type(), nil) {
			for i := range v.Len() {
				exactNumbers(v.Index(i))
			}
		}
	case reflect.Map:
		exactValues(v)
	case reflect.Struct:
		for i := range v.NumField() {
			f, embedded := v.Field(i), v.Type().Field(i).Anonymous && v.Field(i).Kind() == reflect.Struct
			if (f.CanSet() || embedded) && holdsAny(f.Type(), nil) {
				exactNumbers(f)
			}
		}
	}
}

// exactValues is exactNumbers for the values of a map, which stand at no address.
func exactValues(m reflect.Value) {
	if m.IsNil() || !holdsAny(m.Type(), nil) {
		return
	}
	for it := m.MapRange(); it.Next(); {
		value := reflect.New(m.Type().Elem()).Elem()
		value.Set(it.Value())
		exactNumbers(value)
		m.SetMapIndex(it.Key(), value)
	}
}

// exactNumber is the plainest Go value that holds a number exactly.
func exactNumber(n json.Number) any {
	if f, err := n.Float64(); err == nil && sameNumber(string(n), f) {
		return f
	}
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return i
	}
	if u, err := strconv.ParseUint(string(n), 10, 64); err == nil {
		return u
	}
	return n
}

// sameNumber reports that f is written as the number of text, trailing zeros aside.
func sameNumber(text string, f float64) bool {
	if len(text) <= 15 {
		return true // as many digits always survive
	}
	const digits = 400 // more than any float64 has before or behind the point
	want, ok := normalDecimal(text, digits)
	if !ok {
		return true // beyond what could be told apart
	}
	got, _ := normalDecimal(strconv.FormatFloat(f, 'f', -1, 64), digits)
	return got == want
}
