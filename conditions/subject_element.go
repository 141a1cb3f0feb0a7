package conditions

import (
	"github.com/weft-orm/weft/mapper"
)

// isList reports an array of embedded values or of documents: what stands below its name
// is about one of its elements, unless it is an operator of arrays.
func (s jsonSubject) isList() bool {
	return s.typ != nil && s.typ.Kind == mapper.JSON && s.typ.List
}

// element is the element that the scope speaks of.
func (s jsonSubject) element() jsonSubject {
	at := s.field
	at.As = 0
	b := s.scope.element(at)
	return jsonSubject{scope: b.scope, field: Field{Element: true}, typ: s.elementType(), base: s.base, path: s.path}
}

// elementType describes the elements of the array at the place; nil in the open.
func (s jsonSubject) elementType() *mapper.Type {
	switch {
	case s.typ == nil:
		return nil
	case s.typ.Kind == mapper.Array:
		return s.typ.Elem
	case s.isList() && s.typ.Shape != nil:
		inner := *s.typ
		inner.List = false
		return &inner
	}
	return nil
}

// array reads an operator about the array at the place.
func (s jsonSubject) array(p *parser, op Op) error {
	isObject := s.typ != nil && s.typ.Kind == mapper.JSON && s.typ.Shape != nil && !s.typ.List
	switch {
	case op == OpContains && p.peek() == tokMap && !s.isList():
		return s.contains(p)
	case s.typ != nil && s.typ.Kind != mapper.JSON && s.typ.Kind != mapper.Array, isObject:
		return p.unfit(s.path, op, "operator is for arrays", "")
	case op.isSet() && (s.isList() && s.typ.Shape != nil || p.peek() == tokMap):
		return p.unfit(s.path, op, "operator compares text, numbers and bools", "ask for an element by $elemMatch")
	case op == OpSize:
		at := s.field
		return p.size(s.path, func(c Op, v Operand) Node { return &Set{Field: at, Op: OpSize, SizeOp: c, Value: v} }, s)
	case op == opElemMatch:
		return s.elemMatch(p)
	}
	return s.set(p, op)
}

// set reads the operand of $contains, $contained or $overlap: elements of one kind.
func (s jsonSubject) set(p *parser, op Op) error {
	switch p.peek() {
	case tokNull:
		p.next()
		s.scope.add(unknown{})
		return nil
	case tokValue:
	case tokValues:
		if p.shape[p.pos+1]&listHasNil != 0 {
			return p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "elements of an array cannot be nil"})
		}
	default:
		return p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "needs a list of elements"})
	}
	typ := s.elementType()
	if typ == nil {
		var err error
		if typ, err = s.operandType(p, op); err != nil {
			return err
		}
	}
	at := s.field
	at.As, typ = jsonKind(typ)
	if p.next() == tokValues {
		p.pos++
	}
	p.pos++
	info := SlotInfo{Type: typ, List: true, Op: op, Redacted: at.Property != nil && at.Property.Redacted}
	s.scope.add(&Set{Field: at, Op: op, Value: p.want(s.path, info)})
	return nil
}

// elemMatch reads a condition about an element. It shares its element with nothing.
func (s jsonSubject) elemMatch(p *parser) error {
	if p.peek() == tokNull {
		return p.missing(s, opElemMatch)
	}
	where, err := p.scoped(jsonSubject{field: Field{Element: true}, typ: s.elementType(), base: s.base, path: s.path}, false)
	if err != nil {
		return err
	}
	s.scope.add(&ElementNode{Field: s.field, Where: where})
	return nil
}
