package conditions

import (
	"maps"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// Parse makes the tree of a shape written by [Read]. Its slots are numbered from
// first in the order of Reading.Values. The error is an *Error.
func Parse(env Env, shape []byte, first Slot) (*Tree, error) {
	p := &parser{env: env, first: first, cursor: cursor{shape: string(shape), value: first}}
	likely := strings.Count(p.shape, string(tokValue)) // and some letters of keys
	p.slots, p.trails = make([]SlotInfo, 0, likely), make([]string, 0, likely)
	scope := &scope{root: true, top: true}
	root := rowSubject{scope, row{entity: env.Entity}}
	if err := p.member(root); err != nil {
		return nil, err
	}
	t := &Tree{Entity: env.Entity, Root: normalize(scope.close(root)), Slots: p.slots, First: first}
	return t, nil
}

// Compile reads, parses and binds a condition in one go, for callers that do not
// cache. The values are canonical, by slot from first.
func Compile(env Env, cond any, first Slot) (*Tree, []any, error) {
	t, values, _, err := CompileShape(env, cond, first)
	return t, values, err
}

// CompileShape is Compile for callers that keep what they make of a tree: it returns the shape
// too, nil where that does not tell the tree, because there are sub-queries.
func CompileShape(env Env, cond any, first Slot) (t *Tree, values []any, shape []byte, err error) {
	rd := Reading{Shape: make([]byte, 0, 128), Values: make([]any, 0, 8)}
	if err := Read(&rd, cond); err != nil {
		return nil, nil, nil, inEntity(err, env.Entity)
	}
	env.Queries = rd.Queries
	if t, err = Parse(env, rd.Shape, first); err != nil {
		return nil, nil, nil, err
	}
	if shape = rd.Shape; len(rd.Queries) > 0 {
		shape = nil
	}
	values, err = t.Bind(nil, rd.Values)
	return t, values, shape, err
}

// parser turns a shape into a positive tree: every negation is applied to the
// node it negates at once, nothing is folded yet.
type parser struct {
	cursor
	env   Env
	first Slot
	slots []SlotInfo
	// keys leads to the place at hand in the condition as written.
	keys []string
	// trails holds what keys was at each slot, one after the other.
	trails []string
	// queries counts the sub-queries read so far.
	queries int
}

// subject is what a condition is about: a row, a to-many relation, an embedded
// value, a JSON document, or a single field.
type subject interface {
	// operator reads the operand of op, which is no group, at the cursor. A bare
	// value is an operand of $eq.
	operator(p *parser, op Op) error
	// entry reads the value of an entry of a map that is no operator.
	entry(p *parser, k key) error
	// in returns the subject that the members of a group are about, in a scope
	// of their own; a nil scope keeps the present one.
	in(s *scope) subject
	// place returns where the subject is.
	place() place
}

// place is where a subject is.
type place struct {
	// scope takes what is said about the subject.
	scope *scope
	// at is its row, for conditions that are always true.
	at Field
	// path is for messages.
	path string
}

// about reads what stands behind a key: a map of operators and further keys, or a value.
func (p *parser) about(s subject) error {
	if p.peek() != tokMap {
		return s.operator(p, OpEq)
	}
	p.next()
	for p.peek() != tokEnd {
		if err := p.mapEntry(s); err != nil {
			return err
		}
	}
	p.next()
	return nil
}

func (p *parser) mapEntry(s subject) error {
	p.next() // tokKey
	text := p.text()
	p.keys = append(p.keys, text)
	err := p.keyed(s, splitKey(text))
	p.keys = p.keys[:len(p.keys)-1]
	return err
}

func (p *parser) keyed(s subject, k key) error {
	if literal, ok := s.(jsonSubject); ok {
		return literal.keyed(p, k)
	}
	switch {
	case k.unknown != "" || k.at > 0 && k.op == 0:
		return p.unknownOperator(s.place().path, k)
	case k.path == "" && k.op == 0:
		return p.fail(s.place().path, Error{Class: ErrUnknownProperty, Got: "an empty key names no property"})
	case k.path == "":
		return p.operator(s, k.op)
	}
	return s.entry(p, k)
}

// behind reads the value of a key whose path led to s.
func (p *parser) behind(s subject, k key) error {
	if k.op != 0 {
		return p.operator(s, k.op)
	}
	return p.about(s)
}

func (p *parser) operator(s subject, op Op) error {
	switch op {
	case opNot:
		return p.not(s.in(nil))
	case opAnd, opOr, opNor:
		return p.group(s.in(nil), op)
	}
	return s.operator(p, op)
}

func (p *parser) not(s subject) error {
	if p.peek() == tokNull {
		return p.missing(s, opNot)
	}
	n, err := p.scoped(s, false)
	if err == nil {
		s.place().scope.add(negate(n))
	}
	return err
}

// group reads the list of $and, $or or $nor about s.
func (p *parser) group(s subject, op Op) error {
	if p.next() != tokList {
		return p.fail(s.place().path, Error{Class: ErrShape, Operator: op.String(), Got: "needs a list of conditions"})
	}
	var nodes []Node
	for i := 0; p.peek() != tokListEnd && p.peek() != tokEnd; i++ {
		p.keys = append(p.keys, itoa(i))
		if p.peek() == tokNull {
			return p.missing(s, op)
		}
		n, err := p.scoped(s, op == opAnd && s.place().scope.root)
		if err != nil {
			return err
		}
		p.keys = p.keys[:len(p.keys)-1]
		if op == opNor {
			n = negate(n)
		}
		nodes = append(nodes, n)
	}
	p.next()
	s.place().scope.add(joined(nodes, op, s.place().at))
	return nil
}

// missing reports a nil where a condition must stand: about the row it would mean
// its key, which nobody who writes $not: nil has in mind.
func (p *parser) missing(s subject, op Op) error {
	return p.fail(s.place().path, Error{Class: ErrShape, Operator: op.String(), Got: "needs a condition, not nil",
		Hint: "write {\"$exists\": false} for NULL, {} for any row"})
}

// joined joins the members of a group; an empty group is a constant.
func joined(nodes []Node, op Op, at Field) Node {
	switch {
	case len(nodes) == 0:
		return &Truth{Value: op != opOr, At: at}
	case len(nodes) == 1:
		return nodes[0]
	case op == opOr:
		return &OrNode{nodes}
	}
	return &AndNode{nodes}
}

// scoped reads a condition about s in a scope of its own; root says that it still
// belongs to the conjunction at the root.
func (p *parser) scoped(s subject, root bool) (Node, error) {
	inner := &scope{root: root}
	if outer := s.place().scope; outer != nil { // a quantifier starts without a scope
		inner.top = outer.top
	}
	s = s.in(inner)
	if err := p.member(s); err != nil {
		return nil, err
	}
	return inner.close(s), nil
}

// member reads a whole condition about s: at the root, in a group, below $not.
// There, and only there, raw SQL about a row is a condition and not a value.
func (p *parser) member(s subject) error {
	about, isRow := s.(rowSubject)
	if !isRow || p.peek() != tokRaw {
		return p.about(s)
	}
	raw, err := p.raw(about.row, about.row.path)
	if err != nil {
		return err
	}
	s.place().scope.add(&RawNode{Text: raw.Text, Args: raw.Args, At: s.place().at})
	return nil
}

// raw reads raw SQL; columns among its arguments are those of base.
func (p *parser) raw(base row, path string) (*RawValue, error) {
	p.next()
	v := &RawValue{Text: splitRaw(p.text())}
	for range p.uint() {
		arg, err := p.operand(base, path, nil)
		if err != nil {
			return nil, err
		}
		v.Args = append(v.Args, arg)
	}
	return v, nil
}

// fail completes an error about path with the place where it was made.
func (p *parser) fail(path string, e Error) error {
	e.Step, e.Entity, e.Path = "parse", p.env.Entity.Name, path
	e.Keys = append([]string(nil), p.keys...)
	if n := len(e.Keys); n > 0 && (e.Length == 0 || e.Offset+e.Length > len(e.Keys[n-1])) {
		e.Offset, e.Length = 0, len(e.Keys[n-1]) // the whole key, also for paths inside values
	}
	return &e
}

func (p *parser) unknownOperator(path string, k key) error {
	return p.fail(joinPath(path, k.path), Error{Class: ErrUnknownOperator, Operator: k.text[k.at:],
		Hint: k.operatorHint(), Offset: k.at, Length: len(k.text) - k.at})
}

// unfit reports an operator that does not fit what it is applied to.
func (p *parser) unfit(path string, op Op, got, hint string) error {
	return p.fail(path, Error{Class: ErrOperator, Operator: op.String(), Got: got, Hint: hint})
}

// want notes what the slot of the value at the cursor expects, and takes it.
func (p *parser) want(path string, info SlotInfo) Slot {
	s := p.slot()
	info.Path = path
	info.Keys = p.trail()
	for int(s-p.first) >= len(p.slots) {
		p.slots = append(p.slots, SlotInfo{Unused: true})
	}
	p.slots[s-p.first] = info
	return s
}

// trail is a copy of keys.
func (p *parser) trail() []string {
	from := len(p.trails)
	p.trails = append(p.trails, p.keys...)
	return slices.Clip(p.trails[from:])
}

// propertyNames lists what may be written below a row, for hints.
func propertyNames(e *mapper.Entity, aliases map[string]*mapper.Entity) []string {
	return append(e.Names(), slices.Sorted(maps.Keys(aliases))...)
}
