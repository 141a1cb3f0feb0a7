package check

import (
	"fmt"
	"math/big"
	"strings"
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

// scan cuts an expression into tokens; strange says what is none.
func scan(s string) (list []token, strange string) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimLeft(s, " \t\r\n") {
		t, rest, ok := scanOne(s)
		if !ok {
			r, _ := utf8.DecodeRuneInString(s)
			return nil, fmt.Sprintf("%q is not understood", r)
		}
		list, s = append(list, t), rest
	}
	return list, ""
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
	for _, sign := range []string{"<=", ">=", "<>", "!=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "%", "."} {
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

// parser makes a tree of tokens; refused says what is not understood.
type parser struct {
	tokens    []token
	at, depth int
	copies    int
	columns   []*mapper.Column
	constants []any
	refused   string
}

// deepest is how deep expressions may nest, largest how many nodes of theirs may be repeated.
const (
	deepest = 200
	largest = 10_000
)

func (p *parser) is(kind tokenKind, text string) bool {
	return p.at < len(p.tokens) && p.tokens[p.at] == token{kind, text}
}

func (p *parser) accept(kind tokenKind, text string) bool {
	if p.is(kind, text) {
		p.at++
		return true
	}
	return false
}

func (p *parser) word(text string) bool { return p.accept(wordToken, text) }
func (p *parser) sign(text string) bool { return p.accept(signToken, text) }

// fail refuses the token at hand.
func (p *parser) fail() *Node {
	switch {
	case p.refused != "":
	case p.at < len(p.tokens):
		p.refused = fmt.Sprintf("%q is not understood", p.tokens[p.at].text)
	default:
		p.refused = "it ends too early"
	}
	return constant(nil, nothing)
}

// refuse says why an expression is not understood.
func (p *parser) refuse(format string, args ...any) *Node {
	if p.refused == "" {
		p.refused = fmt.Sprintf(format, args...)
	}
	return constant(nil, nothing)
}

// list reads what a word or sign joins.
func (p *parser) list(op Op, word string, item func() *Node) *Node {
	n := item()
	for p.refused == "" && p.word(word) {
		if next := item(); n.Op == op {
			n.Args = append(n.Args, next)
		} else {
			n = node(op, n, next)
		}
	}
	return n
}

func (p *parser) or() *Node {
	if p.depth++; p.depth > deepest {
		return p.refuse("it is too deep")
	}
	defer func() { p.depth-- }()
	return p.list(OpOr, "or", p.and)
}

func (p *parser) and() *Node { return p.list(OpAnd, "and", p.negated) }

func (p *parser) negated() *Node {
	negated := false
	for p.word("not") {
		negated = !negated
	}
	n := p.comparison()
	if negated {
		return node(OpNot, n)
	}
	return n
}

var comparisons = []struct {
	sign string
	op   Op
}{{"=", OpEqual}, {"<>", OpNotEqual}, {"<=", OpLessEqual}, {">=", OpGreaterEqual}, {"<", OpLess}, {">", OpGreater}}

func (p *parser) comparison() *Node {
	a := p.sum()
	for _, c := range comparisons {
		if p.sign(c.sign) {
			return node(c.op, a, p.sum())
		}
	}
	if p.word("is") {
		return p.predicate(a)
	}
	negated := p.word("not")
	var n *Node
	switch {
	case p.word("between"):
		low := p.sum()
		if !p.word("and") {
			return p.fail()
		}
		n = node(OpAnd, node(OpGreaterEqual, a, low), node(OpLessEqual, p.copied(a), p.sum()))
	case p.word("in"):
		n = p.members(a)
	case p.word("like"):
		n = p.like(a)
	case negated:
		return p.fail()
	default:
		return a
	}
	if negated {
		return node(OpNot, n)
	}
	return n
}

// copied is a tree of its own: constants are settled by what stands beside them.
func (p *parser) copied(n *Node) *Node {
	if p.copies++; p.copies > largest {
		return p.refuse("it is too long")
	}
	c := *n
	c.Args = nil
	for _, a := range n.Args {
		c.Args = append(c.Args, p.copied(a))
	}
	return &c
}

// predicate is what follows IS.
func (p *parser) predicate(a *Node) *Node {
	negated := p.word("not")
	n := node(OpIsNull, a)
	switch {
	case p.word("null"):
	case p.word("true"): // two-valued, unlike a comparison
		n = node(OpCoalesce, a, constant(false, boolean))
	case p.word("false"):
		n = node(OpNot, node(OpCoalesce, a, constant(true, boolean)))
	default:
		return p.fail()
	}
	if negated {
		return node(OpNot, n)
	}
	return n
}

// members is what follows IN.
func (p *parser) members(a *Node) *Node {
	if !p.sign("(") {
		return p.fail()
	}
	n := node(OpOr)
	for {
		n.Args = append(n.Args, node(OpEqual, p.copied(a), p.sum()))
		if p.sign(")") {
			return n
		}
		if p.refused != "" || !p.sign(",") {
			return p.fail()
		}
	}
}

// like is what follows LIKE. What a backslash means differs.
func (p *parser) like(a *Node) *Node {
	n := p.sum()
	if s, ok := n.Value.(string); !ok || n.Op != OpConstant || strings.Contains(s, `\`) {
		return p.refuse("the pattern of LIKE must be text without a backslash")
	}
	if p.is(wordToken, "escape") {
		return p.fail()
	}
	return node(OpLike, a, n)
}

func (p *parser) sum() *Node {
	n := p.product()
	for {
		switch {
		case p.sign("+"):
			n = node(OpAdd, n, p.product())
		case p.sign("-"):
			n = node(OpSubtract, n, p.product())
		default:
			return n
		}
	}
}

func (p *parser) product() *Node {
	n := p.factor()
	for {
		switch {
		case p.sign("*"):
			n = node(OpMultiply, n, p.factor())
		case p.sign("%"):
			n = p.modulo(n, p.factor())
		default:
			return n
		}
	}
}

// modulo takes whole numbers: for others it differs.
func (p *parser) modulo(a, b *Node) *Node {
	for _, n := range []*Node{a, b} {
		if !n.isWhole() {
			return p.refuse("the remainder of numbers that are not whole")
		}
	}
	return node(OpModulo, a, b)
}

// isWhole reports an expression of whole numbers alone.
func (n *Node) isWhole() bool {
	switch n.Op {
	case OpColumn:
		return n.Column.Type != nil && (n.Column.Type.StoredKind() == mapper.Int || n.Column.Type.StoredKind() == mapper.Uint)
	case OpConstant:
		r, ok := n.Value.(*big.Rat)
		return ok && r.IsInt()
	case OpAdd, OpSubtract, OpMultiply, OpModulo, OpAbs:
		for _, a := range n.Args {
			if !a.isWhole() {
				return false
			}
		}
		return true
	}
	return n.Op == OpLength || n.Op == OpCharLength
}

// factor is a constant, a column, a function, or what stands in parentheses.
func (p *parser) factor() *Node {
	switch {
	case p.sign("("):
		n := p.or()
		if !p.sign(")") {
			return p.fail()
		}
		return n
	case p.sign("+"):
		return p.signed(p.factor)
	case p.sign("-"):
		return node(OpSubtract, constant(new(big.Rat), number), p.signed(p.factor))
	case p.word("case"):
		return p.cases()
	case p.word("true"):
		return constant(true, boolean)
	case p.word("false"):
		return constant(false, boolean)
	case p.word("null"):
		return constant(nil, nothing)
	case p.at >= len(p.tokens):
		return p.fail()
	}
	t := p.tokens[p.at]
	switch t.kind {
	case numberToken:
		p.at++
		return p.number(t.text)
	case textToken:
		p.at++
		p.constants = append(p.constants, t.text)
		return constant(t.text, text)
	case signToken:
		return p.fail()
	}
	p.at++
	if t.kind == wordToken && p.sign("(") {
		return p.function(t.text)
	}
	if p.sign(".") && p.at < len(p.tokens) { // the table's name comes first
		t = p.tokens[p.at]
		p.at++
	}
	if c := p.column(t); c != nil {
		return &Node{Op: OpColumn, Column: c}
	}
	return p.refuse("there is no column %q", t.text)
}

// signed reads what follows a sign, which may be another one.
func (p *parser) signed(factor func() *Node) *Node {
	if p.depth++; p.depth > deepest {
		return p.refuse("it is too deep")
	}
	defer func() { p.depth-- }()
	return factor()
}

func (p *parser) number(digits string) *Node {
	n, ok := new(big.Rat).SetString(digits)
	if !ok {
		return p.refuse("%q is no number", digits)
	}
	if n.IsInt() && n.Num().IsInt64() {
		p.constants = append(p.constants, n.Num().Int64())
	} else {
		f, _ := n.Float64()
		p.constants = append(p.constants, f)
	}
	return constant(n, number)
}

// column returns the column a token names, nil when it names none.
func (p *parser) column(t token) *mapper.Column {
	for _, c := range p.columns {
		if t.kind == quotedToken && c.Name == t.text || t.kind == wordToken && strings.EqualFold(c.Name, t.text) {
			return c
		}
	}
	return nil
}

// cases is what follows CASE.
func (p *parser) cases() *Node {
	n := node(OpCase)
	for p.word("when") {
		condition := p.or()
		if !p.word("then") {
			return p.fail()
		}
		n.Args = append(n.Args, condition, p.or())
	}
	otherwise := constant(nil, nothing)
	if p.word("else") {
		otherwise = p.or()
	}
	if len(n.Args) == 0 || !p.word("end") {
		return p.fail()
	}
	n.Args = append(n.Args, otherwise)
	return n
}

// functions are those of one value.
var functions = map[string]Op{
	"length": OpLength, "char_length": OpCharLength, "character_length": OpCharLength,
	"lower": OpLower, "upper": OpUpper, "trim": OpTrim, "abs": OpAbs,
}

// function is what follows a name and its parenthesis.
func (p *parser) function(name string) *Node {
	args := []*Node{p.or()}
	for p.sign(",") {
		args = append(args, p.or())
	}
	if !p.sign(")") {
		return p.fail()
	}
	op, one := functions[name]
	switch {
	case one && len(args) == 1:
		return node(op, args...)
	case name == "coalesce" || name == "ifnull" && len(args) == 2:
		return node(OpCoalesce, args...)
	case name == "nullif" && len(args) == 2:
		return node(OpNullIf, args...)
	case name == "mod" && len(args) == 2:
		return p.modulo(args[0], args[1])
	}
	return p.refuse("the function %s of %d is not understood", name, len(args))
}
