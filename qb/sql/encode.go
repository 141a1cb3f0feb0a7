package sql

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// convert makes an encoding from a function of the kind's canonical form.
func convert[T any](fn func(T) any) Encoding {
	return func(v any) (any, error) {
		x, ok := v.(T)
		if !ok {
			return nil, fmt.Errorf("%w: %T where %T is expected", ErrArgument, v, x)
		}
		return fn(x), nil
	}
}

// Encodings shared by engines.
var (
	encodeUUID     = convert(func(u mapper.UUID) any { return u.String() })
	encodeULID     = convert(func(u mapper.ULID) any { return u.String() })
	encodeObjectID = convert(func(o mapper.ObjectID) any { return o.String() })
	encodeDate     = convert(func(t time.Time) any { return t.Format(time.DateOnly) })
	encodeBit      = convert(func(b bool) any {
		if b {
			return int64(1)
		}
		return int64(0)
	})
	encodeDecimalText = convert(func(d mapper.Decimal) any { return string(d) })
)

// encodeJSON hands documents over as text, whatever byte slice type they came in.
func encodeJSON(v any) (any, error) {
	raw, err := jsonText(v)
	return string(raw), err
}

func sqliteEncode(t *mapper.Type) Encoding {
	switch kindOf(t) {
	case mapper.Bool:
		return encodeBit
	case mapper.Uint:
		return signedUint
	case mapper.DecimalKind:
		return sqliteDecimal
	case mapper.Time:
		return encodeTime(t, sqliteLayout)
	case mapper.Array:
		return encodeArrayJSON(t, sqliteEncode)
	default:
		return encodeText(t)
	}
}

func mysqlEncode(t *mapper.Type) Encoding {
	switch kindOf(t) {
	case mapper.Bool:
		return encodeBit
	case mapper.DecimalKind:
		return encodeDecimalText
	case mapper.Time:
		return encodeTime(t, mysqlLayout)
	case mapper.Array:
		return encodeArrayJSON(t, mysqlEncode)
	default:
		return encodeText(t)
	}
}

// encodeText covers the kinds that SQLite and MySQL hold as text.
func encodeText(t *mapper.Type) Encoding {
	switch kindOf(t) {
	case mapper.Date:
		if layout := t.Layout; layout != "" {
			return convert(func(x time.Time) any { return x.Format(layout) })
		}
		return encodeDate
	case mapper.UUIDKind:
		return encodeUUID
	case mapper.ULIDKind:
		return encodeULID
	case mapper.ObjectIDKind:
		return encodeObjectID
	case mapper.JSON:
		return encodeJSON
	default:
		return nil
	}
}

func postgresEncode(t *mapper.Type) Encoding {
	switch kindOf(t) {
	case mapper.Uint:
		return signedUint
	case mapper.DecimalKind:
		return encodeDecimalText
	case mapper.UUIDKind:
		return convert(func(u mapper.UUID) any { return [16]byte(u) })
	case mapper.ULIDKind:
		return encodeULID
	case mapper.ObjectIDKind:
		return encodeObjectID
	case mapper.JSON:
		return encodeJSON
	case mapper.Array:
		return encodeArrayPostgres(t.Elem)
	default:
		return nil
	}
}

// signedUint gives unsigned integers to engines that have signed ones only.
func signedUint(v any) (any, error) {
	u, ok := v.(uint64)
	if !ok {
		return nil, fmt.Errorf("%w: %T where an unsigned integer is expected", ErrArgument, v)
	}
	if u > math.MaxInt64 {
		return nil, fmt.Errorf("%w: an unsigned integer above 2^63-1", ErrArgument)
	}
	return int64(u), nil
}

// sqliteDecimal gives decimals, of 15 digits at most, as the number SQLite
// would make of their text, so that they equal what a numeric column holds.
func sqliteDecimal(v any) (any, error) {
	d, ok := v.(mapper.Decimal)
	if !ok {
		return nil, fmt.Errorf("%w: %T where a decimal is expected", ErrArgument, v)
	}
	f, err := strconv.ParseFloat(string(d), 64)
	if err != nil {
		return nil, fmt.Errorf("%w: decimal %q", ErrArgument, string(d))
	}
	return f, nil
}

// encodeTime formats times by the column's own layout, or by the engine's at
// the property's precision.
func encodeTime(t *mapper.Type, layout func(precision int) string) Encoding {
	l := t.Layout
	if l == "" {
		l = layout(t.Precision)
		return convert(func(x time.Time) any { return plainTime(x.UTC(), l) })
	}
	return convert(func(x time.Time) any { return x.UTC().Format(l) })
}

// plainTime is t.Format of a layout of the engines' own: the date, one byte, the time
// of day with as many digits as the layout has, and what follows them. It is written by position.
func plainTime(t time.Time, layout string) string {
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.Format(layout)
	}
	const between, seconds = len("2006-01-02"), len("2006-01-02 15:04:05")
	buf := make([]byte, 0, 32)
	buf = digits(buf, year, 4)
	buf = digits(append(buf, '-'), int(month), 2)
	buf = digits(append(buf, '-'), day, 2)
	buf = digits(append(buf, layout[between]), t.Hour(), 2)
	buf = digits(append(buf, ':'), t.Minute(), 2)
	buf = digits(append(buf, ':'), t.Second(), 2)
	rest := layout[seconds:]
	if rest != "" && rest[0] == '.' {
		n := strings.LastIndexByte(rest, '0')
		fraction := t.Nanosecond()
		for range 9 - n {
			fraction /= 10
		}
		buf = digits(append(buf, '.'), fraction, n)
		rest = rest[n+1:]
	}
	return string(append(buf, rest...))
}

// digits appends n decimal digits of v.
func digits(dst []byte, v, n int) []byte {
	for i := range n {
		p := v
		for range n - 1 - i {
			p /= 10
		}
		dst = append(dst, byte('0'+p%10))
	}
	return dst
}

// SQLiteTimeLayout returns the layout in which SQLite keeps the times, or dates, of a column.
func SQLiteTimeLayout(t *mapper.Type) string {
	switch {
	case t.Layout != "":
		return t.Layout
	case t.Kind == mapper.Date:
		return time.DateOnly
	}
	return sqliteLayout(t.Precision)
}

// SQLiteLayoutOf guesses the layout of a stored time from its form; "" when it has none
// that sorts.
func SQLiteLayoutOf(text string) string {
	const date = "2006-01-02"
	for _, between := range []string{"T", " "} {
		for digits := range 10 {
			fraction := ""
			if digits > 0 {
				fraction = "." + strings.Repeat("0", digits)
			}
			for _, end := range []string{"", "Z"} {
				layout := date + between + "15:04:05" + fraction + end
				if at, err := time.Parse(layout, text); err == nil && at.Format(layout) == text {
					return layout
				}
			}
		}
	}
	if at, err := time.Parse(date, text); err == nil && at.Format(date) == text {
		return date
	}
	return ""
}

// SQLiteGlobOf returns the pattern of all texts of a layout, "" where that is not of digits at
// fixed places.
func SQLiteGlobOf(layout string) string {
	if SQLiteLayoutOf(time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC).Format(layout)) != layout {
		return ""
	}
	var glob strings.Builder
	for _, r := range layout {
		if r >= '0' && r <= '9' {
			glob.WriteString("[0-9]")
		} else {
			glob.WriteRune(r)
		}
	}
	return glob.String()
}

// sqliteLayout is UTC text of fixed width, so that it sorts as time.
func sqliteLayout(precision int) string {
	return "2006-01-02T15:04:05" + fraction(precision) + "Z"
}

func mysqlLayout(precision int) string { return "2006-01-02 15:04:05" + fraction(precision) }

func fraction(precision int) string {
	if precision <= 0 {
		return ""
	}
	return "." + strings.Repeat("0", precision)
}

// encodeUntyped turns an argument of raw SQL, about which nothing is known but
// its Go type, into a parameter.
func (d *Dialect) encodeUntyped(v any) (any, error) {
	t := untypedKinds(v)
	if t == nil {
		return v, nil
	}
	if enc := d.encode(t); enc != nil {
		return enc(v)
	}
	return v, nil
}

// untypedKinds guesses the type of a canonical value from its Go form, nil when
// drivers take the form as it is.
func untypedKinds(v any) *mapper.Type {
	switch v.(type) {
	case bool:
		return &mapper.Type{Kind: mapper.Bool}
	case uint64:
		return &mapper.Type{Kind: mapper.Uint, Bits: 64}
	case time.Time:
		return &mapper.Type{Kind: mapper.Time, Precision: 6}
	case mapper.Decimal:
		return &mapper.Type{Kind: mapper.DecimalKind}
	case mapper.UUID:
		return &mapper.Type{Kind: mapper.UUIDKind}
	case mapper.ULID:
		return &mapper.Type{Kind: mapper.ULIDKind}
	case mapper.ObjectID:
		return &mapper.Type{Kind: mapper.ObjectIDKind}
	default:
		return nil
	}
}
