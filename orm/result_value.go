package orm

import (
	"database/sql"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/weft-orm/weft/mapper"
)

var (
	timeType    = reflect.TypeFor[time.Time]()
	scannerType = reflect.TypeFor[sql.Scanner]()
)

// assign stores a canonical value, or one of an engine, in a Go variable. It returns
// what is wrong with it, or "".
func assign(dst reflect.Value, v any) string {
	if s, ok := dst.Addr().Interface().(sql.Scanner); ok {
		if err := s.Scan(scanned(v)); err != nil {
			return err.Error()
		}
		return ""
	}
	if v == nil {
		switch dst.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
			dst.SetZero()
			return ""
		}
		return "NULL does not fit " + dst.Type().String() + "; use a pointer"
	}
	switch dst.Kind() {
	case reflect.Pointer:
		to := reflect.New(dst.Type().Elem())
		err := assign(to.Elem(), v)
		dst.Set(to)
		return err
	case reflect.Interface:
		if dst.NumMethod() == 0 {
			dst.Set(reflect.ValueOf(v))
			return ""
		}
	}
	if assignKind(dst, v) || assignTime(dst, v) || assignText(dst, v) || assignDocument(dst, v) {
		return ""
	}
	return fmt.Sprintf("a value of kind %T does not fit %s", v, dst.Type())
}

// scanned is a canonical value as a Scanner knows it.
func scanned(v any) any {
	switch v := v.(type) {
	case mapper.Decimal:
		return string(v)
	case mapper.UUID:
		return v[:]
	case mapper.ULID:
		return v[:]
	case mapper.ObjectID:
		return v[:]
	case json.RawMessage:
		return []byte(v)
	}
	return v
}

// assignKind stores numbers, text, bytes, times, arrays and documents.
func assignKind(dst reflect.Value, v any) bool {
	switch v := v.(type) {
	case int64:
		return assignInt(dst, v)
	case uint64:
		if dst.CanUint() && !dst.OverflowUint(v) {
			dst.SetUint(v)
			return true
		}
		return int64(v) >= 0 && assignInt(dst, int64(v))
	case float64:
		return assignFloat(dst, v)
	case mapper.Decimal:
		f, err := strconv.ParseFloat(string(v), 64)
		return err == nil && dst.CanFloat() && assignFloat(dst, f) || assignString(dst, string(v))
	case bool:
		if dst.Kind() == reflect.Bool {
			dst.SetBool(v)
			return true
		}
	case string:
		return assignString(dst, v)
	case []byte:
		if dst.Kind() == reflect.Slice && dst.Type().Elem().Kind() == reflect.Uint8 {
			dst.SetBytes(v)
			return true
		}
		return assignString(dst, string(v))
	case json.RawMessage:
		if dst.Type() == reflect.TypeFor[json.RawMessage]() {
			dst.SetBytes(v)
			return true
		}
		return mapper.DecodeDocument(v, dst.Addr().Interface()) == nil
	case []any:
		return assignList(dst, v)
	}
	from := reflect.ValueOf(v)
	if from.Type() != dst.Type() && from.Kind() != dst.Kind() || !from.CanConvert(dst.Type()) {
		return false
	}
	dst.Set(from.Convert(dst.Type()))
	return true
}

func assignInt(dst reflect.Value, n int64) bool {
	switch {
	case dst.CanInt() && !dst.OverflowInt(n):
		dst.SetInt(n)
	case dst.CanUint() && n >= 0 && !dst.OverflowUint(uint64(n)):
		dst.SetUint(uint64(n))
	case dst.CanFloat():
		dst.SetFloat(float64(n))
	case dst.Kind() == reflect.Bool && (n == 0 || n == 1):
		dst.SetBool(n == 1)
	default:
		return false
	}
	return true
}

func assignFloat(dst reflect.Value, f float64) bool {
	switch n := int64(f); {
	case dst.CanFloat():
		dst.SetFloat(f)
	case float64(n) == f:
		return assignInt(dst, n)
	default:
		return false
	}
	return true
}

// assignString stores text, also as the number it spells: engines give exact
// numbers as text.
func assignString(dst reflect.Value, s string) bool {
	if _, own := dst.Addr().Interface().(encoding.TextUnmarshaler); own {
		return false
	}
	switch {
	case dst.Kind() == reflect.String:
		dst.SetString(s)
		return true
	case dst.CanInt(), dst.CanUint():
		n, err := strconv.ParseInt(s, 10, 64)
		return err == nil && assignInt(dst, n)
	case dst.CanFloat():
		f, err := strconv.ParseFloat(s, 64)
		dst.SetFloat(f)
		return err == nil
	}
	return false
}

// assignTime reads the text that some engines keep times as, where nothing is known of
// its column.
func assignTime(dst reflect.Value, v any) bool {
	if !timeType.ConvertibleTo(dst.Type()) {
		return false
	}
	if _, isTime := v.(time.Time); isTime {
		return false
	}
	t, err := (&mapper.Type{Kind: mapper.Time, Precision: 9}).Decode(v)
	if err != nil || t == nil {
		return false
	}
	dst.Set(reflect.ValueOf(t).Convert(dst.Type()))
	return true
}

// assignDocument reads the text of a document, where nothing is known of its column.
func assignDocument(dst reflect.Value, v any) bool {
	switch dst.Kind() {
	case reflect.Map, reflect.Struct, reflect.Slice:
	default:
		return false
	}
	switch v := v.(type) {
	case string:
		return mapper.DecodeDocument([]byte(v), dst.Addr().Interface()) == nil
	case []byte:
		return mapper.DecodeDocument(v, dst.Addr().Interface()) == nil
	}
	return false
}

// assignText lets a type read text itself.
func assignText(dst reflect.Value, v any) bool {
	own, ok := dst.Addr().Interface().(encoding.TextUnmarshaler)
	if !ok {
		return false
	}
	switch v := v.(type) {
	case string:
		return own.UnmarshalText([]byte(v)) == nil
	case []byte:
		return own.UnmarshalText(v) == nil
	case mapper.Decimal:
		return own.UnmarshalText([]byte(v)) == nil
	}
	return false
}

func assignList(dst reflect.Value, list []any) bool {
	if dst.Kind() != reflect.Slice {
		return false
	}
	out := reflect.MakeSlice(dst.Type(), len(list), len(list))
	for i, v := range list {
		if assign(out.Index(i), v) != "" {
			return false
		}
	}
	dst.Set(out)
	return true
}
