package constraint

import (
	"math/big"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// Check is a condition that the mapping declares for rows, as far as it can be
// decided without the database: comparisons of columns with constants and with each
// other, IN, BETWEEN, LIKE, IS NULL, lengths, joined by AND, OR and NOT.
type Check struct {
	text string
	// columns are those the expression may be about, nil for any.
	columns []*mapper.Column
	// decide is nil for an expression that is not understood.
	decide term
	// constants are the numbers and texts in the expression.
	constants []any
}

// String returns the expression.
func (c *Check) String() string {
	if c.decide == nil {
		return c.text + " (not understood)"
	}
	return c.text
}

// Values are what the columns of one row hold; ok is false for one that is not known.
type Values func(*mapper.Column) (value any, ok bool)

// Mentions reports whether the check may be about a column.
func (c *Check) Mentions(column *mapper.Column) bool {
	return c.columns == nil || slices.Contains(c.columns, column)
}

// Allows decides the check for a row; understood is false when that needs the
// database. What is unknown because of a NULL is allowed, as SQL has it.
func (c *Check) Allows(row Values) (allowed, understood bool) {
	if c.decide == nil {
		return true, false
	}
	v, ok := c.decide(row)
	if !ok {
		return true, false
	}
	held, is := v.(bool)
	return v == nil || held, v == nil || is
}

// checks parses the checks of an entity and its bases.
func checks(e *mapper.Entity) []*Check {
	var list []*Check
	for owner := e; owner != nil; owner = owner.Base {
		for _, c := range owner.Checks {
			list = append(list, parseCheck(c.Expression, e.Columns))
		}
	}
	return list
}

func parseCheck(text string, columns []*mapper.Column) *Check {
	c := &Check{text: text}
	tokens, ok := scan(text)
	if !ok {
		return c
	}
	c.columns = []*mapper.Column{}
	p := &checkParser{tokens: tokens, columns: columns}
	for _, t := range tokens {
		if column := p.column(t); column != nil && !slices.Contains(c.columns, column) {
			c.columns = append(c.columns, column)
		}
	}
	if decide := p.or(); !p.failed && p.at == len(tokens) {
		c.decide, c.constants = decide, p.constants
	}
	return c
}

// term computes a part of an expression for a row: a *big.Rat, a string, a bool,
// another canonical value, or nil for NULL; ok is false when only the database can.
type term func(row Values) (v any, ok bool)

func constant(v any) term { return func(Values) (any, bool) { return v, true } }

// both applies f to the values of two terms, none of them NULL.
func both(a, b term, f func(x, y any) (any, bool)) term {
	return func(row Values) (any, bool) {
		x, okX := a(row)
		y, okY := b(row)
		if !okX || !okY {
			return nil, false
		}
		if x == nil || y == nil {
			return nil, true
		}
		return f(x, y)
	}
}

// one applies f to the value of a term that is not NULL.
func one(a term, f func(x any) (any, bool)) term {
	return func(row Values) (any, bool) {
		x, ok := a(row)
		if !ok || x == nil {
			return nil, ok
		}
		return f(x)
	}
}

func not(a term) term {
	return one(a, func(x any) (any, bool) {
		b, ok := x.(bool)
		return !b, ok
	})
}

// joined is AND (deciding false) or OR (deciding true), with NULL as SQL has it. One side
// that decides is enough, whatever the other is.
func joined(a, b term, deciding bool) term {
	return func(row Values) (any, bool) {
		x, okX := a(row)
		y, okY := b(row)
		switch {
		case okX && x == deciding, okY && y == deciding:
			return deciding, true
		case !okX || !okY:
			return nil, false
		case x == nil || y == nil:
			return nil, true
		}
		_, boolX := x.(bool)
		_, boolY := y.(bool)
		return !deciding, boolX && boolY
	}
}

// compared is a comparison of two terms.
func compared(op string, a, b term) term {
	return both(a, b, func(x, y any) (any, bool) {
		c, ordered, ok := order(x, y)
		if !ok || !ordered && op != "=" && op != "<>" {
			return nil, false
		}
		switch op {
		case "=":
			return c == 0, true
		case "<>":
			return c != 0, true
		case "<":
			return c < 0, true
		case "<=":
			return c <= 0, true
		case ">":
			return c > 0, true
		default:
			return c >= 0, true
		}
	})
}

// order compares two values of one kind; ordered is false for those that are only
// equal or not.
func order(x, y any) (c int, ordered, ok bool) {
	switch a := x.(type) {
	case *big.Rat:
		if b, is := y.(*big.Rat); is {
			return a.Cmp(b), true, true
		}
	case string:
		if b, is := y.(string); is {
			return strings.Compare(a, b), true, true
		}
	case moment:
		if b, is := y.(moment); is {
			return a.at.Compare(b.at), true, true
		}
		if b, is := y.(string); is {
			if at, ok := a.read(b); ok {
				return a.at.Compare(at), true, true
			}
		}
	case bool:
		if b, is := y.(bool); is {
			if a == b {
				return 0, false, true
			}
			return 1, false, true
		}
	}
	if _, is := y.(moment); is {
		if _, text := x.(string); text {
			c, ordered, ok = order(y, x)
			return -c, ordered, ok
		}
	}
	return 0, false, false
}

// like is LIKE, where all engines agree: some ignore case.
func like(a, b term) term {
	return both(a, b, func(x, y any) (any, bool) {
		text, is := x.(string)
		pattern, too := y.(string)
		if !is || !too || strings.Contains(pattern, `\`) {
			return nil, false
		}
		strict := matches([]rune(text), []rune(pattern))
		loose := matches([]rune(strings.ToLower(text)), []rune(strings.ToLower(pattern)))
		return strict, strict == loose
	})
}

// matches is LIKE with % and _.
func matches(text, pattern []rune) bool {
	for len(pattern) > 0 {
		switch {
		case pattern[0] == '%':
			for i := range len(text) + 1 {
				if matches(text[i:], pattern[1:]) {
					return true
				}
			}
			return false
		case len(text) == 0 || pattern[0] != '_' && pattern[0] != text[0]:
			return false
		}
		text, pattern = text[1:], pattern[1:]
	}
	return len(text) == 0
}

// Understood reports an expression that can be decided without the database, at least
// for some rows.
func (c *Check) Understood() bool { return c.decide != nil }

// Constants returns the numbers and texts in the expression.
func (c *Check) Constants() []any { return c.constants }
