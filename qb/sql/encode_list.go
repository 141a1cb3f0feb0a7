package sql

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weft-orm/weft/mapper"
)

// jsonText returns the bytes of a document in canonical form.
func jsonText(v any) ([]byte, error) {
	switch x := v.(type) {
	case json.RawMessage:
		return x, nil
	case []byte:
		return x, nil
	case string:
		return []byte(x), nil
	default:
		return nil, fmt.Errorf("%w: %T where a document is expected", ErrArgument, v)
	}
}

// encodeArrayJSON writes an array, or a list of values, as one JSON text whose
// elements are what elem makes of them.
func encodeArrayJSON(t *mapper.Type, elem func(*mapper.Type) Encoding) Encoding {
	var enc Encoding
	if t.Elem != nil {
		enc = elem(t.Elem)
	}
	return listJSON(enc)
}

// listJSON writes a list as one JSON text.
func listJSON(enc Encoding) Encoding {
	return func(v any) (any, error) {
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%w: %T where a list is expected", ErrArgument, v)
		}
		b := make([]byte, 0, 2+8*len(list))
		b = append(b, '[')
		for i, x := range list {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = appendElement(b, x, enc); err != nil {
				return nil, err
			}
		}
		return string(append(b, ']')), nil
	}
}

func appendElement(b []byte, x any, enc Encoding) ([]byte, error) {
	if x != nil && enc != nil {
		var err error
		if x, err = enc(x); err != nil {
			return b, err
		}
	}
	return appendJSON(b, x)
}

// appendJSON appends an engine parameter as JSON.
func appendJSON(b []byte, x any) ([]byte, error) {
	switch v := x.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case uint64:
		return strconv.AppendUint(b, v, 10), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return b, fmt.Errorf("%w: %v has no JSON form", ErrArgument, v)
		}
		return appendFloat(b, v), nil
	case string:
		return appendJSONString(b, v), nil
	case []byte:
		b = append(b, '"')
		b = hex.AppendEncode(b, v)
		return append(b, '"'), nil
	case json.RawMessage:
		return append(b, v...), nil
	default:
		return b, fmt.Errorf("%w: %T has no JSON form", ErrArgument, x)
	}
}

// appendFloat appends the shortest text that reads back as v. Numbers that look
// whole get a fraction, lest an engine read a long one as an integer.
func appendFloat(b []byte, v float64) []byte {
	n := len(b)
	b = strconv.AppendFloat(b, v, 'g', -1, 64)
	if !strings.ContainsAny(string(b[n:]), ".e") {
		b = append(b, ".0"...)
	}
	return b
}

// appendJSONString escapes only what JSON requires, which leaves readable text.
func appendJSONString(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			_, n := utf8.DecodeRuneInString(s[i:])
			b = append(b, s[i:i+n]...)
			i += n
			continue
		}
		i++
	}
	return append(b, '"')
}

// encodeArrayPostgres gives an array as a typed slice where the driver has a
// binary form for it, and as the text form of an array otherwise.
func encodeArrayPostgres(elem *mapper.Type) Encoding {
	switch kindOf(elem) {
	case mapper.Bool:
		return sliceOf[bool, bool](func(b bool) bool { return b })
	case mapper.Int, mapper.Duration:
		return sliceOf[int64, int64](func(i int64) int64 { return i })
	case mapper.Uint:
		return signedUints
	case mapper.Float:
		return sliceOf[float64, float64](func(f float64) float64 { return f })
	case mapper.Bytes:
		return sliceOf[[]byte, []byte](func(b []byte) []byte { return b })
	case mapper.Time, mapper.Date:
		return sliceOf[time.Time, time.Time](func(t time.Time) time.Time { return t })
	case mapper.UUIDKind:
		return sliceOf(func(u mapper.UUID) [16]byte { return u })
	case mapper.String:
		if elem.NativeEnum == "" {
			return sliceOf[string, string](func(s string) string { return s })
		}
		return arrayText(nil)
	case mapper.ULIDKind:
		return sliceOf(mapper.ULID.String)
	case mapper.ObjectIDKind:
		return sliceOf(mapper.ObjectID.String)
	default:
		return arrayText(arrayElement(elem))
	}
}

// signedUints is signedUint for lists.
func signedUints(v any) (any, error) {
	list, _ := v.([]any)
	for _, x := range list {
		if x == nil {
			continue
		}
		if _, err := signedUint(x); err != nil {
			return nil, err
		}
	}
	return sliceOf(func(u uint64) int64 { return int64(u) })(v)
}

// sliceOf makes a []To of a list of From; with NULLs in it, a []*To.
func sliceOf[From, To any](fn func(From) To) Encoding {
	return func(v any) (any, error) {
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%w: %T where a list is expected", ErrArgument, v)
		}
		out := make([]To, len(list))
		nulls := false
		for i, x := range list {
			if x == nil {
				nulls = true
				continue
			}
			f, ok := x.(From)
			if !ok {
				return nil, fmt.Errorf("%w: %T in a list of %T", ErrArgument, x, f)
			}
			out[i] = fn(f)
		}
		if !nulls {
			return out, nil
		}
		pointers := make([]*To, len(list))
		for i, x := range list {
			if x != nil {
				pointers[i] = &out[i]
			}
		}
		return pointers, nil
	}
}

// arrayText writes PostgreSQL's text form of an array, {"a","b",NULL}.
func arrayText(enc Encoding) Encoding {
	return func(v any) (any, error) {
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%w: %T where a list is expected", ErrArgument, v)
		}
		var b strings.Builder
		b.WriteByte('{')
		for i, x := range list {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeArrayElement(&b, x, enc); err != nil {
				return nil, err
			}
		}
		b.WriteByte('}')
		return b.String(), nil
	}
}

func writeArrayElement(b *strings.Builder, x any, enc Encoding) error {
	if x == nil {
		b.WriteString("NULL")
		return nil
	}
	if enc != nil {
		var err error
		if x, err = enc(x); err != nil {
			return err
		}
	}
	s, ok := x.(string)
	if !ok {
		return fmt.Errorf("%w: %T has no place in an array", ErrArgument, x)
	}
	b.WriteByte('"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return nil
}

// postgresText writes an engine parameter the way PostgreSQL reads it from text.
func postgresText(v any) (any, error) {
	switch x := v.(type) {
	case string:
		return x, nil
	case bool:
		return strconv.FormatBool(x), nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64), nil
	case []byte:
		return `\x` + hex.EncodeToString(x), nil
	case [16]byte:
		return mapper.UUID(x).String(), nil
	case time.Time:
		return x.UTC().Format("2006-01-02 15:04:05.999999Z07:00"), nil
	default:
		return nil, fmt.Errorf("%w: %T has no text form", ErrArgument, v)
	}
}
