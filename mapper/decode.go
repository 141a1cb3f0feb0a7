package mapper

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Decode converts a value as a driver delivers it to the canonical form. It is
// lenient about the form (numbers as text, booleans as integers, times as text,
// documents as text or bytes) and strict about the meaning. nil stays nil. The
// result shares no memory with src.
func (t *Type) Decode(src any) (any, error) {
	if src == nil {
		return nil, nil
	}
	switch t.Kind {
	case Bool:
		return boxed(decodeBool(t, src))
	case Int:
		if _, ok := src.(int64); ok && t.Bits == 64 {
			return src, nil
		}
		return boxed(decodeInt(t, src))
	case Uint:
		return boxed(decodeUint(t, src))
	case Float:
		return boxed(decodeFloat(t, src))
	case DecimalKind:
		return boxed(decodeDecimal(t, src))
	case String:
		if _, ok := src.(string); ok {
			return src, nil
		}
		return boxed(decodeString(t, src))
	case Bytes:
		return boxed(decodeBytes(t, src))
	case Time, Date:
		return boxed(decodeTime(t, src))
	case Duration:
		return boxed(decodeInt(t, src))
	case UUIDKind:
		return boxed(decodeUUID(t, src))
	case ULIDKind:
		return boxed(decodeULID(t, src))
	case ObjectIDKind:
		return boxed(decodeObjectID(t, src))
	case JSON:
		return boxed(decodeJSON(t, src))
	case Array:
		return boxed(decodeArray(t, src))
	case Custom:
		return t.databaseType().Decode(src)
	}
	return nil, t.badValue(src, "unhandled kind")
}

// databaseKind is the kind of the canonical form: that of the database form for custom types.
func (t *Type) databaseKind() ValueKind {
	if t.Kind == Custom && t.Custom != nil {
		return t.Custom.Kind()
	}
	return t.Kind
}

// databaseType is the type of a custom type's database form.
func (t *Type) databaseType() *Type {
	db := *t
	db.Kind, db.Custom = t.Custom.Kind(), nil
	if db.Bits == 0 {
		db.Bits = 64
	}
	return &db
}

func boxed[T any](v T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

// asText returns the text of a string or byte slice.
func asText(src any) (string, bool) {
	switch v := src.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	case json.Number:
		return string(v), true
	case json.RawMessage:
		return string(v), true
	case Decimal:
		return string(v), true
	}
	return "", false
}

func decodeBool(t *Type, src any) (bool, error) {
	switch v := src.(type) {
	case bool:
		return v, nil
	case int64:
		return v != 0, nil
	case float64:
		return v != 0, nil
	case []byte:
		if len(v) == 1 && v[0] <= 1 { // a BIT(1)
			return v[0] == 1, nil
		}
	}
	if s, ok := asText(src); ok {
		if b, err := strconv.ParseBool(s); err == nil {
			return b, nil
		}
	}
	return false, t.badValue(src, "is not a boolean")
}

func decodeInt(t *Type, src any) (int64, error) {
	n, err := anyInt(t, src)
	if err == nil && t.Kind == Int && t.Bits < 64 && (n < -1<<(t.Bits-1) || n >= 1<<(t.Bits-1)) {
		return 0, t.badValue(src, "is out of range")
	}
	return n, err
}

func anyInt(t *Type, src any) (int64, error) {
	switch v := src.(type) {
	case int64:
		return v, nil
	case int32:
		return int64(v), nil
	case int:
		return int64(v), nil
	case int16:
		return int64(v), nil
	case int8:
		return int64(v), nil
	case uint64:
		if v > math.MaxInt64 {
			return 0, t.badValue(src, "is out of range")
		}
		return int64(v), nil
	case uint32:
		return int64(v), nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case float64:
		if v != math.Trunc(v) || v < -1<<63 || v >= 1<<63 {
			return 0, t.badValue(src, "must be whole and in range")
		}
		return int64(v), nil
	}
	if s, ok := asText(src); ok {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n, nil
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return int64(f), nil
		}
	}
	return 0, t.badValue(src, "is not an integer")
}

func decodeUint(t *Type, src any) (uint64, error) {
	var n uint64
	switch v := src.(type) {
	case uint64:
		n = v
	case string, []byte, json.Number, Decimal:
		s, _ := asText(v)
		u, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return 0, t.badValue(src, "is not an unsigned integer")
		}
		n = u
	default:
		i, err := anyInt(t, src)
		if err != nil || i < 0 {
			return 0, t.badValue(src, "is not an unsigned integer")
		}
		n = uint64(i)
	}
	if t.Bits > 0 && t.Bits < 64 && n >= 1<<t.Bits {
		return 0, t.badValue(src, "is out of range")
	}
	return n, nil
}

func decodeFloat(t *Type, src any) (float64, error) {
	var f float64
	switch v := src.(type) {
	case float64:
		f = v
	case float32:
		f = float64(v)
	case int64:
		f = float64(v)
	case int32:
		f = float64(v)
	case uint64:
		f = float64(v)
	default:
		s, ok := asText(src)
		var err error
		if ok {
			f, err = strconv.ParseFloat(s, 64)
		}
		if !ok || err != nil {
			return 0, t.badValue(src, "is not a number")
		}
	}
	if t.Bits == 32 {
		f = float64(float32(f))
	}
	return f, nil
}

func decodeString(t *Type, src any) (string, error) {
	if s, ok := asText(src); ok {
		return s, nil
	}
	switch v := src.(type) {
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case bool:
		return strconv.FormatBool(v), nil
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), nil
	case [16]byte:
		return formatUUID(v), nil
	case UUID:
		return v.String(), nil
	case ULID:
		return v.String(), nil
	case ObjectID:
		return v.String(), nil
	}
	return "", t.badValue(src, "is not text")
}

func decodeBytes(t *Type, src any) ([]byte, error) {
	switch v := src.(type) {
	case []byte:
		return append(make([]byte, 0, len(v)), v...), nil
	case string:
		return []byte(v), nil
	case [16]byte:
		return v[:], nil
	}
	return nil, t.badValue(src, "is not binary")
}

func decodeJSON(t *Type, src any) (json.RawMessage, error) {
	s, ok := asText(src)
	if !ok {
		raw, err := json.Marshal(src)
		if err != nil {
			return nil, t.badValue(src, "is not a JSON document")
		}
		return raw, nil
	}
	var buf bytes.Buffer
	if err := json.Compact(&buf, []byte(s)); err != nil {
		return nil, t.badValue(src, "is not a JSON document")
	}
	return buf.Bytes(), nil
}

func decodeArray(t *Type, src any) ([]any, error) {
	items, ok := src.([]any)
	if !ok {
		s, isText := asText(src)
		if !isText {
			return nil, t.badValue(src, "is not an array")
		}
		if items, ok = bracedItems(s); !ok {
			dec := json.NewDecoder(strings.NewReader(s))
			dec.UseNumber()
			if err := dec.Decode(&items); err != nil {
				return nil, t.badValue(src, "is not an array")
			}
		}
	}
	out := make([]any, len(items))
	for i, item := range items {
		if item == nil {
			return nil, t.badValue(src, "holds NULL")
		}
		v, err := t.Elem.decodeElement(item)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// decodeElement decodes an element of an array, whose bytes are hex where the array is JSON.
func (t *Type) decodeElement(item any) (any, error) {
	if s, ok := item.(string); ok && t.Kind == Bytes {
		b, err := hex.DecodeString(s)
		if err != nil {
			return nil, t.badValue(item, "is not hexadecimal")
		}
		return b, nil
	}
	return t.Decode(item)
}
