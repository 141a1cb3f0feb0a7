package conditions

import (
	"github.com/weft-orm/weft/mapper"
)

// compareTexts reads a list with regular expressions in it: each is an alternative
// of its own, beside the list of the other members.
func (s fieldSubject) compareTexts(p *parser, op Op) (Node, error) {
	if op.isOrder() {
		return nil, p.fail(s.path, Error{Class: ErrShape, Operator: op.String(), Got: "needs a single value, not a list"})
	}
	alone := s
	alone.scope = &scope{}
	p.next()
	for range p.uint() {
		if err := alone.matchValue(p, OpEq); err != nil {
			return nil, err
		}
	}
	flags := p.shape[p.pos+1]
	p.pos += 3
	nodes := append(alone.scope.conj, alone.membership(p, false, flags))
	if op == opNin || op == OpNe {
		return negate(&OrNode{nodes}), nil
	}
	return &OrNode{nodes}, nil
}

// compareList reads a list: a value of its own on properties that hold lists,
// else the members of $in or $nin.
func (s fieldSubject) compareList(p *parser, op Op) (Node, error) {
	flags, elem := p.shape[p.pos+1], class(p.shape[p.pos+2])
	isList := op == opIn || op == opNin
	switch kind := valueType(s.typ).Kind; {
	case !isList && kind == mapper.Array && flags&listHasNil != 0:
		return nil, p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "elements of an array cannot be nil"})
	case isList && holdsBytes(kind) && elem == classByte:
		return nil, p.needsList(s.path, op)
	case !isList && (kind == mapper.Array || s.typ.SliceValue || holdsBytes(kind) && elem == classByte):
		p.pos += 3
		return &Compare{s.field, op, s.want(p, SlotInfo{Type: s.typ, Op: op})}, nil
	case !isList && op != OpEq && op != OpNe:
		return nil, p.fail(s.path, Error{Class: ErrShape, Operator: op.String(), Got: "needs a single value, not a list"})
	}
	p.pos += 3
	return s.membership(p, op == opNin || op == OpNe, flags), nil
}

// membership makes the test for the list in the slot at hand.
func (s fieldSubject) membership(p *parser, not bool, flags byte) Node {
	info := SlotInfo{Type: s.typ, Key: s.key, List: true, Op: opIn}
	var n Node
	switch {
	case flags&listHasValue != 0 && flags&listHasNil != 0 && (s.field.JSON != nil || s.field.Element):
		n = &OrNode{[]Node{&InNode{Field: s.field, Values: s.want(p, info)}, s.null()}}
	case flags&listHasValue != 0:
		n = &InNode{Field: s.field, Values: s.want(p, info), OrNull: flags&listHasNil != 0}
	case flags&listHasNil != 0:
		p.slot()
		n = s.null()
	default:
		p.slot()
		n = &Truth{At: s.place().at}
	}
	if not {
		n = negate(n)
	}
	return n
}

// needsList reports an operand of $in or $nin that is no list.
func (p *parser) needsList(path string, op Op) error {
	single := map[Op]Op{opIn: OpEq, opNin: OpNe}[op]
	return p.fail(path, Error{Class: ErrValue, Operator: op.String(), Got: "needs a list", Hint: "for a single value write " + single.String()})
}

// holdsBytes reports the kinds whose single values can be written as []byte.
func holdsBytes(k mapper.ValueKind) bool {
	return k == mapper.Bytes || k == mapper.UUIDKind || k == mapper.ULIDKind || k == mapper.ObjectIDKind
}
