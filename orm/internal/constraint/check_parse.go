package constraint

import (
	"math/big"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/weft-orm/weft/mapper"
)

// token is a word, a number, a text or a sign of an expression.
type token struct {
	kind tokenKind
	text string // words in lower case, unless they were quoted
}

type tokenKind uint8

const (
	wordToken tokenKind = iota + 1
	quotedToken
	numberToken
	textToken
	signToken
)

// scan cuts an expression into tokens.
func scan(s string) (list []token, ok bool) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimLeft(s, " \t\r\n") {
		t, rest, ok := scanOne(s)
		if !ok {
			return nil, false
		}
		list, s = append(list, t), rest
	}
	return list, true
}

func scanOne(s string) (t token, rest string, ok bool) {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case r == '\'':
		text, rest, ok := cutQuoted(s, '\'')
		return token{textToken, text}, rest, ok
	case r == '"' || r == '`':
		text, rest, ok := cutQuoted(s, byte(r))
		return token{quotedToken, text}, rest, ok
	case unicode.IsDigit(r):
		n := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' })
		if n < 0 {
			n = len(s)
		}
		return token{numberToken, s[:n]}, s[n:], true
	case unicode.IsLetter(r) || r == '_':
		n := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
		if n < 0 {
			n = len(s)
		}
		return token{wordToken, strings.ToLower(s[:n])}, s[n:], true
	}
	for _, sign := range []string{"<=", ">=", "<>", "!=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "."} {
		if rest, found := strings.CutPrefix(s, sign); found {
			if sign == "!=" {
				sign = "<>"
			}
			return token{signToken, sign}, rest, true
		}
	}
	return token{}, "", false
}

// cutQuoted returns the text between quotes, in which two of them are one.
func cutQuoted(s string, quote byte) (text, rest string, ok bool) {
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			i++
			continue
		}
		q := string(quote)
		return strings.ReplaceAll(s[1:i], q+q, q), s[i+1:], true
	}
	return "", "", false
}

// checkParser makes a term of tokens; failed reports that they are not understood.
type checkParser struct {
	tokens    []token
	at        int
	columns   []*mapper.Column
	constants []any
	failed    bool
}

func (p *checkParser) is(kind tokenKind, text string) bool {
	return p.at < len(p.tokens) && p.tokens[p.at] == token{kind, text}
}

func (p *checkParser) accept(kind tokenKind, text string) bool {
	if p.is(kind, text) {
		p.at++
		return true
	}
	return false
}

func (p *checkParser) word(text string) bool { return p.accept(wordToken, text) }
func (p *checkParser) sign(text string) bool { return p.accept(signToken, text) }

func (p *checkParser) fail() term {
	p.failed = true
	return constant(nil)
}

func (p *checkParser) or() term {
	t := p.and()
	for !p.failed && p.word("or") {
		t = joined(t, p.and(), true)
	}
	return t
}

func (p *checkParser) and() term {
	t := p.negated()
	for !p.failed && p.word("and") {
		t = joined(t, p.negated(), false)
	}
	return t
}

func (p *checkParser) negated() term {
	if p.word("not") {
		return not(p.negated())
	}
	return p.comparison()
}

func (p *checkParser) comparison() term {
	a := p.sum()
	for _, op := range []string{"=", "<>", "<=", ">=", "<", ">"} {
		if p.sign(op) {
			return compared(op, a, p.sum())
		}
	}
	if p.word("is") {
		return p.null(a)
	}
	negated := p.word("not")
	var t term
	switch {
	case p.word("between"):
		low := p.sum()
		if !p.word("and") {
			return p.fail()
		}
		t = joined(compared(">=", a, low), compared("<=", a, p.sum()), false)
	case p.word("in"):
		t = p.list(a)
	case p.word("like"):
		t = like(a, p.sum())
	case negated:
		return p.fail()
	default:
		return a
	}
	if negated {
		return not(t)
	}
	return t
}

// null is what follows IS.
func (p *checkParser) null(a term) term {
	negated := p.word("not")
	if !p.word("null") {
		return p.fail()
	}
	return func(row Values) (any, bool) {
		v, ok := a(row)
		return (v == nil) != negated, ok
	}
}

// list is what follows IN.
func (p *checkParser) list(a term) term {
	if !p.sign("(") {
		return p.fail()
	}
	t := constant(false)
	for {
		t = joined(t, compared("=", a, p.sum()), true)
		if p.sign(")") {
			return t
		}
		if p.failed || !p.sign(",") {
			return p.fail()
		}
	}
}

func (p *checkParser) sum() term {
	t := p.product()
	for {
		switch {
		case p.sign("+"):
			t = arithmetic(t, p.product(), (*big.Rat).Add)
		case p.sign("-"):
			t = arithmetic(t, p.product(), (*big.Rat).Sub)
		default:
			return t
		}
	}
}

func (p *checkParser) product() term {
	t := p.factor()
	for p.sign("*") {
		t = arithmetic(t, p.factor(), (*big.Rat).Mul)
	}
	return t
}

func arithmetic(a, b term, f func(z, x, y *big.Rat) *big.Rat) term {
	return both(a, b, func(x, y any) (any, bool) {
		n, is := x.(*big.Rat)
		m, too := y.(*big.Rat)
		if !is || !too {
			return nil, false
		}
		return f(new(big.Rat), n, m), true
	})
}

// factor is a constant, a column, a function of one value, or what stands in parentheses.
func (p *checkParser) factor() term {
	switch {
	case p.sign("("):
		t := p.or()
		if !p.sign(")") {
			return p.fail()
		}
		return t
	case p.sign("-"):
		return arithmetic(constant(new(big.Rat)), p.factor(), (*big.Rat).Sub)
	case p.word("true"):
		return constant(true)
	case p.word("false"):
		return constant(false)
	case p.word("null"):
		return constant(nil)
	case p.at >= len(p.tokens):
		return p.fail()
	}
	t := p.tokens[p.at]
	p.at++
	switch t.kind {
	case numberToken:
		return p.number(t.text)
	case textToken:
		p.constants = append(p.constants, t.text)
		return constant(t.text)
	case wordToken:
		if p.sign("(") {
			return p.function(t.text)
		}
	case signToken:
		return p.fail()
	}
	if p.sign(".") && p.at < len(p.tokens) { // the table's name comes first
		t = p.tokens[p.at]
		p.at++
	}
	if c := p.column(t); c != nil {
		return func(row Values) (any, bool) {
			v, ok := row(c)
			if !ok {
				return nil, false
			}
			return operand(c, v)
		}
	}
	return p.fail()
}

func (p *checkParser) number(text string) term {
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return p.fail()
	}
	if n.IsInt() && n.Num().IsInt64() {
		p.constants = append(p.constants, n.Num().Int64())
	} else {
		f, _ := n.Float64()
		p.constants = append(p.constants, f)
	}
	return constant(n)
}

// column returns the column a token names, nil when it names none.
func (p *checkParser) column(t token) *mapper.Column {
	for _, c := range p.columns {
		if t.kind == quotedToken && c.Name == t.text || t.kind == wordToken && strings.EqualFold(c.Name, t.text) {
			return c
		}
	}
	return nil
}

// function is a function of one value, whose name and parenthesis have been read.
func (p *checkParser) function(name string) term {
	a := p.or()
	if !p.sign(")") {
		return p.fail()
	}
	text := func(f func(string) any) term {
		return one(a, func(x any) (any, bool) {
			s, ok := x.(string)
			return f(s), ok
		})
	}
	switch name {
	case "length": // in bytes on some engines
		return one(a, func(x any) (any, bool) {
			s, ok := x.(string)
			return big.NewRat(int64(len(s)), 1), ok && len(s) == utf8.RuneCountInString(s)
		})
	case "char_length", "character_length":
		return text(func(s string) any { return big.NewRat(int64(utf8.RuneCountInString(s)), 1) })
	case "lower":
		return text(func(s string) any { return strings.ToLower(s) })
	case "upper":
		return text(func(s string) any { return strings.ToUpper(s) })
	case "trim":
		return text(func(s string) any { return strings.Trim(s, " ") })
	case "abs":
		return one(a, func(x any) (any, bool) {
			n, ok := x.(*big.Rat)
			if !ok {
				return nil, false
			}
			return new(big.Rat).Abs(n), true
		})
	}
	return p.fail()
}

// moment is an instant, with how its column reads text.
type moment struct {
	at   time.Time
	kind *mapper.Type
}

func (m moment) read(text string) (time.Time, bool) {
	v, err := m.kind.Decode(text)
	at, ok := v.(time.Time)
	return at, ok && err == nil
}

// operand is a canonical value as expressions know it.
func operand(c *mapper.Column, v any) (any, bool) {
	switch v := v.(type) {
	case nil, string, bool:
		return v, true
	case int64:
		return new(big.Rat).SetInt64(v), true
	case uint64:
		return new(big.Rat).SetUint64(v), true
	case float64:
		n := new(big.Rat).SetFloat64(v)
		return n, n != nil
	case mapper.Decimal:
		return new(big.Rat).SetString(string(v))
	case time.Time:
		return moment{v, c.Type}, true
	}
	return nil, false
}
