package seed

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/brianvoe/gofakeit/v7"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Times lie between these two, so that values do not depend on the day.
var (
	earliest = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
)

// fake is the source of values of a property.
func (b *building) fake(p *mapper.Property, attempt int) *gofakeit.Faker {
	return b.run.fake(b.meta.Name, b.number(), p.Path, strconv.Itoa(attempt))
}

// madeUp makes a value of a scalar or document up; ok is false when the property
// is better left alone.
func madeUp(b *building, p *mapper.Property, limit *bound, attempt int) (v any, ok bool) {
	t, f := p.Type, b.fake(p, attempt)
	if p.Primary && (t.Kind == mapper.Int || t.Kind == mapper.Uint) && limit == nil {
		return b.n + 1 + attempt*1000, true
	}
	if len(t.Enum) > 0 {
		return t.Enum[f.Number(0, len(t.Enum)-1)], true
	}
	if limit != nil && len(limit.values) > 0 {
		return limit.values[f.Number(0, len(limit.values)-1)], true
	}
	if odd, v := declared(p, f); odd {
		return v, v != nil
	}
	if p.Kind == mapper.Document || t.Kind == mapper.JSON {
		return document(p)
	}
	if t.Kind == mapper.Array {
		list := make([]any, f.Number(1, 3))
		for i := range list {
			list[i] = scalar(b, p, t.Elem, limit, b.run.fake(b.meta.Name, b.number(), p.Path, strconv.Itoa(attempt), strconv.Itoa(i)))
		}
		return list, true
	}
	v = scalar(b, p, t, limit, f)
	return v, v != nil
}

// document is an empty document for a property that needs one; one with a struct
// behind it is left as it is.
func document(p *mapper.Property) (any, bool) {
	switch {
	case p.Nullable || len(p.Embedded) > 0:
		return nil, false
	case strings.HasPrefix(p.Type.GoName, "[]"):
		return []any{}, true
	}
	return orm.M{}, strings.HasPrefix(p.Type.GoName, "map[") || p.Type.GoName == "any" || strings.HasSuffix(p.Type.GoName, "RawMessage")
}

// scalar makes a single value up.
func scalar(b *building, p *mapper.Property, t *mapper.Type, limit *bound, f *gofakeit.Faker) any {
	if len(t.Enum) > 0 {
		return t.Enum[f.Number(0, len(t.Enum)-1)]
	}
	switch t.Kind {
	case mapper.Bool:
		return f.Bool()
	case mapper.Int, mapper.Uint:
		return number(p, t, limit, f)
	case mapper.Float:
		lo, hi := limit.between(0, 1000)
		return math.Round((lo+f.Float64Range(0, 1)*(hi-lo))*4) / 4
	case mapper.DecimalKind:
		return decimal(t, limit, f)
	case mapper.String:
		return text(b, p, t, limit, f)
	case mapper.Bytes:
		return bytes(t, f)
	case mapper.Time, mapper.Date:
		return moment(p, t, f)
	case mapper.Duration:
		return time.Duration(f.Number(1, 1440)) * time.Minute
	case mapper.UUIDKind:
		return f.UUID()
	case mapper.ULIDKind:
		var u mapper.ULID
		copy(u[:], bytes(&mapper.Type{Length: 16, Fixed: true}, f))
		u[0] &= 0x7f
		return u
	case mapper.ObjectIDKind:
		var id mapper.ObjectID
		copy(id[:], bytes(&mapper.Type{Length: 12, Fixed: true}, f))
		return id
	}
	return nil // of a custom type, which nobody here knows
}

// number is a small whole number, or one that the name of the property asks for.
func number(p *mapper.Property, t *mapper.Type, limit *bound, f *gofakeit.Faker) any {
	most := 100.0
	lo, hi := 1.0, most
	switch words := nameWords(p.Name); {
	case has(words, "year"):
		lo, hi = 1990, 2024
	case has(words, "age"):
		lo, hi = 18, 90
	case has(words, "pages", "words", "length", "size", "bytes", "milliseconds"):
		hi = 1000
	}
	if t.Bits == 8 {
		most, hi = 127, min(hi, 127)
	}
	lo, hi = limit.within(lo, hi)
	return int64(math.Ceil(lo)) + int64(f.Number(0, int(math.Floor(hi)-math.Ceil(lo))))
}

// decimal is a number of at most five digits before the point.
func decimal(t *mapper.Type, limit *bound, f *gofakeit.Faker) any {
	whole := max(0, min(t.Precision-t.Scale, 5))
	lo, hi := limit.within(0, math.Pow10(whole)-math.Pow10(-t.Scale))
	steps := int(min((hi-lo)*math.Pow10(t.Scale), 1e9))
	r := new(big.Rat).SetFloat64(lo)
	r.Add(r, new(big.Rat).SetFrac(big.NewInt(int64(f.Number(0, max(steps, 0)))), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Scale)), nil)))
	return r.FloatString(t.Scale)
}

func bytes(t *mapper.Type, f *gofakeit.Faker) []byte {
	n := 16
	if t.Length > 0 && (t.Fixed || t.Length < n) {
		n = t.Length
	}
	list := make([]byte, n)
	for i := range list {
		list[i] = byte(f.Number(0, 255))
	}
	return list
}

// moment is a time in the span, of whole seconds; births lie earlier.
func moment(p *mapper.Property, t *mapper.Type, f *gofakeit.Faker) any {
	from, to := earliest, latest
	if words := nameWords(p.Name); has(words, "born", "birth", "birthday", "birthdate") {
		from, to = from.AddDate(-70, 0, 0), to.AddDate(-18, 0, 0)
	}
	at := from.Add(time.Duration(f.Number(0, int(to.Sub(from)/time.Second))) * time.Second)
	if t.Kind == mapper.Date {
		return at.Truncate(24 * time.Hour)
	}
	return at
}

// declared makes values of columns whose type is spelt out, as far as it is known
// what they hold; odd reports such a column. nil leaves it alone.
func declared(p *mapper.Property, f *gofakeit.Faker) (odd bool, v any) {
	if len(p.Columns) == 0 || p.Type.Kind != mapper.String && p.Type.Kind != mapper.Int {
		return false, nil
	}
	text := ""
	for _, s := range p.Columns[0].SQLType {
		text = strings.ToLower(s)
	}
	base, _, _ := strings.Cut(text, "(")
	switch base {
	case "":
		return false, nil
	case "inet", "inet4", "cidr":
		return true, f.IPv4Address()
	case "inet6":
		return true, f.IPv6Address()
	case "macaddr", "macaddr8":
		return true, f.MacAddress()
	case "time", "time without time zone":
		return true, moment(p, p.Type, f).(time.Time).Format("15:04:05")
	case "interval":
		return true, strconv.Itoa(f.Number(1, 30)) + " days"
	case "tsvector":
		return true, f.Word()
	case "year":
		return true, f.Number(1990, 2024)
	case "set":
		return true, ""
	}
	if p.Lazy {
		return true, nil
	}
	return false, nil
}
