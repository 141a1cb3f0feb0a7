package mongo

import (
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/docpath"
)

// elements compiles a condition on the elements of the array at root, or inside the
// document there. Where filters say enough it is an $elemMatch, which an index serves;
// filters enter arrays within elements and pass over elements that are no objects, so
// that all else is an expression.
func (s *scope) elements(root string, n *conditions.ElementNode) (any, error) {
	if p, ok := newElementPath(root, n.Field.JSON); ok {
		test, err := s.anyElement(p.value, n)
		return p.when(test), err
	}
	p := newJSONPath(root, n.Field.JSON)
	match, ok, err := s.elementFilter(n.Where)
	if err != nil {
		return nil, err
	}
	if !ok {
		test, err := s.anyElement(insideExpression("$"+root, n.Field.JSON), n)
		return and(append([]any{is("$expr", test)}, p.steps...)...), err
	}
	test := bson.D{isArray[0], {Key: "$elemMatch", Value: match}}
	if n.Not {
		test[1] = bson.E{Key: "$not", Value: op("$elemMatch", match)}
	}
	return and(append([]any{is(p.full, test)}, p.steps...)...), nil
}

// elementFilter compiles a condition on an element to a filter for $elemMatch; ok is
// false where there is none with the same meaning.
func (s *scope) elementFilter(n conditions.Node) (filter any, ok bool, err error) {
	switch n := n.(type) {
	case *conditions.AndNode:
		return s.elementFilters(n.Nodes, and)
	case *conditions.OrNode:
		return s.elementFilters(n.Nodes, or)
	case *conditions.Null:
		ok = n.Not // what is no object has no keys
	case *conditions.InNode:
		ok = !n.OrNull
	case *conditions.Compare, *conditions.Match:
		ok = true
	}
	f, _ := leafField(n)
	for _, key := range f.JSON {
		_, index := docpath.Element(key)
		ok = ok && !index && isPlainKey(key) && (key[0] < '0' || key[0] > '9')
	}
	if !ok || len(f.JSON) == 0 {
		return nil, false, nil
	}
	filter, err = s.pathLeaf(newJSONPath(f.JSON[0], f.JSON[1:]), n)
	return filter, true, err
}

func (s *scope) elementFilters(nodes []conditions.Node, join func(...any) any) (any, bool, error) {
	filters := make([]any, len(nodes))
	for i, n := range nodes {
		f, ok, err := s.elementFilter(n)
		if !ok || err != nil {
			return nil, false, err
		}
		filters[i] = f
	}
	return join(filters...), true, nil
}

// anyElement is the expression that list is an array with an element for which the
// condition holds, or without one.
func (s *scope) anyElement(list any, n *conditions.ElementNode) (any, error) {
	name := "x" + s.c.helper("")[1:]
	test, err := s.elementTest(n.Where, "$$"+name)
	if err != nil {
		return nil, err
	}
	each := op("$map", bson.D{{Key: "input", Value: list}, {Key: "as", Value: name}, {Key: "in", Value: test}})
	found := negatedIf(n.Not, op("$anyElementTrue", bson.A{each}))
	return op("$cond", bson.A{op("$isArray", bson.A{list}), found, false}), nil
}

// elementTest compiles a condition on an element, the value of an expression, to an
// expression that is true exactly where the condition is.
func (s *scope) elementTest(n conditions.Node, at any) (any, error) {
	switch n := n.(type) {
	case nil:
		return true, nil
	case *conditions.AndNode:
		return s.elementTests(n.Nodes, at, "$and")
	case *conditions.OrNode:
		return s.elementTests(n.Nodes, at, "$or")
	case *conditions.Truth:
		return n.Value, nil
	}
	f, ok := leafField(n)
	if !ok {
		return nil, fmt.Errorf("%w: condition of type %T on an element", ErrUnsupported, n)
	}
	for _, key := range f.JSON {
		if !isPlainKey(key) {
			return nil, unsupportedField(s.entity, f, "", "a key that is empty, holds a dot or begins with $")
		}
	}
	if e, ok := n.(*conditions.ElementNode); ok {
		return s.anyElement(insideExpression(at, f.JSON), e)
	}
	return s.valueTest(insideExpression(at, f.JSON), n)
}

func (s *scope) elementTests(nodes []conditions.Node, at any, join string) (any, error) {
	tests := make(bson.A, len(nodes))
	for i, n := range nodes {
		var err error
		if tests[i], err = s.elementTest(n, at); err != nil {
			return nil, err
		}
	}
	return op(join, tests), nil
}

// setFilter compiles an operator on the array at a path inside a document.
func (s *scope) setFilter(p jsonPath, n *conditions.Set, slot conditions.Slot) any {
	list := computed(slot, "", func(arg any) (any, error) { return encodeListOf(arg) })
	var test any
	negative := n.Not
	switch n.Op {
	case conditions.OpContains:
		test = computed(slot, p.full+" contains", func(arg any) (any, error) {
			list, err := encodeListOf(arg)
			switch {
			case len(list) == 0 && negative:
				return never, err
			case len(list) == 0:
				return is(p.full, isArray), err
			case negative:
				return is(p.full, bson.D{isArray[0], {Key: "$not", Value: op("$all", list)}}), err
			}
			return is(p.full, bson.D{isArray[0], {Key: "$all", Value: list}}), err
		})
	case conditions.OpSize:
		test = is("$expr", sizeExpression(insideExpression("$"+p.root, p.keys), n, slot))
	default:
		outside := op("$elemMatch", op("$in", list))
		if n.Op == conditions.OpContained {
			outside, negative = op("$elemMatch", op("$nin", list)), !negative
		}
		if negative {
			outside = op("$not", outside)
		}
		test = is(p.full, append(bson.D{isArray[0]}, outside...))
	}
	return and(append([]any{test}, p.steps...)...)
}

// setExpression is the expression that an operator on the array at holds; false for
// what is no array.
func setExpression(at any, n *conditions.Set, slot conditions.Slot) any {
	list := op("$literal", computed(slot, "", func(arg any) (any, error) { return encodeListOf(arg) }))
	var test any
	switch n.Op {
	case conditions.OpContains:
		test = op("$setIsSubset", bson.A{list, at})
	case conditions.OpContained:
		test = op("$setIsSubset", bson.A{at, list})
	case conditions.OpOverlap:
		test = op("$ne", bson.A{op("$setIntersection", bson.A{at, list}), bson.A{}})
	default:
		return sizeExpression(at, n, slot)
	}
	return op("$cond", bson.A{op("$isArray", bson.A{at}), negatedIf(n.Not, test), false})
}

func sizeExpression(at any, n *conditions.Set, slot conditions.Slot) any {
	sizeOp := n.SizeOp
	if n.Not {
		sizeOp = opposite(sizeOp)
	}
	test := op(sizeOp.String(), bson.A{op("$size", at), value(slot)})
	return op("$cond", bson.A{op("$isArray", bson.A{at}), test, false})
}
