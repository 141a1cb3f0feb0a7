package constraint

import (
	"fmt"
	"hash/fnv"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// Room is what is known about a column that has to hold something else for a while.
type Room struct {
	Column *mapper.Column
	// Seed tells rows apart, so that two transactions hardly ever choose the same.
	Seed string
	// Like are values the column is known to take, Bounds constants of its checks.
	Like, Bounds []any
	// Cautious asks for what is like the known values only, because a check on the
	// column is not understood.
	Cautious bool
}

// Candidates yields canonical values of the column's kind, the best first: values
// that rows hardly ever have, within its length, its width, its enum. The same room
// gives the same values. Neither what rows have nor what checks say is looked at.
func (r *Room) Candidates() iter.Seq[any] {
	h := fnv.New64a()
	h.Write([]byte(r.Seed))
	return func(yield func(any) bool) {
		m := &maker{Room: r, seed: h.Sum64(), yield: yield}
		m.run()
	}
}

// maker makes the candidates for one column.
type maker struct {
	*Room
	seed  uint64
	yield func(any) bool
	done  bool
}

// tries is how many values of one family are made.
const tries = 64

func (m *maker) run() {
	t := m.Column.Type
	if len(t.Enum) > 0 {
		m.give(t.Enum...)
		return
	}
	switch kindOf(t) {
	case mapper.Bool:
		m.give(false, true)
	case mapper.Int, mapper.Uint:
		m.integers()
	case mapper.Float:
		m.floats()
	case mapper.DecimalKind:
		m.decimals()
	case mapper.Duration:
		for i := range tries {
			m.give(-int64(time.Second)*int64(1+m.spread(i)%(1<<31)), int64(time.Second)*int64(1+m.spread(i)%(1<<31)))
		}
	case mapper.String:
		m.texts()
	case mapper.Bytes:
		m.bytes()
	case mapper.Time, mapper.Date:
		m.times()
	case mapper.UUIDKind:
		for i := range tries {
			m.give(mapper.UUID(m.raw(i, 16)))
		}
	case mapper.ULIDKind:
		for i := range tries {
			m.give(mapper.ULID(m.raw(i, 16)))
		}
	case mapper.ObjectIDKind:
		for i := range tries {
			m.give(mapper.ObjectID(m.raw(i, 12)))
		}
	}
}

// kindOf returns the kind of the database form.
func kindOf(t *mapper.Type) mapper.ValueKind {
	if t.Kind == mapper.Custom && t.Custom != nil {
		return t.Custom.Kind()
	}
	return t.Kind
}

// narrow tells how little room a type has: 0 is plenty.
func narrow(t *mapper.Type) int {
	switch kind := kindOf(t); {
	case kind == mapper.Bool || len(t.Enum) > 0:
		return 2
	case (kind == mapper.Int || kind == mapper.Uint) && t.Bits > 0 && t.Bits < 32,
		(kind == mapper.String || kind == mapper.Bytes) && t.Length > 0 && t.Length < 8:
		return 1
	}
	return 0
}

func (m *maker) give(values ...any) {
	for _, v := range values {
		m.done = m.done || !m.yield(v)
	}
}

// spread returns the i-th of many numbers that belong to the seed.
func (m *maker) spread(i int) uint64 {
	x := m.seed + uint64(i)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// raw returns n bytes that belong to the seed.
func (m *maker) raw(i, n int) []byte {
	list := make([]byte, 0, n+8)
	for k := 0; len(list) < n; k++ {
		word := m.spread(i*4 + k)
		for shift := 0; shift < 64; shift += 8 {
			list = append(list, byte(word>>shift))
		}
	}
	return list[:n]
}

// careful reports a column of which only what is like known values is tried: one whose
// range is not known, because the type is the user's, is another.
func (m *maker) careful() bool { return m.Cautious || len(m.Column.SQLType) > 0 }

// integers yields numbers near the ends of the column's range, then the neighbours of
// what is known.
func (m *maker) integers() {
	t := m.Column.Type
	unsigned := kindOf(t) == mapper.Uint
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if t.Bits > 0 && t.Bits < 64 {
		low, high = -1<<(t.Bits-1), 1<<(t.Bits-1)-1
		if unsigned {
			high = 1<<t.Bits - 1
		}
	}
	if unsigned || m.Column.Unsigned {
		low = 0
	}
	if t.MaxUint > 0 && t.MaxUint < math.MaxInt64 {
		high = min(high, int64(t.MaxUint))
	}
	number := func(n int64) {
		switch {
		case n < low || n > high:
		case unsigned:
			m.give(uint64(n))
		default:
			m.give(n)
		}
	}
	if high-low >= 0 && high-low < 1<<16 {
		m.narrowed(low, high, number)
		return
	}
	room := uint64(1 << 16)
	if t.Bits == 0 || t.Bits > 32 {
		room = 1 << 32
	}
	for i := 0; i < 8 && !m.careful(); i++ {
		away := int64(m.spread(i) % room)
		if low < 0 { // a generated key grows from the greatest number
			number(low + away)
		}
		if !m.Column.AutoIncrement || low == 0 {
			number(high - away)
		}
	}
	m.near(number)
}

// narrowed yields every number of a range of at most 16 bits, from a place that
// belongs to the seed on, and with it less than all of a range that is not small.
func (m *maker) narrowed(low, high int64, number func(int64)) {
	size := high - low + 1
	if m.careful() {
		m.near(number)
		return
	}
	start := int64(m.seed % uint64(size))
	for i := int64(0); i < min(size, 4*tries); i++ {
		number(low + (start+i)%size)
	}
	if size > 4*tries {
		m.near(number)
	}
}

// near yields the neighbours of what is known of an integer column.
func (m *maker) near(number func(int64)) {
	for _, v := range slices.Concat(m.Bounds, m.Like) {
		at, ok := wholeOf(v)
		for i := int64(0); ok && i <= tries && !m.done; i++ {
			if at <= math.MaxInt64-i {
				number(at + i)
			}
			if i > 0 && at >= math.MinInt64+i {
				number(at - i)
			}
		}
	}
}

// wholeOf returns a number as an integer.
func wholeOf(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case uint64:
		return int64(v), v <= math.MaxInt64
	case float64:
		return int64(v), math.Abs(v) < 1<<53
	case mapper.Decimal:
		head, _, _ := strings.Cut(string(v), ".")
		n, err := strconv.ParseInt(head, 10, 64)
		return n, err == nil
	}
	return 0, false
}

// floats yields whole numbers that both widths hold exactly.
func (m *maker) floats() {
	for i := 0; i < 8 && !m.careful(); i++ {
		n := float64(1<<23 + m.spread(i)%(1<<23))
		m.give(-n, n)
	}
	for _, v := range slices.Concat(m.Bounds, m.Like) {
		at, ok := floatOf(v)
		for i := 0; ok && i <= tries; i++ {
			step := float64(i) / 8
			for _, n := range []float64{at + step, at - step} {
				if m.Column.Type.Bits == 32 {
					n = float64(float32(n))
				}
				m.give(n)
			}
		}
	}
}

func floatOf(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, math.Abs(v) < 1e15
	case mapper.Decimal:
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err == nil
	}
	n, ok := wholeOf(v)
	return float64(n), ok
}

// decimals yields numbers near the ends of the range, then neighbours in the last place.
func (m *maker) decimals() {
	t := m.Column.Type
	digits := t.Precision
	if digits <= 0 || digits > 18 {
		digits = 18
	}
	end := int64(1)
	for range digits {
		end *= 10
	}
	number := func(n int64) {
		if n > -end && n < end {
			m.give(decimalOf(n, t.Scale))
		}
	}
	room := uint64(max(end/4, 1))
	for i := 0; i < 16 && !m.careful(); i++ {
		away := 1 + int64(m.spread(i)%room)
		number(away - end)
		number(end - away)
	}
	scaled := func(n int64) int64 {
		for range t.Scale {
			n *= 10
		}
		return n
	}
	for _, v := range slices.Concat(m.Bounds, m.Like) {
		if at, ok := wholeOf(v); ok && at > -1e9 && at < 1e9 && t.Scale <= 9 {
			for i := int64(0); i <= tries; i++ {
				number(scaled(at) + i)
				number(scaled(at) - i)
			}
		}
	}
}

// decimalOf writes n in units of the last place.
func decimalOf(n int64, scale int) mapper.Decimal {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	text := strconv.FormatInt(n, 10)
	if scale == 0 {
		return mapper.Decimal(sign + text)
	}
	if short := scale + 1 - len(text); short > 0 {
		text = strings.Repeat("0", short) + text
	}
	return mapper.Decimal(sign + text[:len(text)-scale] + "." + text[len(text)-scale:])
}

// times yields instants of whole seconds that every engine's types reach, then the
// neighbours of what is known.
func (m *maker) times() {
	const from, days = 366 * 24 * 3600, 24000 // 1971 to 2036
	for i := 0; i < tries && !m.careful(); i++ {
		at := time.Unix(from+int64(m.spread(i)%(days*24*3600)), 0).UTC()
		if kindOf(m.Column.Type) == mapper.Date {
			at = at.Truncate(24 * time.Hour)
		}
		if layout := m.Column.Type.Layout; layout != "" { // as the column keeps it
			at, _ = time.Parse(layout, at.Format(layout))
		}
		m.give(at.UTC())
	}
	for _, v := range m.Like {
		at, ok := v.(time.Time)
		for i := 1; ok && i <= tries; i++ {
			m.give(at.AddDate(0, 0, i), at.AddDate(0, 0, -i))
		}
	}
}

// bytes yields byte strings as long as the column allows, 16 at most.
func (m *maker) bytes() {
	n := m.Column.Type.Length
	if n == 0 || n > 16 && !m.Column.Type.Fixed {
		n = 16
	}
	count := tries
	if n == 1 {
		count = 256
	}
	for i := range count {
		if n == 1 {
			m.give([]byte{byte(m.seed) + byte(i)})
			continue
		}
		m.give(m.raw(i, n))
	}
	m.give([]byte{})
}

// letters are what short texts are made of: in one case and without accents, so that
// they differ under every collation.
const letters = "0123456789abcdefghijklmnopqrstuvwxyz"

// texts yields texts that say where they come from if there is room, then others of
// the column's length, then what is like known values letter by letter.
func (m *maker) texts() {
	n := m.Column.Type.Length
	if !m.careful() {
		for i := range tries {
			switch {
			case (n == 0 || n >= 12) && !m.Column.Type.Fixed:
				mark := "~weft~" + strconv.FormatUint(m.spread(i), 36)
				if n > 0 {
					mark = mark[:min(len(mark), n)]
				}
				m.give(mark)
			default:
				m.give(m.word(uint64(i), n))
			}
		}
	}
	for _, v := range m.Like {
		text, ok := v.(string)
		for i := 0; ok && i < tries; i++ {
			m.give(m.alike(text, i))
		}
	}
}

// word returns the i-th text of n letters from a place that belongs to the seed on.
func (m *maker) word(i uint64, n int) string {
	text := make([]byte, n)
	at := m.seed + i
	for k := range text {
		text[k] = letters[at%uint64(len(letters))]
		if at /= uint64(len(letters)); at == 0 {
			at = m.spread(k)
		}
	}
	return string(text)
}

// alike changes letters and digits of a text for others of their class, so that a rule
// about its form holds for the result too.
func (m *maker) alike(text string, i int) string {
	hex := strings.Trim(strings.ToLower(text), "0123456789abcdef-") == ""
	out := []byte(text)
	for k, c := range out {
		pick := m.spread(i*len(out)+k) >> 8
		last := uint64(26)
		if hex {
			last = 6
		}
		switch {
		case c >= '0' && c <= '9':
			out[k] = '0' + byte(pick%10)
		case c >= 'a' && c <= 'z':
			out[k] = 'a' + byte(pick%last)
		case c >= 'A' && c <= 'Z':
			out[k] = 'A' + byte(pick%last)
		}
	}
	return string(out)
}

// Plain returns a comparable form of a canonical value; texts that some collation
// takes for equal are the same.
func Plain(v any) any {
	switch v := v.(type) {
	case string:
		return strings.ToLower(strings.TrimRight(v, " "))
	case []byte:
		return "bytes:" + string(v)
	case time.Time:
		return [2]int64{v.Unix(), int64(v.Nanosecond())}
	case []any, map[string]any:
		return fmt.Sprint(v)
	}
	return v
}
