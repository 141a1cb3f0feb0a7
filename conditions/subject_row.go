package conditions

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// rowSubject is a row: the one of a scope, or the target of a to-one relation.
// Operators on a row are about its primary key.
type rowSubject struct {
	scope *scope
	row   row
}

func (s rowSubject) in(inner *scope) subject {
	if inner != nil {
		s.scope = inner
	}
	return s
}

func (s rowSubject) place() place { return place{s.scope, s.row.at(), s.row.path} }

func (s rowSubject) entry(p *parser, k key) error {
	target, err := p.follow(s.scope, s.row, k.path)
	if err != nil {
		return err
	}
	return p.behind(target, k)
}

func (s rowSubject) operator(p *parser, op Op) error {
	if op == opExists {
		if p.peek() == tokQuery {
			return s.exists(p)
		}
		return p.presence(s, s.nullTest())
	}
	switch {
	case op == OpEq || op == OpNe || op == opIn || op == opNin:
	case op.isQuantifier():
		return p.unfit(s.row.path, op, "operator is for to-many relations", "")
	case op == opElemMatch:
		return p.unfit(s.row.path, op, "operator is for arrays of documents", didYouMean(s.someKey(p)))
	case len(s.row.entity.KeyColumns) > 1:
		return p.unfit(s.row.path, op, "operator does not fit a composite key", "")
	case s.row.path != "":
		return p.unfit(s.row.path, op, "operator does not fit a relation or a whole row", s.keyHint(p, op))
	case p.peek() != tokMap:
		return s.key().operator(p, op)
	}
	if p.peek() == tokMap {
		return p.fail(s.row.path, Error{Class: ErrShape, Operator: op.String(), Got: "needs a key, not a map", Hint: "write the map without " + op.String()})
	}
	if len(s.row.entity.KeyColumns) == 1 {
		return s.key().compare(p, op)
	}
	return s.tuple(p, op)
}

// key is the row's primary key, of one column.
func (s rowSubject) key() fieldSubject {
	return fieldSubject{scope: s.scope, field: s.row.keyField(), typ: s.row.entity.KeyColumns[0].Type, key: s.row.entity, base: s.row, path: s.row.path}
}

// keyHint names the value that a key made of one column is, through the relations
// it is made of; "" where the operator does not fit that value either.
func (s rowSubject) keyHint(p *parser, op Op) string {
	path, e := s.written(p), s.row.entity
	for {
		path = joinPath(path, e.Key[0].Name)
		if e.Key[0].Relation == nil {
			break
		}
		e = e.Key[0].Relation.Target
	}
	if got, _ := s.key().misfit(op); got != "" {
		return ""
	}
	return "name the key: \"" + path + "\""
}

// written is the path to the row as the key that led to it has it: what is to take the
// place of a key inside another map must not repeat what stands around it.
func (s rowSubject) written(p *parser) string {
	for _, text := range slices.Backward(p.keys) {
		path := splitKey(text).path
		if path != "" && strings.HasSuffix("."+s.row.path, "."+path) {
			return path
		}
		if path != "" {
			break
		}
	}
	return s.row.path
}

// someKey is the quantifier in the style of the key at hand, "$some" or "path:some".
func (s rowSubject) someKey(p *parser) string {
	if len(p.keys) > 0 {
		if k := splitKey(p.keys[len(p.keys)-1]); k.path != "" && k.op == opElemMatch {
			return k.path + ":some"
		}
	}
	return "$some"
}

// nullTest is the test of the key for NULL. That of a row itself never is, unless an
// outer join found none.
func (s rowSubject) nullTest() Node {
	f := s.row.keyField()
	switch {
	case f.Property != nil:
		return &Null{Field: f}
	case s.row.alias != "":
		return &Null{Field: s.row.field(s.row.entity.Key[0], true)}
	}
	return &Truth{At: s.place().at}
}

// exists reads $exists with a sub-query.
func (s rowSubject) exists(p *parser) error {
	q, err := p.query()
	if err == nil {
		s.scope.add(&Exists{Query: q})
	}
	return err
}

// tuple compares a composite key with one key or with a list of keys.
func (s rowSubject) tuple(p *parser, op Op) error {
	negative := op == OpNe || op == opNin
	var n Node
	switch p.peek() {
	case tokNull, tokValue:
		if op == opIn || op == opNin {
			return p.needsList(s.row.path, op)
		}
		if p.next() == tokNull {
			n = s.nullTest()
			break
		}
		p.pos++
		n = s.keyIn(p, op)
	case tokValues:
		p.next()
		flags := p.next()
		p.next()
		n = s.tupleList(p, op, flags)
	default:
		return p.unfit(s.row.path, op, "a composite key is compared with keys only", "")
	}
	if negative {
		n = negate(n)
	}
	s.scope.add(n)
	return nil
}

func (s rowSubject) tupleList(p *parser, op Op, flags byte) Node {
	var n Node = &Truth{At: Field{Alias: s.row.alias}}
	if flags&listHasValue == 0 {
		p.slot()
	} else {
		n = s.keyIn(p, op)
	}
	if flags&listHasNil != 0 {
		n = &OrNode{[]Node{n, s.nullTest()}}
	}
	return n
}

func (s rowSubject) keyIn(p *parser, op Op) Node {
	f := s.row.keyField()
	slot := p.want(s.row.path, SlotInfo{Key: s.row.entity, List: true, Tuple: s.row.keyTypes(), Op: op})
	return &KeyIn{Field: f, Values: slot}
}

// typeSubject is a row seen as one of a subtype of its entity, so that names mean
// that subtype's properties. It has no value of its own.
type typeSubject struct{ rowSubject }

func (s typeSubject) in(inner *scope) subject {
	if inner != nil {
		s.scope = inner
	}
	return s
}

func (s typeSubject) operator(p *parser, op Op) error {
	e := s.row.entity
	return p.unfit(s.row.path, op, e.Name+" is a type, which no operator fits",
		"name a property of it, as in \""+joinPath(s.row.path, e.Properties[0].Name)+"\", or compare "+e.Discriminator.Property.Name)
}

// manySubject is a to-many relation, or one that is followed in steps. What is said about it
// is about one of its rows, but for the quantifiers and nil, which are about all of them.
type manySubject struct {
	scope *scope
	row   row
	rel   *mapper.Property
	steps Steps
}

func (s manySubject) related() rowSubject {
	if s.steps != (Steps{}) {
		b := s.scope.reach(s.row, s.rel, s.steps)
		return rowSubject{b.scope, b.row}
	}
	b := s.scope.branch(s.row, s.rel)
	return rowSubject{b.scope, b.row}
}

// in is asked for by groups, which are about a related row.
func (s manySubject) in(inner *scope) subject { return s.related().in(inner) }

func (s manySubject) place() place {
	return place{s.scope, s.row.at(), joinPath(s.row.path, s.rel.Path+s.steps.String())}
}

func (s manySubject) relation() Field {
	return Field{Alias: s.row.alias, Hops: s.row.hops, Property: s.rel}
}

// some asks for one of the rows, or for none.
func (s manySubject) some(where Node, not bool) Node {
	if s.steps != (Steps{}) {
		return &ReachNode{s.relation(), s.steps, where, not}
	}
	return &SomeNode{s.relation(), where, not}
}

func (s manySubject) entry(p *parser, k key) error { return s.related().entry(p, k) }

func (s manySubject) operator(p *parser, op Op) error {
	none := s.some(nil, true)
	switch {
	case s.steps != Steps{} && (op == OpSize || op == opEvery):
		return p.unfit(s.place().path, op, "operator is not for what is reached in steps", "say of which row there is one, or none: $some, $none")
	case op == opExists && p.peek() != tokQuery:
		return p.presence(s, none)
	case op == OpSize:
		return p.size(s.place().path, func(c Op, v Operand) Node { return &SizeNode{s.relation(), c, v} }, s)
	case op.isQuantifier():
		return s.quantifier(p, op)
	case p.peek() == tokNull && op == OpEq:
		p.next()
		s.scope.add(none)
		return nil
	case p.peek() == tokNull && op == OpNe:
		p.next()
		s.scope.add(negate(none))
		return nil
	case p.peek() == tokValues && p.shape[p.pos+1]&listHasNil != 0 && (op == OpEq || op == opIn):
		return s.someOrNone(p, op, none)
	}
	return s.related().operator(p, op)
}

// someOrNone reads a list of keys with a nil in it: one of these rows, or none at all.
func (s manySubject) someOrNone(p *parser, op Op, none Node) error {
	alone := manySubject{&scope{}, s.row, s.rel, s.steps}
	if err := alone.related().operator(p, op); err != nil {
		return err
	}
	for _, n := range alone.scope.branches[0].scope.conj {
		if in, ok := n.(*InNode); ok {
			in.OrNull = false // the key of a related row is never NULL
		}
	}
	s.scope.add(&OrNode{[]Node{alone.scope.close(alone), none}})
	return nil
}

// quantifier reads $some, $none, $every and $all.
func (s manySubject) quantifier(p *parser, op Op) error {
	if op == opAll {
		return s.all(p)
	}
	if p.peek() == tokNull {
		return p.missing(s, op)
	}
	where, err := s.quantified(p)
	if err != nil {
		return err
	}
	switch op {
	case opEvery:
		s.scope.add(&EveryNode{Relation: s.relation(), Where: where})
	default:
		s.scope.add(s.some(where, op == opNone))
	}
	return nil
}

// quantified reads the operand of a quantifier: a condition about a related row.
func (s manySubject) quantified(p *parser) (Node, error) {
	inner := row{entity: s.rel.Relation.Target, path: s.place().path}
	return p.scoped(rowSubject{nil, inner}, false)
}

func (s manySubject) all(p *parser) error {
	if p.next() != tokList {
		return p.fail(s.place().path, Error{Class: ErrShape, Operator: "$all", Got: "needs a list of conditions"})
	}
	nodes := []Node{}
	for i := 0; p.peek() != tokListEnd && p.peek() != tokEnd; i++ {
		p.keys = append(p.keys, itoa(i))
		if p.peek() == tokNull {
			return p.missing(s, opAll)
		}
		where, err := s.quantified(p)
		if err != nil {
			return err
		}
		p.keys = p.keys[:len(p.keys)-1]
		nodes = append(nodes, s.some(where, false))
	}
	p.next()
	s.scope.add(joined(nodes, opAnd, s.place().at))
	return nil
}

// inlineSubject is an embedded value whose fields are columns of the owner.
type inlineSubject struct {
	scope *scope
	row   row
	prop  *mapper.Property
	base  row
}

func (s inlineSubject) in(inner *scope) subject {
	if inner != nil {
		s.scope = inner
	}
	return s
}

func (s inlineSubject) place() place {
	return place{s.scope, s.row.at(), joinPath(s.row.path, s.prop.Path)}
}

func (s inlineSubject) entry(p *parser, k key) error {
	w := &walk{p: p, scope: s.scope, row: s.row, prop: s.prop, base: s.base}
	target, err := w.rest(k.path)
	if err != nil {
		return err
	}
	return p.behind(target, k)
}

// operator knows only the test for NULL: all columns of the value are NULL.
func (s inlineSubject) operator(p *parser, op Op) error {
	absent := &AndNode{}
	parts := leaves(s.prop, nil)
	if kind := s.prop.VariantType(); kind != nil {
		parts = []*mapper.Property{kind} // which tells that there is one
	}
	for _, leaf := range parts {
		absent.Nodes = append(absent.Nodes, &Null{Field: s.row.field(leaf, true)})
	}
	switch {
	case op == opExists:
		return p.presence(s, absent)
	case p.peek() == tokNull && op == OpEq:
		p.next()
		s.scope.add(absent)
		return nil
	case p.peek() == tokNull && op == OpNe:
		p.next()
		s.scope.add(negate(absent))
		return nil
	}
	return p.unfit(s.place().path, op, "an embedded value has no "+op.String(), "name its properties, as in \""+joinPath(s.place().path, s.prop.Embedded[0].Name)+"\"")
}

// leaves appends the columns-bearing properties inside an embedded value.
func leaves(p *mapper.Property, dst []*mapper.Property) []*mapper.Property {
	for _, e := range p.Embedded {
		if e.Kind == mapper.Inline {
			dst = leaves(e, dst)
		} else if len(e.Columns) > 0 {
			dst = append(dst, e)
		}
	}
	return dst
}
