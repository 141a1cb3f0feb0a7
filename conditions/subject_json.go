package conditions

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// jsonSubject is a JSON document or a place inside one.
type jsonSubject struct {
	scope *scope
	field Field
	// typ describes the place as far as a Go struct does; nil in the open.
	typ  *mapper.Type
	base row
	path string
}

func (s jsonSubject) in(inner *scope) subject {
	if s.isList() {
		return s.element().in(inner)
	}
	if inner != nil {
		s.scope = inner
	}
	return s
}

func (s jsonSubject) place() place {
	return place{s.scope, Field{Alias: s.field.Alias, Hops: s.field.Hops}, s.path}
}

// keyed reads an entry of a map below the document. In the open a key is taken
// whole, dots included, unless it ends in an operator; $$ stands for a dollar sign. What
// is said about an element has paths for keys.
func (s jsonSubject) keyed(p *parser, k key) error {
	switch {
	case strings.HasPrefix(k.text, "$$"):
		return s.literal(p, key{text: k.text, path: k.text[1:]})
	case strings.HasPrefix(k.text, "$") && k.op == 0:
		return p.unknownOperator(s.path, k)
	case k.path == "" && k.op != 0:
		return p.operator(s, k.op)
	case s.typ != nil && s.typ.Shape != nil:
		return s.entry(p, k)
	case k.op == 0:
		k.path = k.text
	}
	if s.isList() || s.field.Element && len(s.field.JSON) == 0 {
		return s.entry(p, k) // paths inside the element
	}
	return s.literal(p, k)
}

func (s jsonSubject) literal(p *parser, k key) error {
	inner, err := s.step(p, k.path, 0)
	if err != nil {
		return err
	}
	return p.behind(inner, k)
}

func (s jsonSubject) entry(p *parser, k key) error {
	inner, err := p.jsonPath(s, k.path, 0)
	if err != nil {
		return err
	}
	return p.behind(inner, k)
}

// jsonPath follows a dotted path into a document; items[0] is two steps.
func (p *parser) jsonPath(s jsonSubject, path string, offset int) (subject, error) {
	for piece := range strings.SplitSeq(path, ".") {
		if piece == "" || piece[0] == '$' {
			return nil, p.fail(joinPath(s.path, piece), Error{Class: ErrUnknownProperty, Offset: offset, Length: len(piece),
				Got: "a key that is empty, holds a dot or starts with $ cannot stand in a dotted path", Hint: "nest it in a map"})
		}
		name, elements := docpath.Cut(piece)
		var err error
		if name != "" {
			if s, err = s.step(p, name, offset); err != nil {
				return nil, err
			}
		}
		for _, e := range elements {
			if s, err = s.step(p, e, offset); err != nil {
				return nil, err
			}
		}
		offset += len(piece) + 1
	}
	return s, nil
}

// step enters one key or element.
func (s jsonSubject) step(p *parser, piece string, offset int) (jsonSubject, error) {
	next := s
	next.path = joinPath(s.path, piece)
	next.field.JSON = append(slices.Clip(s.field.JSON), piece)
	switch {
	case s.isList() && docpath.IsElement(piece):
		next.typ = s.elementType()
	case s.isList():
		return s.element().step(p, piece, offset)
	case s.typ == nil || s.typ.Kind == mapper.JSON && s.typ.Shape == nil:
		next.typ = nil
	case s.typ.Kind == mapper.JSON:
		i := member(s.typ, piece)
		if i < 0 {
			return s, p.fail(next.path, Error{Class: ErrUnknownProperty, Offset: offset, Length: len(piece), Hint: didYouMean(suggest.Nearest(piece, shapeNames(s.typ)))})
		}
		m := s.typ.Shape[i]
		next.typ = m.Type
		next.field.JSON[len(next.field.JSON)-1] = m.Name
	case s.typ.Kind == mapper.Array && docpath.IsElement(piece):
		next.typ = s.typ.Elem
	default:
		return s, p.fail(next.path, Error{Class: ErrUnknownProperty, Offset: offset, Length: len(piece), Got: "unknown property: the value before it has no keys"})
	}
	return next, nil
}

// member returns the position of a member of a JSON object made from a Go struct:
// by its name in the document, or else by that of its field in any case.
func member(t *mapper.Type, name string) int {
	i := slices.IndexFunc(t.Shape, func(m *mapper.Property) bool { return m.Name == name })
	if i < 0 {
		i = slices.IndexFunc(t.Shape, func(m *mapper.Property) bool {
			return strings.EqualFold(m.Field[strings.LastIndexByte(m.Field, '.')+1:], name)
		})
	}
	return i
}

func shapeNames(t *mapper.Type) []string {
	names := make([]string, len(t.Shape))
	for i, m := range t.Shape {
		names[i] = m.Name
	}
	return names
}

func (s jsonSubject) operator(p *parser, op Op) error {
	switch {
	case op == opExists:
		return p.presence(s, &Null{Field: s.field})
	case op.isSet() || op == OpSize || op == opElemMatch:
		return s.array(p, op)
	case op == OpHasKey || op == OpHasKeys || op == OpHasSomeKeys:
		return s.hasKeys(p, op)
	case op.isGeo():
		return s.geo(p, op)
	case op == OpFulltext || op.isQuantifier():
		return p.unfit(s.path, op, "operator does not fit JSON", "")
	case p.peek() == tokNull && (op == OpEq || op == OpNe):
		p.next()
		s.scope.add(&Null{Field: s.field, Not: op == OpNe})
		return nil
	}
	f, err := s.asField(p, op)
	if err != nil {
		return err
	}
	return f.operator(p, op)
}

// asField reads the place as a single value of the kind of its Go field or,
// in the open, of the operand at the cursor.
func (s jsonSubject) asField(p *parser, op Op) (fieldSubject, error) {
	if tok := p.peek(); s.field.Element && (tok == tokCol || tok == tokRaw || tok == tokQuery) {
		return fieldSubject{}, p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "what is inside an element is compared with values only"})
	}
	typ := s.typ
	isList := p.peek() == tokValues || p.peek() == tokTexts
	switch {
	case isList && op != opIn && op != opNin, typ != nil && (typ.Kind == mapper.JSON || typ.Kind == mapper.Array), typ == nil && s.field.JSON == nil && !s.field.Element:
		return fieldSubject{}, p.unfit(s.path, op, "documents and arrays inside JSON have no equality and no order", "use $contains, or name a value inside")
	case typ == nil:
		var err error
		if typ, err = s.operandType(p, op); err != nil {
			return fieldSubject{}, err
		}
	}
	f := s.field
	f.As, typ = jsonKind(typ)
	if op.isOrder() && f.As == mapper.Bool {
		return fieldSubject{}, p.unfit(s.path, op, "booleans inside JSON have no order", "")
	}
	return fieldSubject{scope: s.scope, field: f, typ: typ, base: s.base, path: s.path}, nil
}

// jsonKind returns the kind a value of type t is read as inside a document, and
// the type its operands have there.
func jsonKind(t *mapper.Type) (mapper.ValueKind, *mapper.Type) {
	switch t.Kind {
	case mapper.Bool, mapper.Int, mapper.Uint, mapper.Float, mapper.String:
		return t.Kind, t
	case mapper.Duration:
		return mapper.Int, t
	}
	return mapper.String, textType
}

// operandType returns the type that the operand at the cursor gives to a place
// nothing is known about.
func (s jsonSubject) operandType(p *parser, op Op) (*mapper.Type, error) {
	var c class
	switch p.peek() {
	case tokNull:
		return textType, nil // comparing with nil is unknown whatever the kind
	case tokValue:
		c = class(p.shape[p.pos+1])
	case tokTexts:
		return textType, nil
	case tokValues:
		if p.shape[p.pos+1]&listHasValue == 0 {
			return textType, nil
		}
		c = class(p.shape[p.pos+2])
	case tokCol:
		ahead := *p
		ahead.next()
		_, t, err := p.columnAt(s.base, ahead.text(), s.path)
		return t, err
	}
	switch c {
	case classBool:
		return boolType, nil
	case classInt:
		return intType, nil
	case classFloat:
		return floatType, nil
	case classString, classRegexp:
		return textType, nil
	case classMixed:
		return nil, p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "the values of a list must be of one kind"})
	}
	return nil, p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "a value inside JSON is compared with text, a number or a bool"})
}

// hasKeys reads the operand of $hasKey, $hasKeys or $hasSomeKeys.
func (s jsonSubject) hasKeys(p *parser, op Op) error {
	if s.typ != nil && s.typ.Kind != mapper.JSON || s.isList() {
		return p.unfit(s.path, op, "operator is for JSON objects", "")
	}
	info := SlotInfo{Type: textType, Op: op, List: op != OpHasKey, Redacted: s.field.Property != nil && s.field.Property.Redacted}
	tok := p.next()
	switch {
	case tok == tokNull:
		s.scope.add(unknown{})
		return nil
	case tok == tokValue && op == OpHasKey:
		p.pos++
	case tok == tokValues && op != OpHasKey && p.peek() == listHasValue:
		p.pos += 2
	case op == OpHasKey:
		return p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "needs a key"})
	default:
		return p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "needs a list of keys"})
	}
	s.scope.add(&Set{Field: s.field, Op: op, Value: p.want(s.path, info)})
	return nil
}

// contains reads the operand of $contains: the conjunction of its scalar leaves.
func (s jsonSubject) contains(p *parser) error {
	leaves := &AndNode{}
	if err := s.leaves(p, leaves); err != nil {
		return err
	}
	s.scope.add(leaves)
	return nil
}

func (s jsonSubject) leaves(p *parser, dst *AndNode) error {
	p.next()
	if p.peek() == tokEnd { // an empty object asks only for a value
		dst.Nodes = append(dst.Nodes, &Null{Field: s.field, Not: true})
	}
	for p.peek() != tokEnd {
		p.next()
		name := p.text()
		p.keys = append(p.keys, name)
		if docpath.IsElement(name) {
			return p.fail(joinPath(s.path, name), Error{Class: ErrValue, Operator: "$contains", Got: "a key written like an element is asked for by $hasKey only"})
		}
		inner, err := s.step(p, name, 0)
		if err == nil {
			err = inner.leaf(p, dst)
		}
		if err != nil {
			return err
		}
		p.keys = p.keys[:len(p.keys)-1]
	}
	p.next()
	return nil
}

func (s jsonSubject) leaf(p *parser, dst *AndNode) error {
	switch p.peek() {
	case tokMap:
		return s.leaves(p, dst)
	case tokValue, tokNull:
		s.scope = &scope{}
		if err := s.operator(p, OpEq); err != nil {
			return err
		}
		dst.Nodes = append(dst.Nodes, s.scope.conj...)
		return nil
	}
	return p.fail(s.path, Error{Class: ErrValue, Operator: "$contains", Got: "looks for text, numbers and bools in objects only"})
}
