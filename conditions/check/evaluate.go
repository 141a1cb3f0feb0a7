package check

import (
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weft-orm/weft/conditions/pattern"
	"github.com/weft-orm/weft/mapper"
)

// value computes a node for a row: a *big.Rat, a string, a bool, another canonical value, or
// nil for NULL. ok is false when a column is not known or, unless alone, when databases
// would not agree. alone is for rows that no database looks at.
func (n *Node) value(row Values, alone bool) (v any, ok bool) {
	switch n.Op {
	case OpColumn:
		if v, ok = row(n.Column); !ok {
			return nil, false
		}
		return operand(n.Column, v)
	case OpConstant:
		return n.Value, true
	case OpAnd, OpOr:
		return n.joined(row, alone, n.Op == OpOr)
	case OpIsNull:
		v, ok = n.Args[0].value(row, alone)
		return v == nil, ok
	case OpCoalesce:
		for _, a := range n.Args {
			if v, ok = a.value(row, alone); !ok || v != nil {
				return v, ok
			}
		}
		return nil, true
	case OpCase:
		for i := 0; i+1 < len(n.Args); i += 2 {
			if v, ok = n.Args[i].value(row, alone); !ok {
				return nil, false
			}
			if v == true {
				return n.Args[i+1].value(row, alone)
			}
		}
		return n.Args[len(n.Args)-1].value(row, alone)
	case OpNullIf:
		x, okX := n.Args[0].value(row, alone)
		y, okY := n.Args[1].value(row, alone)
		if !okX || !okY {
			return nil, false
		}
		if x != nil && y != nil {
			if c, known := order(x, y); !known {
				return nil, false
			} else if c == 0 {
				return nil, true
			}
		}
		return x, true
	}
	args := make([]any, len(n.Args))
	for i, a := range n.Args {
		if args[i], ok = a.value(row, alone); !ok {
			return nil, false
		}
	}
	for _, a := range args {
		if a == nil {
			return nil, true
		}
	}
	return n.Op.of(args, alone)
}

// joined is AND (deciding false) or OR (deciding true), with NULL as SQL has it. One side
// that decides is enough, whatever the other is.
func (n *Node) joined(row Values, alone, deciding bool) (any, bool) {
	null, known := false, true
	for _, a := range n.Args {
		v, ok := a.value(row, alone)
		switch {
		case !ok:
			known = false
		case v == deciding:
			return deciding, true
		case v == nil:
			null = true
		}
	}
	if !known || null {
		return nil, known
	}
	return !deciding, true
}

// of computes what has arguments that are all there.
func (op Op) of(args []any, alone bool) (any, bool) {
	switch a := args[0].(type) {
	case bool:
		if op == OpNot {
			return !a, true
		}
	case *big.Rat:
		if v, ok := op.ofNumbers(a, args[1:], alone); ok {
			return v, true
		}
	case string:
		if v, known, ok := op.ofText(a, args[1:], alone); ok {
			return v, known
		}
	}
	if len(args) != 2 {
		return nil, false
	}
	c, ok := order(args[0], args[1])
	if !ok {
		return nil, false
	}
	switch op {
	case OpEqual:
		return c == 0, true
	case OpNotEqual:
		return c != 0, true
	case OpLess:
		return c < 0, true
	case OpLessEqual:
		return c <= 0, true
	case OpGreater:
		return c > 0, true
	case OpGreaterEqual:
		return c >= 0, true
	}
	return nil, false
}

func (op Op) ofNumbers(n *big.Rat, others []any, alone bool) (any, bool) {
	if op == OpAbs {
		return new(big.Rat).Abs(n), true
	}
	if len(others) != 1 {
		return nil, false
	}
	m, ok := others[0].(*big.Rat)
	if !ok {
		return nil, false
	}
	z := new(big.Rat)
	switch op {
	case OpAdd:
		return z.Add(n, m), true
	case OpSubtract:
		return z.Sub(n, m), true
	case OpMultiply:
		return z.Mul(n, m), true
	case OpModulo: // of whole numbers, with the sign of the first
		if m.Sign() == 0 {
			return nil, alone // an error on some
		}
		if !n.IsInt() || !m.IsInt() {
			return nil, false
		}
		return z.SetInt(new(big.Int).Rem(n.Num(), m.Num())), true
	}
	return nil, false
}

// ofText computes functions of text; ok is false for what is none.
func (op Op) ofText(s string, others []any, alone bool) (v any, known, ok bool) {
	switch op {
	case OpLike:
		p, is := others[0].(string)
		if !is {
			return nil, false, true
		}
		like, err := pattern.ParseLike(p)
		if err != nil {
			return nil, false, true
		}
		strict := like.Match(s)
		return strict, alone || strict == like.Fold().Match(pattern.Fold(s)), true // some ignore case
	case OpLength: // in bytes on some
		return big.NewRat(int64(utf8.RuneCountInString(s)), 1), alone || isASCII(s), true
	case OpCharLength:
		return big.NewRat(int64(utf8.RuneCountInString(s)), 1), true, true
	case OpLower:
		return strings.Map(lower, s), alone || isASCII(s), true
	case OpUpper:
		return strings.Map(upper, s), alone || isASCII(s), true
	case OpTrim:
		return strings.Trim(s, " "), true, true
	}
	return nil, false, false
}

func isASCII(s string) bool { return len(s) == utf8.RuneCountInString(s) }

func lower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

func upper(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r + 'A' - 'a'
	}
	return r
}

// order compares two values of one kind.
func order(x, y any) (c int, ok bool) {
	switch a := x.(type) {
	case *big.Rat:
		if b, is := y.(*big.Rat); is {
			return a.Cmp(b), true
		}
	case string:
		if b, is := y.(string); is {
			return strings.Compare(a, b), true
		}
	case time.Time:
		if b, is := y.(time.Time); is {
			return a.Compare(b), true
		}
	case bool, mapper.UUID, mapper.ULID, mapper.ObjectID:
		switch y.(type) {
		case bool, mapper.UUID, mapper.ULID, mapper.ObjectID:
			if x == y {
				return 0, true
			}
			return 1, true
		}
	}
	return 0, false
}

// operand is a canonical value as expressions know it. A value of which only its absence is
// asked is as it is.
func operand(c *mapper.Column, v any) (any, bool) {
	switch v := v.(type) {
	case nil, string, bool, time.Time:
		return v, true
	case int64:
		return new(big.Rat).SetInt64(v), true
	case uint64:
		return new(big.Rat).SetUint64(v), true
	case float64:
		bits := 64
		if c.Type != nil && c.Type.Kind == mapper.Float && c.Type.Bits == 32 {
			bits = 32
		}
		return new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, bits)) // what people write for it
	case mapper.Decimal:
		return new(big.Rat).SetString(string(v))
	}
	return v, true
}

// truth reads 0 and 1.
func truth(v any) (value, ok bool) {
	n, is := v.(*big.Rat)
	if !is || !n.IsInt() || !n.Num().IsInt64() {
		return false, false
	}
	i := n.Num().Int64()
	return i == 1, i == 0 || i == 1
}
