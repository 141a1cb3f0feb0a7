package value

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Value is what is known of an expression. The set is closed.
type Value interface {
	// Node is where the value is written.
	Node() ast.Node
}

// Const is a constant, or text put together from constants.
type Const struct {
	Expr ast.Expr
	// V is a bool, string, int64 or float64; untyped numbers and runes too.
	V any
	// Type is the Go type.
	Type types.Type
	// Parts are the pieces of a text, in order.
	Parts []Part
}

// Part is a piece of a text.
type Part struct {
	Text string
	// Expr is the literal or constant it comes from.
	Expr ast.Expr
}

// Nil is the nil of any type.
type Nil struct{ Expr ast.Expr }

// Unknown is known by its type alone.
type Unknown struct {
	Expr ast.Expr
	Type types.Type
	// Outside says where the value comes from when it comes from outside of the
	// program, "" else: "the request".
	Outside string
}

// Map is a map, or an ordered document (conditions.D).
type Map struct {
	Expr    ast.Expr
	Type    types.Type
	Entries []*Entry
	// Open says that there may be other entries.
	Open bool
}

// Entry is an entry of a map.
type Entry struct{ Key, Value Value }

// List is a slice or an array.
type List struct {
	Expr  ast.Expr
	Type  types.Type
	Items []Value
	// Open says that there may be other items.
	Open bool
}

// Struct is a value of a struct type written as a literal.
type Struct struct {
	Expr   ast.Expr
	Type   types.Type
	Fields map[string]Value
}

// Call is a call of weft.
type Call struct {
	Expr *ast.CallExpr
	Fn   *types.Func
	// Recv is the receiver of a method, nil for a function.
	Recv     Value
	Args     []Value
	TypeArgs []types.Type
	// Spread says that the last argument is a list given with three dots.
	Spread bool
}

// Tuple is what a call with several results returns.
type Tuple struct {
	Expr   ast.Expr
	Values []Value
}

// Alt is one of several values, which one is known only at run time.
type Alt struct{ Values []Value }

// Node is where the value is written.
func (v *Const) Node() ast.Node { return v.Expr }

// Node is where the value is written.
func (v *Nil) Node() ast.Node { return v.Expr }

// Node is where the value is written.
func (v *Unknown) Node() ast.Node { return v.Expr }

// Node is where the value is written.
func (v *Map) Node() ast.Node { return v.Expr }

// Node is where the value is written.
func (v *List) Node() ast.Node { return v.Expr }

// Node is where the value is written.
func (v *Struct) Node() ast.Node { return v.Expr }

// Node is where the value is written.
func (v *Call) Node() ast.Node { return v.Expr }

// Node is where the value is written.
func (v *Tuple) Node() ast.Node { return v.Expr }

// Node is where the first value is written.
func (v *Alt) Node() ast.Node { return v.Values[0].Node() }

// Text returns the text of a constant.
func Text(v Value) (string, bool) {
	c, ok := v.(*Const)
	if !ok {
		return "", false
	}
	s, ok := c.V.(string)
	return s, ok
}

// Span is where bytes from up to to of a text stand in the source. Where they are
// not written as they are the whole expression is meant; exact tells the two apart.
func (v *Const) Span(from, to int) (start, end token.Pos, exact bool) {
	for _, p := range v.Parts {
		if from < len(p.Text) {
			lit, ok := ast.Unparen(p.Expr).(*ast.BasicLit)
			if ok && to <= len(p.Text) && len(lit.Value) == len(p.Text)+2 { // no escapes
				at := lit.Pos() + 1
				return at + token.Pos(from), at + token.Pos(to), true
			}
			return p.Expr.Pos(), p.Expr.End(), false
		}
		from, to = from-len(p.Text), to-len(p.Text)
	}
	return v.Expr.Pos(), v.Expr.End(), false
}

// maxAlternatives bounds how many values stand side by side.
const maxAlternatives = 16

// merge is what is known where two branches meet.
func merge(a, b Value) Value {
	switch {
	case a == b, extends(a, b):
		return a
	case extends(b, a):
		return b
	}
	if u := union(a, b); u != nil {
		return u
	}
	var list []Value
	for _, v := range []Value{a, b} {
		if alt, ok := v.(*Alt); ok {
			for _, w := range alt.Values {
				list = appendNew(list, w)
			}
		} else {
			list = appendNew(list, v)
		}
	}
	if len(list) > maxAlternatives {
		return &Unknown{Expr: exprOf(a), Type: typeOf(a)}
	}
	return &Alt{list}
}

func appendNew(list []Value, v Value) []Value {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

func exprOf(v Value) ast.Expr {
	e, _ := v.Node().(ast.Expr)
	return e
}

func typeOf(v Value) types.Type {
	switch v := v.(type) {
	case *Const:
		return v.Type
	case *Unknown:
		return v.Type
	case *Map:
		return v.Type
	case *List:
		return v.Type
	case *Struct:
		return v.Type
	case *Call:
		if r := v.Fn.Signature().Results(); r.Len() > 0 {
			return r.At(0).Type()
		}
	case *Alt:
		return typeOf(v.Values[0])
	}
	return types.Typ[types.Invalid]
}

// extends reports a value that is another one with more added at its end.
func extends(longer, shorter Value) bool {
	switch l := longer.(type) {
	case *Map:
		s, ok := shorter.(*Map)
		return ok && len(l.Entries) >= len(s.Entries) && slices.Equal(l.Entries[:len(s.Entries)], s.Entries)
	case *List:
		s, ok := shorter.(*List)
		return ok && len(l.Items) >= len(s.Items) && slices.Equal(l.Items[:len(s.Items)], s.Items)
	case *Call:
		for at := Value(l); at != nil; {
			if at == shorter {
				return true
			}
			c, ok := at.(*Call)
			if !ok {
				return false
			}
			at = c.Recv
		}
	}
	return false
}

// union joins maps and lists that grew differently: all that may be in them is looked at.
func union(a, b Value) Value {
	switch x := a.(type) {
	case *Map:
		y, ok := b.(*Map)
		if !ok || len(x.Entries) == 0 || len(y.Entries) == 0 || x.Entries[0] != y.Entries[0] {
			return nil
		}
		out := *x
		out.Open = x.Open || y.Open
		out.Entries = slices.Clone(x.Entries)
		for _, e := range y.Entries {
			if !slices.Contains(out.Entries, e) {
				out.Entries = append(out.Entries, e)
			}
		}
		return &out
	case *List:
		y, ok := b.(*List)
		if !ok || len(x.Items) == 0 || len(y.Items) == 0 || x.Items[0] != y.Items[0] {
			return nil
		}
		out := *x
		out.Open = x.Open || y.Open
		out.Items = slices.Clone(x.Items)
		for _, item := range y.Items {
			out.Items = appendNew(out.Items, item)
		}
		return &out
	}
	return nil
}
