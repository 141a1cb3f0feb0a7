package check

import (
	"github.com/weft-orm/weft/mapper"
)

// Node is a part of an expression.
type Node struct {
	Op   Op
	Args []*Node
	// Column is that of an OpColumn.
	Column *mapper.Column
	// Value is that of an OpConstant: a *big.Rat, a string, a bool, nil for NULL, or the canonical
	// value of another kind (a time, a UUID) that the column compared with it has.
	Value any

	kind kind
}

// Op says what a node does with its arguments.
type Op uint8

// What nodes do. OpCase has pairs of conditions and results, and one result more for ELSE;
// OpLike has a constant pattern.
const (
	OpColumn Op = iota + 1
	OpConstant
	OpAnd
	OpOr
	OpNot
	OpEqual
	OpNotEqual
	OpLess
	OpLessEqual
	OpGreater
	OpGreaterEqual
	OpIsNull
	OpLike
	OpAdd
	OpSubtract
	OpMultiply
	OpModulo
	OpLength
	OpCharLength
	OpLower
	OpUpper
	OpTrim
	OpAbs
	OpCoalesce
	OpNullIf
	OpCase
)

// kind is what values of a node are.
type kind uint8

const (
	nothing kind = iota // NULL alone
	number
	text
	boolean
	instant
	opaque // equal or not to others of its kind, if that
)

func (k kind) String() string {
	return [...]string{"NULL", "a number", "text", "a truth value", "a time", "a value of another kind"}[k]
}

func constant(v any, k kind) *Node { return &Node{Op: OpConstant, Value: v, kind: k} }

func node(op Op, args ...*Node) *Node { return &Node{Op: op, Args: args} }

// kindOf is the kind of a column's values.
func kindOf(c *mapper.Column) kind {
	if c.Type == nil {
		return opaque
	}
	switch c.Type.StoredKind() {
	case mapper.Int, mapper.Uint, mapper.Float, mapper.DecimalKind, mapper.Duration:
		return number
	case mapper.String:
		return text
	case mapper.Bool:
		return boolean
	case mapper.Time, mapper.Date:
		return instant
	}
	return opaque
}

// resolve gives every node its kind, and says what does not fit.
func resolve(n *Node) (refused string) {
	for _, a := range n.Args {
		if refused := resolve(a); refused != "" {
			return refused
		}
	}
	switch n.Op {
	case OpColumn:
		n.kind = kindOf(n.Column)
	case OpConstant:
	case OpAnd, OpOr, OpNot:
		n.kind = boolean
		return allOf(n.Args, boolean)
	case OpIsNull:
		n.kind = boolean
	case OpEqual, OpNotEqual, OpLess, OpLessEqual, OpGreater, OpGreaterEqual:
		n.kind = boolean
		return comparable(n)
	case OpLike:
		n.kind = boolean
		return allOf(n.Args, text)
	case OpAdd, OpSubtract, OpMultiply, OpModulo, OpAbs:
		n.kind = number
		return allOf(n.Args, number)
	case OpLength, OpCharLength:
		n.kind = number
		return allOf(n.Args, text)
	case OpLower, OpUpper, OpTrim:
		n.kind = text
		return allOf(n.Args, text)
	case OpNullIf:
		n.kind = n.Args[0].kind
		return comparable(n)
	case OpCoalesce:
		return n.same(n.Args)
	case OpCase:
		var results []*Node
		for i, a := range n.Args {
			if i%2 == 1 || i == len(n.Args)-1 {
				results = append(results, a)
			} else if refused := allOf([]*Node{a}, boolean); refused != "" {
				return refused
			}
		}
		return n.same(results)
	}
	return ""
}

// allOf expects arguments of a kind, or NULL.
func allOf(args []*Node, k kind) string {
	for _, a := range args {
		if a.kind != k && a.kind != nothing {
			return a.kind.String() + " stands where there must be " + k.String()
		}
	}
	return ""
}

// same gives a node the kind that all of some nodes have.
func (n *Node) same(nodes []*Node) string {
	for _, a := range nodes {
		if n.kind == nothing {
			n.kind = a.kind
		}
	}
	return allOf(nodes, n.kind)
}

// comparable brings both sides of a comparison to one kind.
func comparable(n *Node) string {
	for i := range n.Args {
		settle(n.Args[i], n.Args[1-i])
	}
	a, b := n.Args[0], n.Args[1]
	ordered := n.Op != OpEqual && n.Op != OpNotEqual && n.Op != OpNullIf
	switch {
	case a.kind == nothing || b.kind == nothing:
	case a.kind != b.kind:
		return a.kind.String() + " is compared with " + b.kind.String()
	case a.kind == opaque && a.Op != OpConstant && b.Op != OpConstant:
		return "it compares values that have no order and no text"
	case ordered && (a.kind == boolean || a.kind == opaque):
		return a.kind.String() + " is compared by its order"
	}
	return ""
}

// settle takes a constant for what the column beside it holds: 0 and 1 for truth values, text
// for times and identifiers.
func settle(c, beside *Node) {
	if c.Op != OpConstant || beside.Op != OpColumn {
		return
	}
	switch beside.kind {
	case boolean:
		if n, ok := truth(c.Value); ok {
			*c = *constant(n, boolean)
		}
	case instant, opaque:
		s, ok := c.Value.(string)
		if !ok || beside.Column.Type == nil {
			return
		}
		switch beside.Column.Type.Kind {
		case mapper.Time, mapper.Date, mapper.UUIDKind, mapper.ULIDKind, mapper.ObjectIDKind:
			if v, err := beside.Column.Type.Decode(s); err == nil && v != nil {
				*c = *constant(v, beside.kind)
			}
		}
	}
}
