package mapper

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

func (t *Type) convertInt(v any) (int64, error) {
	var n int64
	switch v := v.(type) {
	case int64:
		n = v
	case int:
		n = int64(v)
	case uint64:
		if v > math.MaxInt64 {
			return 0, t.badValue(v, "is out of range")
		}
		n = int64(v)
	case float64:
		if v != math.Trunc(v) || v < -1<<63 || v >= 1<<63 {
			return 0, t.badValue(v, "must be whole and in range")
		}
		n = int64(v)
	case json.Number:
		return t.numberInt(v)
	case time.Duration:
		n = int64(v)
	default:
		return 0, t.badValue(v, "must be an integer")
	}
	if t.Bits > 0 && t.Bits < 64 && (n < -1<<(t.Bits-1) || n >= 1<<(t.Bits-1)) {
		return 0, t.badValue(v, "is out of range")
	}
	return n, nil
}

func (t *Type) numberInt(v json.Number) (int64, error) {
	if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
		return t.convertInt(n)
	}
	d, ok := normalDecimal(string(v), 20)
	whole, frac, _ := strings.Cut(string(d), ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if !ok || err != nil || strings.Trim(frac, "0") != "" {
		return 0, t.badValue(v, "must be whole and in range")
	}
	return t.convertInt(n)
}

func (t *Type) convertUint(v any) (uint64, error) {
	var n uint64
	switch v := v.(type) {
	case uint64:
		n = v
	case json.Number:
		u, err := strconv.ParseUint(string(v), 10, 64)
		if err != nil {
			return 0, t.badValue(v, "must be whole and in range")
		}
		n = u
	case float64:
		if v != math.Trunc(v) || v < 0 || v >= 1<<64 {
			return 0, t.badValue(v, "must be whole and in range")
		}
		n = uint64(v)
	default:
		i, err := (&Type{Kind: Int, GoName: t.GoName, Bits: 64}).convertInt(v)
		if err != nil {
			return 0, err
		}
		if i < 0 {
			return 0, t.badValue(v, "must not be negative")
		}
		n = uint64(i)
	}
	if t.Bits > 0 && t.Bits < 64 && n >= 1<<t.Bits || t.beyond(n) {
		return 0, t.badValue(v, "is out of range")
	}
	return n, nil
}

func (t *Type) convertFloat(v any) (float64, error) {
	var f float64
	switch v := v.(type) {
	case float64:
		f = v
	case int64:
		f = float64(v)
	case int:
		f = float64(v)
	case uint64:
		f = float64(v)
	case json.Number:
		n, err := v.Float64()
		if err != nil {
			return 0, t.badValue(v, "is out of range")
		}
		f = n
	default:
		return 0, t.badValue(v, "must be a number")
	}
	if t.Bits == 32 {
		f = float64(float32(f))
	}
	if !finite(f) {
		return 0, t.badValue(v, notFinite)
	}
	return f, nil
}

func (t *Type) convertDecimal(v any) (Decimal, error) {
	switch v := v.(type) {
	case string:
		if v == "" {
			return "", t.badValue(v, "is not a decimal")
		}
		return decodeDecimal(t, v)
	case int:
		return decodeDecimal(t, int64(v))
	case float64:
		if !finite(v) {
			return "", t.badValue(v, notFinite)
		}
		return decodeDecimal(t, v)
	case int64, uint64, json.Number, Decimal:
		return decodeDecimal(t, v)
	case []byte, bool, time.Time, time.Duration:
	case fmt.Stringer:
		return decodeDecimal(t, v.String())
	}
	if s, ok := addressedStringer(v); ok {
		return decodeDecimal(t, s)
	}
	return "", t.badValue(v, "must be a decimal, a number or decimal text")
}

// addressedStringer calls String on a struct whose method has a pointer
// receiver, as that of big.Int has.
func addressedStringer(v any) (string, bool) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Struct {
		return "", false
	}
	s, ok := addressable(rv).Addr().Interface().(fmt.Stringer)
	if !ok {
		return "", false
	}
	return s.String(), true
}
