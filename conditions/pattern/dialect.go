package pattern

import (
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
)

// pcreEnd is the end of the text, newline or not, in PCRE and JavaScript.
const pcreEnd = `(?![\s\S])`

// dialect says how an engine writes the pieces of a regular expression.
type dialect struct {
	end, any, notNewline, nothing string
	// char writes a code point outside, or inside, of a class.
	char func(r rune, inClass bool) string
}

var postgres = dialect{end: "$", any: `(?:.|\n)`, notNewline: `[^\n]`, nothing: "(?!(?:))", char: postgresChar}

var pcre = dialect{end: pcreEnd, any: `[\s\S]`, notNewline: `[^\n]`, nothing: "(?!)", char: pcreChar}

// Postgres returns the expression in the dialect of PostgreSQL's ~ operator.
func (r *Regexp) Postgres() string { return postgres.write(r.tree) }

// PCRE returns the expression in a form that PCRE, ICU and JavaScript read alike.
func (r *Regexp) PCRE() string { return pcre.write(r.tree) }

func (d *dialect) write(re *syntax.Regexp) string {
	var b strings.Builder
	d.node(&b, re)
	return b.String()
}

// node writes re as something a quantifier may follow, or a sequence of such.
// Greed is left out: it decides how much is matched, never whether.
func (d *dialect) node(b *strings.Builder, re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpNoMatch:
		b.WriteString(d.nothing)
	case syntax.OpEmptyMatch:
		b.WriteString("(?:)")
	case syntax.OpLiteral:
		d.literal(b, re)
	case syntax.OpCharClass:
		d.class(b, re.Rune)
	case syntax.OpAnyCharNotNL:
		b.WriteString(d.notNewline)
	case syntax.OpAnyChar:
		b.WriteString(d.any)
	case syntax.OpBeginText:
		b.WriteString("^")
	case syntax.OpEndText:
		b.WriteString(d.end)
	case syntax.OpCapture:
		d.atom(b, re)
	case syntax.OpStar:
		d.quantified(b, re, "*")
	case syntax.OpPlus:
		d.quantified(b, re, "+")
	case syntax.OpQuest:
		d.quantified(b, re, "?")
	case syntax.OpRepeat:
		d.quantified(b, re, repeat(re))
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if sub.Op == syntax.OpAlternate {
				d.group(b, sub)
			} else {
				d.node(b, sub)
			}
		}
	case syntax.OpAlternate:
		for i, sub := range re.Sub {
			if i > 0 {
				b.WriteByte('|')
			}
			d.node(b, sub)
		}
	}
}

func repeat(re *syntax.Regexp) string {
	switch re.Max {
	case re.Min:
		return "{" + strconv.Itoa(re.Min) + "}"
	case -1:
		return "{" + strconv.Itoa(re.Min) + ",}"
	}
	return "{" + strconv.Itoa(re.Min) + "," + strconv.Itoa(re.Max) + "}"
}

func (d *dialect) group(b *strings.Builder, re *syntax.Regexp) {
	b.WriteString("(?:")
	d.node(b, re)
	b.WriteByte(')')
}

// atom writes re as one piece, grouped where it is several.
func (d *dialect) atom(b *strings.Builder, re *syntax.Regexp) {
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	if re.Op == syntax.OpCharClass || re.Op == syntax.OpAnyCharNotNL || re.Op == syntax.OpLiteral && len(re.Rune) == 1 {
		d.node(b, re)
		return
	}
	d.group(b, re)
}

func (d *dialect) quantified(b *strings.Builder, re *syntax.Regexp, quantifier string) {
	d.atom(b, re.Sub[0])
	b.WriteString(quantifier)
}

func (d *dialect) literal(b *strings.Builder, re *syntax.Regexp) {
	for _, r := range re.Rune {
		if re.Flags&syntax.FoldCase == 0 || unicode.SimpleFold(r) == r {
			b.WriteString(d.char(r, false))
			continue
		}
		orbit := []rune{r, r}
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			orbit = append(orbit, f, f)
		}
		d.class(b, orbit)
	}
}

// class writes a class as explicit ranges; one that reaches up to the last code
// point is written as the negation of the rest.
func (d *dialect) class(b *strings.Builder, ranges []rune) {
	open := "["
	if n := len(ranges); n > 0 && ranges[n-1] == unicode.MaxRune {
		open, ranges = "[^", complement(ranges)
		if len(ranges) == 0 {
			b.WriteString(d.any)
			return
		}
	}
	var inner strings.Builder
	for i := 0; i+1 < len(ranges); i += 2 {
		lo, hi, ok := encodable(ranges[i], ranges[i+1])
		if !ok {
			continue
		}
		inner.WriteString(d.char(lo, true))
		if hi > lo {
			if hi > lo+1 {
				inner.WriteByte('-')
			}
			inner.WriteString(d.char(hi, true))
		}
	}
	switch {
	case inner.Len() > 0:
		b.WriteString(open + inner.String() + "]")
	case open == "[":
		b.WriteString(d.nothing)
	default:
		b.WriteString(d.any)
	}
}

// complement returns the ranges between those given, which are sorted and reach
// up to the last code point.
func complement(ranges []rune) []rune {
	var out []rune
	next := rune(0)
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] > next {
			out = append(out, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	return out
}

// encodable shrinks a range to what text can hold: no NUL, no surrogates at its ends.
func encodable(lo, hi rune) (rune, rune, bool) {
	if lo == 0 {
		lo = 1
	}
	if lo >= 0xD800 && lo <= 0xDFFF {
		lo = 0xE000
	}
	if hi >= 0xD800 && hi <= 0xDFFF {
		hi = 0xD7FF
	}
	return lo, hi, lo <= hi
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func postgresChar(r rune, _ bool) string {
	switch {
	case isAlphanumeric(r):
		return string(r)
	case r <= 0xFFFF:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return fmt.Sprintf(`\U%08X`, r)
}

func pcreChar(r rune, _ bool) string {
	switch {
	case r < ' ' || r == 0x7F:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x7F && !isAlphanumeric(r) && r != ' ' && r != '_':
		return `\` + string(r)
	}
	return string(r)
}
