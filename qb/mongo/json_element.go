package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/mapper"
)

// A filter path with an element's number, "list.1", also means the field "1" of
// every object in the list, which makes tests for null and negative tests wrong.
// Conditions below an element are therefore expressions.

// elementPath is a path with an element's number in it: the part before the
// first, which a filter can follow, and the value at its end as an expression.
type elementPath struct {
	before jsonPath
	value  any
}

// newElementPath returns the path of keys when there is an element among them.
func newElementPath(root string, keys []string) (elementPath, bool) {
	for i, key := range keys {
		if _, ok := docpath.Element(key); ok {
			before := newJSONPath(root, keys[:i])
			return elementPath{before, insideExpression("$"+before.full, keys[i:])}, true
		}
	}
	return elementPath{}, false
}

// insideExpression follows keys from a value; what is not there is null or missing.
func insideExpression(at any, keys []string) any {
	for _, key := range keys {
		if n, ok := docpath.Element(key); ok {
			at = op("$cond", bson.A{op("$isArray", bson.A{at}), op("$arrayElemAt", bson.A{at, n}), nil})
			continue
		}
		at = op("$getField", bson.D{{Key: "field", Value: key}, {Key: "input", Value: at}})
	}
	return at
}

// when makes the filter that the value satisfies a test.
func (p elementPath) when(test any) any {
	return and(append([]any{is("$expr", test)}, p.before.steps...)...)
}

// hasKind is the expression that a value is of a kind.
func hasKind(at any, kind mapper.ValueKind) any {
	if name := jsonType(kind); name != "number" {
		return op("$eq", bson.A{op("$type", at), name})
	}
	return op("$isNumber", at)
}

// isNothing is the expression that a value is missing or null.
func isNothing(at any) bson.D {
	return op("$in", bson.A{op("$type", at), bson.A{"missing", "null", "undefined"}})
}

// absent accepts documents without a value at the path.
func (p elementPath) absent() any {
	return or(append([]any{is("$expr", isNothing(p.value))}, p.before.outside...)...)
}

// leaf compiles a leaf about the value at the path.
func (p elementPath) leaf(s *scope, n conditions.Node) (any, error) {
	if null, ok := n.(*conditions.Null); ok && !null.Not {
		return p.absent(), nil
	}
	in, orNull := n.(*conditions.InNode)
	if orNull = orNull && in.OrNull && !in.Not; orNull {
		n = &conditions.InNode{Field: in.Field, Values: in.Values}
	}
	test, err := s.valueTest(p.value, n)
	if err != nil {
		return nil, err
	}
	if orNull {
		return or(p.when(test), p.absent()), nil
	}
	return p.when(test), nil
}

// valueTest compiles a leaf about a value inside a document, given by an expression, to
// an expression that is true exactly where the leaf is.
func (s *scope) valueTest(at any, n conditions.Node) (any, error) {
	f, _ := leafField(n)
	when := func(guard, test any) any { return op("$cond", bson.A{guard, test, false}) }
	kind := hasKind(at, f.As)
	switch n := n.(type) {
	case *conditions.Null:
		if n.Not {
			return op("$not", isNothing(at)), nil
		}
		return isNothing(at), nil
	case *conditions.Compare:
		slot, err := s.slot(n.Value, n.Field, n.Op)
		return when(kind, op(n.Op.String(), bson.A{at, op("$literal", value(slot))})), err
	case *conditions.InNode:
		slot, err := s.slot(n.Values, n.Field, conditions.OpEq)
		list := computed(slot, "", func(arg any) (any, error) { return encodeListOf(arg) })
		test := when(kind, negatedIf(n.Not, op("$in", bson.A{at, op("$literal", list)})))
		if n.OrNull && !n.Not {
			test = op("$or", bson.A{test, isNothing(at)})
		}
		return test, err
	case *conditions.Match:
		slot, err := s.slot(n.Value, n.Field, n.Op)
		test := op("$regexMatch", bson.D{{Key: "input", Value: at}, {Key: "regex", Value: regexHole(n.Op, slot)}})
		return when(kind, negatedIf(n.Not, test)), err
	case *conditions.Set:
		slot, err := s.slot(n.Value, n.Field, n.Op)
		switch n.Op {
		case conditions.OpHasKey, conditions.OpHasKeys, conditions.OpHasSomeKeys:
			return keysTest(at, n, slot), err
		}
		return setExpression(at, n, slot), err
	}
	return nil, unsupportedField(s.entity, f, "", "this operator inside a JSON document")
}

func negatedIf(not bool, test any) any {
	if not {
		return op("$not", test)
	}
	return test
}

// keysTest asks for keys of the object at; what is no object has none.
func keysTest(at any, n *conditions.Set, slot conditions.Slot) any {
	object := op("$eq", bson.A{op("$type", at), "object"})
	test := computed(slot, n.Op.String()[1:], func(arg any) (any, error) {
		keys, err := keyList(arg)
		if err != nil {
			return nil, err
		}
		tests := make(bson.A, len(keys))
		for i, key := range keys {
			value := op("$getField", bson.D{{Key: "field", Value: key}, {Key: "input", Value: at}})
			tests[i] = op("$ne", bson.A{op("$type", value), "missing"})
		}
		if n.Op == conditions.OpHasSomeKeys {
			return op("$or", tests), nil
		}
		return op("$and", tests), nil
	})
	has := op("$cond", bson.A{object, test, false})
	if n.Not {
		return op("$cond", bson.A{op("$not", isNothing(at)), op("$not", has), false})
	}
	return has
}
