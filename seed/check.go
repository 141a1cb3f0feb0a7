package seed

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// A bound is what checks say about one property.
type bound struct {
	least, most       float64
	shortest, longest int
	values            []any
}

// bounds are by property. Checks that say anything but what is understood here are
// left to the database.
type bounds map[*mapper.Property]*bound

// within narrows a range to what is allowed; where nothing of it is left, it is the
// allowed range, of the same width at most.
func (b *bound) within(lo, hi float64) (float64, float64) {
	if b == nil {
		return lo, hi
	}
	width := hi - lo
	if lo < b.least || lo > b.most {
		lo = max(b.least, min(lo, b.most-width))
		if math.IsInf(b.least, -1) {
			lo = b.most - width
		}
	}
	if hi > b.most || hi < lo {
		hi = min(b.most, lo+width)
	}
	return lo, max(lo, hi)
}

// between is within for numbers that need not be whole.
func (b *bound) between(lo, hi float64) (float64, float64) { return b.within(lo, hi) }

var (
	comparePattern = regexp.MustCompile(`(?i)^([a-z_][a-z0-9_]*)\s*(>=|<=|>|<|<>|!=)\s*(-?[0-9.]+|'')$`)
	betweenPattern = regexp.MustCompile(`(?i)^([a-z_][a-z0-9_]*)\s+between\s+(-?[0-9.]+)\s+and\s+(-?[0-9.]+)$`)
	lengthPattern  = regexp.MustCompile(`(?i)^(?:length|char_length)\s*\(\s*([a-z_][a-z0-9_]*)\s*\)\s*(>=|<=|>|<)\s*([0-9]+)$`)
	inPattern      = regexp.MustCompile(`(?i)^([a-z_][a-z0-9_]*)\s+in\s*\((.*)\)$`)
	castPattern    = regexp.MustCompile(`(?i)::[a-z_ ]+(?:\([0-9, ]*\))?`)
	quotePattern   = regexp.MustCompile("[\"`\\[\\]]")
	numberPattern  = regexp.MustCompile(`\(\s*(-?[0-9.]+)\s*\)`)
	wordPattern    = regexp.MustCompile(`\(([a-z_][a-z0-9_]*)\)`)
	stringPattern  = regexp.MustCompile(`'((?:[^']|'')*)'`)
	andPattern     = regexp.MustCompile(`(?i)\s+and\s+`)
)

// boundsOf reads the checks of an entity.
func boundsOf(e *mapper.Entity) bounds {
	all := bounds{}
	for _, c := range e.Checks {
		for _, part := range conjuncts(c.Expression) {
			all.read(e, part)
		}
	}
	return all
}

// conjuncts are the parts of an expression that all must hold; nil when it has an
// "or", of which any may.
func conjuncts(expression string) []string {
	text := castPattern.ReplaceAllString(quotePattern.ReplaceAllString(expression, ""), "")
	text = numberPattern.ReplaceAllString(text, "$1")
	if strings.Contains(strings.ToLower(text), " or ") || strings.Contains(strings.ToLower(text), "not ") {
		return nil
	}
	var parts []string
	pieces := andPattern.Split(text, -1)
	for i := 0; i < len(pieces); i++ {
		part := pieces[i]
		if strings.Contains(strings.ToLower(part), " between ") && i+1 < len(pieces) {
			i++
			part += " and " + pieces[i]
		}
		parts = append(parts, unwrapped(part))
	}
	return parts
}

// unwrapped takes off parentheses around a part, also those that only one side of a
// split has.
func unwrapped(part string) string {
	part = strings.TrimSpace(part)
	for strings.HasPrefix(part, "(") && (strings.Count(part, "(") > strings.Count(part, ")") || strings.HasSuffix(part, ")")) {
		part = strings.TrimSpace(strings.TrimPrefix(part, "("))
		if strings.Count(part, ")") > strings.Count(part, "(") {
			part = strings.TrimSpace(strings.TrimSuffix(part, ")"))
		}
	}
	for strings.HasSuffix(part, ")") && strings.Count(part, ")") > strings.Count(part, "(") {
		part = strings.TrimSpace(strings.TrimSuffix(part, ")"))
	}
	if !strings.HasPrefix(strings.ToLower(part), "length") && !strings.HasPrefix(strings.ToLower(part), "char_length") {
		part = wordPattern.ReplaceAllString(part, "$1")
	}
	return part
}

// of returns the bound of the property with a column, nil when there is none.
func (b bounds) of(e *mapper.Entity, column string) *bound {
	for _, p := range e.Leaves {
		if len(p.Columns) == 1 && strings.EqualFold(p.Columns[0].Name, column) && p.Relation == nil {
			if b[p] == nil {
				b[p] = &bound{least: math.Inf(-1), most: math.Inf(1)}
			}
			return b[p]
		}
	}
	return nil
}

// read takes one comparison in.
func (b bounds) read(e *mapper.Entity, part string) {
	if m := comparePattern.FindStringSubmatch(part); m != nil {
		if own := b.of(e, m[1]); own != nil {
			own.compare(m[2], m[3])
		}
		return
	}
	if m := betweenPattern.FindStringSubmatch(part); m != nil {
		if own := b.of(e, m[1]); own != nil {
			own.compare(">=", m[2])
			own.compare("<=", m[3])
		}
		return
	}
	if m := lengthPattern.FindStringSubmatch(part); m != nil {
		if own := b.of(e, m[1]); own != nil {
			own.length(m[2], m[3])
		}
		return
	}
	if m := inPattern.FindStringSubmatch(part); m != nil {
		if own := b.of(e, m[1]); own != nil {
			for _, v := range stringPattern.FindAllStringSubmatch(m[2], -1) {
				own.values = append(own.values, strings.ReplaceAll(v[1], "''", "'"))
			}
		}
	}
}

func (b *bound) compare(operator, value string) {
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		if operator == "<>" || operator == "!=" {
			b.shortest = max(b.shortest, 1)
		}
		return
	}
	switch operator {
	case ">=":
		b.least = max(b.least, n)
	case ">":
		b.least = max(b.least, n+1)
	case "<=":
		b.most = min(b.most, n)
	case "<":
		b.most = min(b.most, n-1)
	case "<>", "!=":
		if n == 0 {
			b.least = max(b.least, 1)
		}
	}
}

func (b *bound) length(operator, value string) {
	n, _ := strconv.Atoi(value)
	switch operator {
	case ">=":
		b.shortest = max(b.shortest, n)
	case ">":
		b.shortest = max(b.shortest, n+1)
	case "<=":
		b.longest = n
	case "<":
		b.longest = n - 1
	}
}
