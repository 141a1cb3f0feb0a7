package mapper

import (
	"bytes"
	"encoding/json"
	"reflect"
	"unsafe"
)

// jsonAccess is for fields of any type kept as a JSON document.
func jsonAccess(s accessSpec) Access {
	typ, off, t, null := s.ref.typ, s.off, s.typ, s.null
	field := func(e unsafe.Pointer) reflect.Value { return reflect.NewAt(typ, unsafe.Add(e, off)) }
	hasAny := holdsAny(typ, nil)
	canNil := typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Map || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Interface
	a := Access{
		Value: func(e unsafe.Pointer) any {
			v := field(e)
			if null && canNil && v.Elem().IsNil() {
				return nil
			}
			raw, err := marshalDocument(v.Interface())
			if err != nil {
				return err
			}
			return json.RawMessage(raw)
		},
		Store: func(e unsafe.Pointer, src any) error {
			v := field(e)
			if src == nil {
				if !null {
					return t.notNull()
				}
				v.Elem().SetZero()
				return nil
			}
			raw, err := decodeJSON(t, src)
			if err != nil {
				return err
			}
			v.Elem().SetZero()
			if err := decodeDocument(raw, v.Interface(), hasAny); err != nil {
				return &ValueError{Type: t.GoName, GoType: "JSON", Reason: err.Error()}
			}
			return nil
		},
	}
	a.Equal = func(x, y unsafe.Pointer) bool {
		v, w := field(x), field(y)
		if reflect.DeepEqual(v.Interface(), w.Interface()) {
			return true
		}
		r, ok1 := a.Value(x).(json.RawMessage)
		q, ok2 := a.Value(y).(json.RawMessage)
		return ok1 && ok2 && bytes.Equal(r, q)
	}
	a.Clone = func(dst, src unsafe.Pointer) { field(dst).Elem().Set(deepCopy(field(src).Elem())) }
	return a
}

// deepCopy copies what a value refers to. Unexported fields of structs are
// copied as they are: encoding/json does not see them.
func deepCopy(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		c := reflect.New(v.Type().Elem())
		c.Elem().Set(deepCopy(v.Elem()))
		return c
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		c := reflect.New(v.Type()).Elem()
		c.Set(deepCopy(v.Elem()))
		return c
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(c, v)
		for i := range v.Len() {
			if refers(v.Type().Elem()) {
				c.Index(i).Set(deepCopy(v.Index(i)))
			}
		}
		return c
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		c := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			c.SetMapIndex(it.Key(), deepCopy(it.Value()))
		}
		return c
	case reflect.Struct, reflect.Array:
		return copyParts(v)
	}
	return v
}

// copyParts copies a struct or array with what its parts refer to.
func copyParts(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	if v.Kind() == reflect.Array {
		for i := range v.Len() {
			c.Index(i).Set(deepCopy(v.Index(i)))
		}
		return c
	}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && refers(f.Type) {
			c.Field(i).Set(deepCopy(v.Field(i)))
		}
	}
	return c
}

// refers reports that values of a type may share memory when copied.
func refers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.Struct, reflect.Array:
		return true
	}
	return false
}

// rawJSONAccess is for json.RawMessage.
func rawJSONAccess(s accessSpec) Access {
	off, t, null := s.off, s.typ, s.null
	a := byteSliceAccess(s)
	a.Direct = nil
	a.Value = func(e unsafe.Pointer) any {
		v := *at[[]byte](e, off)
		switch {
		case v == nil && null:
			return nil
		case v == nil:
			return json.RawMessage("null")
		}
		raw, err := decodeJSON(t, v)
		if err != nil {
			return err
		}
		return raw
	}
	a.Store = func(e unsafe.Pointer, src any) error {
		if src == nil {
			if !null {
				return t.notNull()
			}
			*at[[]byte](e, off) = nil
			return nil
		}
		raw, err := decodeJSON(t, src)
		if err == nil {
			*at[json.RawMessage](e, off) = raw
		}
		return err
	}
	a.Equal = func(x, y unsafe.Pointer) bool {
		v, w := *at[[]byte](x, off), *at[[]byte](y, off)
		if bytes.Equal(v, w) && (v == nil) == (w == nil) {
			return true
		}
		r, ok1 := a.Value(x).(json.RawMessage)
		q, ok2 := a.Value(y).(json.RawMessage)
		return ok1 && ok2 && bytes.Equal(r, q)
	}
	return a
}
