package mapper

import (
	"encoding"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
)

func (t *Type) convertString(v any) (string, error) {
	s, ok := v.(string)
	if _, isTime := v.(time.Time); isTime {
		return "", t.badValue(v, "must be text")
	}
	if !ok {
		text, err := marshalText(v)
		if err != nil {
			return "", t.badValue(v, "must be text")
		}
		s = text
	}
	if !utf8.ValidString(s) {
		return "", t.badValue(v, notUTF8)
	}
	if strings.IndexByte(s, 0) >= 0 {
		return "", t.badValue(v, "must not contain NUL")
	}
	return s, nil
}

func (t *Type) convertBytes(v any) ([]byte, error) {
	b, ok := v.([]byte)
	if !ok {
		rv := reflect.ValueOf(v)
		switch {
		case rv.Kind() == reflect.Slice && rv.Type().Elem().Kind() == reflect.Uint8:
			b = rv.Bytes()
		case rv.Kind() == reflect.Array && rv.Type().Elem().Kind() == reflect.Uint8:
			b = addressable(rv).Bytes()
		default:
			return nil, t.badValue(v, "must be bytes")
		}
	}
	if b == nil {
		b = []byte{} // NULL is an untyped nil only
	}
	if t.Fixed && len(b) != t.Length {
		return nil, t.badValue(v, "must have "+count(t.Length, "byte"))
	}
	return b, nil
}

func (t *Type) convertTime(v any) (time.Time, error) {
	at, err := t.timeOf(v)
	if err != nil {
		return time.Time{}, err
	}
	if at = t.normalTime(at); !t.Years.has(at) {
		return time.Time{}, t.badValue(v, t.Years.refusal())
	}
	return at, nil
}

// timeOf is the time that a value is or spells.
func (t *Type) timeOf(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v, nil
	case string:
		parsed, err := time.Parse(time.RFC3339Nano, v)
		if err != nil && t.Kind == Date {
			parsed, err = time.Parse(time.DateOnly, v)
		}
		if err == nil {
			return parsed, nil
		}
		return time.Time{}, t.badValue(v, "must be RFC 3339 text")
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Struct && rv.CanConvert(reflect.TypeFor[time.Time]()) {
		return rv.Convert(reflect.TypeFor[time.Time]()).Interface().(time.Time), nil
	}
	return time.Time{}, t.badValue(v, "must be a time")
}

func (t *Type) convertDuration(v any) (int64, error) {
	switch v := v.(type) {
	case time.Duration:
		return int64(v), nil
	case string:
		d, err := time.ParseDuration(v)
		if err != nil {
			return 0, t.badValue(v, `must be a duration such as "1h30m"`)
		}
		return int64(d), nil
	}
	return t.convertInt(v)
}

func (t *Type) convertID(v any) (any, error) {
	switch s := v.(type) {
	case string, UUID, ULID, ObjectID, []byte:
		return t.Decode(s)
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Array && rv.Type().Elem().Kind() == reflect.Uint8 {
		return t.Decode(addressable(rv).Bytes())
	}
	return nil, t.badValue(v, "must be an id of that kind or its text")
}

// marshalText asks a value for its text form.
func marshalText(v any) (string, error) {
	m, ok := v.(encoding.TextMarshaler)
	if rv := reflect.ValueOf(v); !ok && rv.IsValid() {
		m, ok = addressable(rv).Addr().Interface().(encoding.TextMarshaler)
	}
	if !ok {
		return "", errNoText
	}
	b, err := m.MarshalText()
	return string(b), err
}
