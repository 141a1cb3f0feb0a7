package mapper

import (
	"bytes"
	"encoding/json"
	"reflect"
	"unicode/utf8"
)

// notUTF8 is what is wrong with text that a database would refuse, or keep as other text.
const notUTF8 = "must be valid UTF-8"

// marshalDocument is json.Marshal, but for text that is not UTF-8: that writes the replacement
// character in its place, without an error.
func marshalDocument(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	replaced := bytes.Contains(raw, []byte(`\ufffd`)) || bytes.ContainsRune(raw, utf8.RuneError)
	if replaced && !isUTF8(reflect.ValueOf(v)) {
		return nil, errNotUTF8
	}
	return raw, nil
}

// isUTF8 reports that the text in a value is UTF-8, as far as encoding/json writes it by itself.
func isUTF8(v reflect.Value) bool {
	if !v.IsValid() {
		return true
	}
	if v.CanInterface() {
		if _, own := v.Interface().(json.Marshaler); own {
			return true
		}
	}
	switch v.Kind() {
	case reflect.String:
		return utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || isUTF8(v.Elem())
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !isUTF8(v.Index(i)) {
				return false
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if !isUTF8(it.Key()) || !isUTF8(it.Value()) {
				return false
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); (f.IsExported() || f.Anonymous) && f.Tag.Get("json") != "-" && !isUTF8(v.Field(i)) {
				return false
			}
		}
	}
	return true
}
