package mongo

import (
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// through accepts the documents whose target of h exists and satisfies n.
func (s *scope) through(h hop, n conditions.Node) (any, error) {
	r, err := s.at(conditions.Field{Alias: h.alias})
	if err != nil {
		return nil, err
	}
	return s.related(r, h.relation, []conditions.Node{n}, true)
}

// some compiles a quantifier over a to-many relation of the row itself.
func (s *scope) some(n *conditions.SomeNode) (any, error) {
	r, err := s.at(n.Relation)
	if err != nil {
		return nil, err
	}
	if f, ok, err := s.keyArraySome(r, n); ok || err != nil {
		return f, err
	}
	return s.related(r, n.Relation.Property, []conditions.Node{n.Where}, !n.Not)
}

// related looks for a visible target that satisfies nodes.
func (s *scope) related(r row, relation *mapper.Property, nodes []conditions.Node, exists bool) (any, error) {
	l, err := linkOf(relation)
	if err != nil {
		return nil, err
	}
	sub, err := s.c.newRelated(relation)
	if err != nil {
		return nil, err
	}
	if err := sub.where(nodes...); err != nil {
		return nil, err
	}
	return s.probe(r, l, sub, exists), nil
}

// keyed looks for the target of a relation whose own fields do not hold its key, by the key.
func (s *scope) keyed(r row, relation *mapper.Property, nodes []conditions.Node, exists bool) (any, error) {
	l, err := linkOf(relation)
	if err != nil {
		return nil, err
	}
	sub, err := s.c.newKeyed(relation, nodes...)
	if err != nil {
		return nil, err
	}
	return s.probe(r, l, sub, exists), nil
}

// probe appends the lookup of sub and returns the test whether it found anything.
func (s *scope) probe(r row, l link, sub *scope, exists bool) any {
	sub.out.add("$limit", 1)
	sub.out.add("$project", bson.D{{Key: keyField, Value: 1}})
	helper := s.c.helper("w")
	s.out.lookupFrom(r, l, helper, sub.out)
	return found(helper, exists)
}

// every looks for a visible target for which the condition is not true.
func (s *scope) every(n *conditions.EveryNode) (any, error) {
	r, err := s.at(n.Relation)
	if err != nil {
		return nil, err
	}
	if f, ok, err := s.keyArrayEvery(r, n); ok || err != nil {
		return f, err
	}
	l, err := linkOf(n.Relation.Property)
	if err != nil {
		return nil, err
	}
	sub, err := s.c.newRelated(n.Relation.Property)
	if err != nil {
		return nil, err
	}
	if err := sub.where(); err != nil {
		return nil, err
	}
	test := any(always)
	if n.Where != nil {
		if test, err = sub.node(n.Where); err != nil {
			return nil, err
		}
	}
	sub.out.match(nor(test))
	return s.probe(r, l, sub, n.Not), nil
}

// size counts visible targets, no more of them than the answer needs.
func (s *scope) size(n *conditions.SizeNode) (any, error) {
	r, err := s.at(n.Relation)
	if err != nil {
		return nil, err
	}
	slot, err := s.slot(n.Value, n.Relation, conditions.OpSize)
	if err != nil {
		return nil, err
	}
	l, err := linkOf(n.Relation.Property)
	if err != nil {
		return nil, err
	}
	if n.Relation.Property.Kind == mapper.ManyToMany && n.Relation.Property.Relation.Owning && !s.c.hides(n.Relation.Property) {
		return arraySize(r.prefix+strings.TrimSuffix(l.local, "."+idField), n.Op, slot), nil
	}
	sub, err := s.c.newRelated(n.Relation.Property)
	if err != nil {
		return nil, err
	}
	if err := sub.where(); err != nil {
		return nil, err
	}
	sub.out.add("$limit", computed(slot, "one more than", func(arg any) (any, error) {
		size, err := whole(arg)
		return max(size, 0) + 1, err
	}))
	sub.out.add("$project", bson.D{{Key: keyField, Value: 1}})
	helper := s.c.helper("w")
	s.out.lookupFrom(r, l, helper, sub.out)
	return arraySize(helper, n.Op, slot), nil
}

// hides reports that some documents a relation leads to may not be seen as its targets.
func (c *compiler) hides(p *mapper.Property) bool {
	e := p.Relation.Target
	return len(c.visible(e, p)) > 0 || e.Base != nil
}

// arraySize compares the length of an array that is never null; missing counts as empty.
func arraySize(path string, operator conditions.Op, slot conditions.Slot) any {
	return computed(slot, path+" "+operator.String(), func(arg any) (any, error) {
		size, err := whole(arg)
		return sizeTest(path, operator, size), err
	})
}

// sizeTest asks for elements by position, which unlike $expr can use an index.
func sizeTest(path string, operator conditions.Op, size int64) bson.D {
	atLeast := func(n int64) bson.D {
		if n <= 0 {
			return always
		}
		return is(path+"."+strconv.FormatInt(n-1, 10), op("$exists", true))
	}
	below := func(n int64) bson.D {
		if n <= 0 {
			return never
		}
		return is(path+"."+strconv.FormatInt(n-1, 10), op("$exists", false))
	}
	switch operator {
	case conditions.OpGt:
		return atLeast(size + 1)
	case conditions.OpGte:
		return atLeast(size)
	case conditions.OpLt:
		return below(size)
	case conditions.OpLte:
		return below(size + 1)
	case conditions.OpNe:
		if size < 0 {
			return always
		}
		if size == 0 {
			return atLeast(1)
		}
		return is(path, op("$not", op("$size", size)))
	}
	switch {
	case size < 0:
		return never
	case size == 0:
		return below(1)
	}
	return is(path, op("$size", size))
}

// inverseLeaf compiles a leaf about the inverse side of a one-to-one: the key of
// the target, or null where there is none.
func (s *scope) inverseLeaf(r row, n conditions.Node) (any, error) {
	f, _ := leafField(n)
	relation := f.Property
	if !relation.Kind.IsToOne() {
		return nil, unsupportedField(s.entity, f, "", "a comparison of a to-many relation")
	}
	target := relation.Relation.Target
	key := conditions.Field{Property: target.Key[0]}
	if len(target.Key) > 1 {
		key.Property = nil
	}
	switch n := n.(type) {
	case *conditions.Null:
		return s.keyed(r, relation, nil, n.Not)
	case *conditions.Compare:
		return s.keyed(r, relation, []conditions.Node{&conditions.Compare{Field: key, Op: n.Op, Value: n.Value}}, true)
	case *conditions.KeyIn:
		return s.keyed(r, relation, []conditions.Node{&conditions.KeyIn{Values: n.Values, Not: n.Not}}, true)
	case *conditions.InNode:
		in, err := s.keyed(r, relation, []conditions.Node{&conditions.InNode{Field: key, Values: n.Values, Not: n.Not}}, true)
		if err != nil || !n.OrNull {
			return in, err
		}
		none, err := s.keyed(r, relation, nil, false)
		return or(in, none), err
	}
	return nil, unsupportedField(s.entity, f, "", "this comparison of an inverse one-to-one; name a property of its target")
}
