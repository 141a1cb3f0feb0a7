package plan

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// set plans an operator on an array, on the keys of a document, or on an array inside one.
func (s *scope) set(n *conditions.Set, inner bool) Pred {
	at := s.value(n.Field, inner)
	out := &Set{Expr: at.expr, Type: at.typ, Op: n.Op, SizeOp: n.SizeOp, Not: n.Not}
	typ := at.typ
	switch n.Op {
	case conditions.OpHasKey, conditions.OpHasKeys, conditions.OpHasSomeKeys:
		typ = nil
	default:
		if j := inside(at.expr); j != nil {
			return s.setInside(n, j)
		}
		if n.Op == conditions.OpSize {
			typ = nil
		}
	}
	out.Arg = s.operand(n.Value, typ)
	return out
}

// setInside plans an operator on an array inside a document, as far as it can by what
// its elements are: $overlap is some of the list, $contained none that is not.
func (s *scope) setInside(n *conditions.Set, array *JSON) Pred {
	el := &Element{Array: array, Alias: s.alias()}
	typ := &mapper.Type{Kind: n.Field.As, Bits: 64}
	listed := func() Pred {
		slot, ok := n.Value.(conditions.Slot)
		if !ok {
			s.fail("%w: a list cannot be %T", ErrQuery, n.Value)
		}
		return &InList{Expr: &JSON{Element: el, As: n.Field.As}, List: &Arg{Slot: slot, Type: typ}}
	}
	switch n.Op {
	case conditions.OpOverlap:
		return &Elements{Element: el, Where: listed(), Not: n.Not}
	case conditions.OpContained:
		return &Elements{Element: el, Where: &NotTrue{listed()}, Not: !n.Not}
	case conditions.OpSize:
		typ = nil
	}
	return &Set{Expr: array, Type: typ, Op: n.Op, SizeOp: n.SizeOp, Arg: s.operand(n.Value, typ), Not: n.Not, Element: el}
}

// elements plans a condition on an element of an array inside a document.
func (s *scope) elements(n *conditions.ElementNode, inner bool) Pred {
	array := inside(s.value(n.Field, inner).expr)
	if array == nil {
		s.fail("%w: elements of something that is not a document", ErrQuery)
		return Bool(false)
	}
	c := *s
	c.element = &Element{Array: array, Alias: s.alias()}
	return &Elements{Element: c.element, Where: c.pred(n.Where, false), Not: n.Not}
}

// inside is the place inside a document that an expression is, nil for any other.
func inside(e Expr) *JSON {
	switch e := e.(type) {
	case *JSON:
		return &JSON{Document: e.Document, Element: e.Element, Path: e.Path}
	case *Ref:
		if e.Type != nil && e.Type.Kind == mapper.JSON {
			return &JSON{Document: e}
		}
	}
	return nil
}
