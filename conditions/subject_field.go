package conditions

import (
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// fieldSubject is a single value: a column, a foreign key, a part of one.
type fieldSubject struct {
	scope *scope
	field Field
	typ   *mapper.Type
	// key is the entity whose primary key the value is, when it is asked for as
	// one: then entities and references are values too.
	key  *mapper.Entity
	base row
	path string
}

func (s fieldSubject) in(inner *scope) subject {
	if inner != nil {
		s.scope = inner
	}
	return s
}

// want takes the slot at hand for a value of the field.
func (s fieldSubject) want(p *parser, info SlotInfo) Slot {
	info.Redacted = s.field.Property != nil && s.field.Property.Redacted
	return p.want(s.path, info)
}

func (s fieldSubject) place() place {
	if s.field.Func != "" {
		return place{scope: s.scope, path: s.path}
	}
	return place{s.scope, Field{Alias: s.field.Alias, Hops: s.field.Hops}, s.path}
}

func (s fieldSubject) entry(p *parser, k key) error {
	return p.fail(joinPath(s.path, k.path), Error{Class: ErrUnknownProperty,
		Got: "unknown property: " + s.path[strings.LastIndexByte(s.path, '.')+1:] + " is a plain value", Length: len(k.path)})
}

func (s fieldSubject) operator(p *parser, op Op) error {
	if got, hint := s.misfit(op); got != "" {
		return p.unfit(s.path, op, got, hint)
	}
	if op == opExists {
		return p.presence(s, s.null())
	}
	if p.peek() == tokMap && op != OpSize {
		return p.fail(s.path, Error{Class: ErrShape, Operator: op.String(), Got: "needs a value, not a map"})
	}
	switch {
	case op == OpSize:
		return p.size(s.path, func(c Op, v Operand) Node {
			return &Set{Field: s.field, Op: OpSize, SizeOp: c, Value: v}
		}, s)
	case op == OpFulltext && !s.scope.root:
		return p.unfit(s.path, op, "full-text search stands at the root or in a root $and only", "")
	case op.isText():
		return s.match(p, op)
	case op == OpContains || op == OpContained || op == OpOverlap:
		return s.set(p, op)
	}
	return s.compare(p, op)
}

// misfit says why op does not fit the type of the field, "" when it does.
func (s fieldSubject) misfit(op Op) (got, hint string) {
	kind := valueType(s.typ).Kind
	switch {
	case s.field.Property != nil && s.field.Property.Virtual && s.field.Property.Formula == "":
		return "the property is not stored", ""
	case op == OpSize && kind != mapper.Array:
		return "$size is for to-many relations and arrays", ""
	case op.isQuantifier() && op != OpSize:
		return "operator is for to-many relations", ""
	case op == opElemMatch && kind == mapper.Array:
		return "operator is for arrays of documents", didYouMean("$overlap")
	case op == opElemMatch:
		return "operator is for arrays of documents", ""
	case op == OpContains && kind == mapper.String:
		return "operator is for arrays and JSON", didYouMean("$containsText")
	case (op == OpContains || op == OpContained || op == OpOverlap) && kind != mapper.Array:
		return "operator is for arrays", ""
	case op == OpHasKey || op == OpHasKeys || op == OpHasSomeKeys:
		return "operator is for JSON", ""
	case op.isGeo():
		return "operator is for places on the earth", ""
	case op.isText() && kind != mapper.String:
		return "operator is for text, not for " + kindName(kind), ""
	case op.isOrder() && (kind == mapper.Bytes || kind == mapper.Array):
		return kindName(kind) + " have no order", ""
	}
	return "", ""
}

// compare reads the operand of a comparison or of $in and $nin.
func (s fieldSubject) compare(p *parser, op Op) error {
	var n Node
	switch p.peek() {
	case tokNull:
		if op == opIn || op == opNin {
			return p.needsList(s.path, op)
		}
		p.next()
		n = s.compareNull(op)
	case tokValues:
		var err error
		if n, err = s.compareList(p, op); err != nil {
			return err
		}
	case tokTexts:
		var err error
		if n, err = s.compareTexts(p, op); err != nil {
			return err
		}
	case tokValue, tokRaw, tokCol, tokQuery:
		if isRegexp := p.peek() == tokValue && class(p.shape[p.pos+1]) == classRegexp; isRegexp && op != opIn && op != opNin {
			return s.matchValue(p, op)
		}
		if (op == opIn || op == opNin) && p.peek() != tokQuery {
			return p.needsList(s.path, op)
		}
		v, err := s.operand(p, op)
		if err != nil {
			return err
		}
		n = s.compareWith(op, v)
	default:
		return p.fail(s.path, Error{Class: ErrShape, Operator: op.String(), Got: "needs a value"})
	}
	s.scope.add(n)
	return nil
}

func (s fieldSubject) compareNull(op Op) Node {
	switch op {
	case OpEq:
		return s.null()
	case OpNe:
		return negate(s.null())
	}
	return unknown{}
}

// null is the test for NULL; inside JSON, for no value of any kind.
func (s fieldSubject) null() Node {
	f := s.field
	f.As = 0
	return &Null{Field: f}
}

// compareWith compares with a single operand; that of $in and $nin is a sub-query.
func (s fieldSubject) compareWith(op Op, v Operand) Node {
	if op == opIn || op == opNin {
		return &InNode{Field: s.field, Values: v, Not: op == opNin}
	}
	return &Compare{s.field, op, v}
}

// matchValue reads a regular expression in the place of a value.
func (s fieldSubject) matchValue(p *parser, op Op) error {
	if valueType(s.typ).Kind != mapper.String {
		return p.unfit(s.path, OpRe, "operator is for text, not for "+kindName(valueType(s.typ).Kind), "")
	}
	if op != OpEq && op != OpNe {
		return p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "a regular expression has no order"})
	}
	p.pos += 2
	s.scope.add(&Match{Field: s.field, Op: OpRe, Value: s.want(p, SlotInfo{Type: textType, Op: OpRe}), Not: op == OpNe})
	return nil
}

// match reads the pattern of a text operator.
func (s fieldSubject) match(p *parser, op Op) error {
	switch p.peek() {
	case tokNull:
		p.next()
		s.scope.add(unknown{})
		return nil
	case tokValue:
		if class(p.shape[p.pos+1]) == classRegexp && op != OpRe {
			return p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "needs text, not a regular expression", Hint: "write $re"})
		}
		p.pos += 2
		slot := s.want(p, SlotInfo{Type: textType, Op: op})
		s.scope.add(&Match{Field: s.field, Op: op, Value: slot})
		return nil
	}
	return p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "needs text"})
}

// set reads the operand of an operator on arrays.
func (s fieldSubject) set(p *parser, op Op) error {
	if p.peek() == tokNull {
		p.next()
		s.scope.add(unknown{})
		return nil
	}
	info := SlotInfo{Type: valueType(s.typ).Elem, List: true, Op: op}
	switch p.next() {
	case tokValue:
		p.pos++
	case tokValues:
		if flags := p.next(); flags&listHasNil != 0 {
			return p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "elements of an array cannot be nil"})
		}
		p.pos++
	default:
		return p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "needs a list of elements"})
	}
	s.scope.add(&Set{Field: s.field, Op: op, Value: s.want(p, info)})
	return nil
}

// operand reads the other side of a comparison and checks that it can be one.
func (s fieldSubject) operand(p *parser, op Op) (Operand, error) {
	if p.peek() == tokValue {
		p.pos += 2
		return s.want(p, SlotInfo{Type: s.typ, Key: s.key, Op: op}), nil
	}
	return p.operand(s.base, s.path, s.typ)
}

// operand reads a value that is raw SQL, a column of base, or a sub-query, to be
// compared with a value of type typ (nil for any).
func (p *parser) operand(base row, path string, typ *mapper.Type) (Operand, error) {
	switch p.peek() {
	case tokRaw:
		return p.raw(base, path)
	case tokCol:
		p.next()
		name := p.text()
		f, t, err := p.columnAt(base, name, path)
		if err == nil && typ != nil && !comparable(valueType(typ), valueType(t)) {
			err = p.fail(path, Error{Class: ErrValue, Got: "cannot be compared with column " + name + ": one holds " +
				kindName(valueType(typ).Kind) + ", the other " + kindName(valueType(t).Kind)})
		}
		return f, err
	case tokQuery:
		return p.query()
	}
	p.pos += 2
	return p.want(path, SlotInfo{}), nil
}

// query reads a sub-query and takes the slots of its values.
func (p *parser) query() (Query, error) {
	p.next()
	count := p.uint()
	p.text()
	if p.queries >= len(p.env.Queries) {
		return Query{}, p.fail("", Error{Class: ErrShape, Got: "a sub-query without a query"})
	}
	q, slots, err := p.env.Queries[p.queries].ParseQuery(p.value)
	if err != nil {
		return Query{}, err
	}
	p.queries++
	for i := range count {
		info := SlotInfo{}
		if i < len(slots) {
			info = slots[i]
		}
		p.want(info.Path, info)
	}
	return Query{q}, nil
}

// presence reads the bool of $exists; absent is the test for its absence.
func (p *parser) presence(s subject, absent Node) error {
	switch p.next() {
	case tokTrue:
		s.place().scope.add(negate(absent))
	case tokFalse:
		s.place().scope.add(absent)
	default:
		return p.fail(s.place().path, Error{Class: ErrValue, Operator: "$exists", Got: "needs true or false"})
	}
	return nil
}

// size reads the operand of $size: a number, or a map of comparisons.
func (p *parser) size(path string, leaf func(Op, Operand) Node, s subject) error {
	one := func(op Op) error {
		switch p.next() {
		case tokNull:
			s.place().scope.add(unknown{})
		case tokValue:
			p.pos++
			s.place().scope.add(leaf(op, p.want(path, SlotInfo{Type: sizeType, Op: OpSize})))
		default:
			return p.fail(path, Error{Class: ErrValue, Operator: "$size", Got: "needs a number"})
		}
		return nil
	}
	if p.peek() != tokMap {
		return one(OpEq)
	}
	p.next()
	for p.peek() != tokEnd {
		p.next()
		k := splitKey(p.text())
		if k.unknown != "" {
			return p.unknownOperator(path, k)
		}
		if k.path != "" || !k.op.isComparison() {
			return p.fail(path, Error{Class: ErrOperator, Operator: "$size", Got: "takes a number or comparisons, not " + strconv.Quote(k.text)})
		}
		if err := one(k.op); err != nil {
			return err
		}
	}
	p.next()
	return nil
}
