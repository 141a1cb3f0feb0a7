package mongo

import (
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// notArray refuses arrays, which MongoDB would otherwise enter.
var notArray = op("$not", isArray)

// jsonPath is a path of keys into a document: the field itself and every step below it.
type jsonPath struct {
	full string
	root string
	keys []string
	// steps are the tests that no place before the last is an array; outside are
	// those of which any says that one is.
	steps, outside []any
}

// newJSONPath follows keys from the field at root.
func newJSONPath(root string, keys []string) jsonPath {
	p := jsonPath{full: root, root: root, keys: keys}
	for _, key := range keys {
		p.steps = append(p.steps, is(p.full, notArray))
		p.outside = append(p.outside, is(p.full, isArray))
		p.full += "." + key
	}
	return p
}

// scalar accepts documents whose value at the path is a scalar that fits test.
func (p jsonPath) scalar(test bson.D) any {
	return and(append([]any{is(p.full, append(append(bson.D(nil), test...), notArray[0]))}, p.steps...)...)
}

// present accepts documents that have a value other than JSON null.
func (p jsonPath) present() any {
	value := or(is(p.full, op("$ne", nil)), is(p.full, isArray))
	return and(append([]any{value}, p.steps...)...)
}

// absent is the opposite of present.
func (p jsonPath) absent() any {
	null := is(p.full, bson.D{{Key: "$eq", Value: nil}, notArray[0]})
	return or(append([]any{null}, p.outside...)...)
}

// jsonType is the $type a kind of JSON value has, "" where any will do.
func jsonType(kind mapper.ValueKind) string {
	switch kind {
	case mapper.Bool:
		return "bool"
	case mapper.Int, mapper.Uint, mapper.Float, mapper.DecimalKind, mapper.Duration:
		return "number"
	case 0:
		return ""
	}
	return "string"
}

// jsonLeaf compiles a leaf about a place inside the document at root.
func (s *scope) jsonLeaf(root string, n conditions.Node) (any, error) {
	f, _ := leafField(n)
	for _, key := range f.JSON {
		if !isPlainKey(key) {
			return nil, unsupportedField(s.entity, f, "", "a key that is empty, holds a dot or begins with $")
		}
	}
	if p, ok := newElementPath(root, f.JSON); ok {
		if e, ok := n.(*conditions.ElementNode); ok {
			return s.elements(root, e)
		}
		return p.leaf(s, n)
	}
	if e, ok := n.(*conditions.ElementNode); ok {
		return s.elements(root, e)
	}
	return s.pathLeaf(newJSONPath(root, f.JSON), n)
}

// pathLeaf compiles a leaf about the value at a path of keys.
func (s *scope) pathLeaf(p jsonPath, n conditions.Node) (any, error) {
	f, _ := leafField(n)
	typed := bson.D{{Key: "$type", Value: jsonType(f.As)}}
	switch n := n.(type) {
	case *conditions.Null:
		if n.Not {
			return p.present(), nil
		}
		return p.absent(), nil
	case *conditions.Compare:
		slot, err := s.slot(n.Value, n.Field, n.Op)
		if err != nil {
			return nil, err
		}
		return p.scalar(append(op(n.Op.String(), value(slot)), typed...)), nil
	case *conditions.InNode:
		slot, err := s.slot(n.Values, n.Field, conditions.OpEq)
		if err != nil {
			return nil, err
		}
		return p.in(slot, n, typed), nil
	case *conditions.Match:
		slot, err := s.slot(n.Value, n.Field, n.Op)
		if err != nil {
			return nil, err
		}
		test := bson.D{{Key: "$in", Value: bson.A{regexHole(n.Op, slot)}}, typed[0]}
		if n.Not {
			test[0].Key = "$nin"
		}
		return p.scalar(test), nil
	case *conditions.Set:
		return s.set(p.full, n)
	}
	return nil, unsupportedField(s.entity, f, "", "this operator inside a JSON document")
}

func (p jsonPath) in(slot conditions.Slot, n *conditions.InNode, typed bson.D) any {
	test := append(membership(slot, false, false).(bson.D), typed...)
	if n.Not {
		test[0].Key = "$nin"
	}
	if n.OrNull {
		return or(p.scalar(test), p.absent())
	}
	return p.scalar(test)
}

// documentSet compiles the $hasKey family on a JSON value at path.
func (s *scope) documentSet(path string, n *conditions.Set, slot conditions.Slot) (any, error) {
	at := newJSONPath(path, nil)
	if n.Field.JSON != nil {
		r, err := s.at(n.Field)
		if err != nil {
			return nil, err
		}
		root, err := r.path(n.Field)
		if err != nil {
			return nil, err
		}
		at = newJSONPath(root, n.Field.JSON)
	}
	switch n.Op {
	case conditions.OpHasKey, conditions.OpHasKeys, conditions.OpHasSomeKeys:
	default:
		return s.setFilter(at, n, slot), nil
	}
	steps := append([]any{always}, at.steps...)
	label := path + " " + n.Op.String()[1:]
	test := computed(slot, label, func(arg any) (any, error) {
		keys, err := keyList(arg)
		if err != nil {
			return nil, err
		}
		return hasKeys(path, keys, n.Op != conditions.OpHasSomeKeys, n.Not), nil
	})
	return and(append(steps, test)...), nil
}

// keyList reads the operand of $hasKey and kin: one key, or a list.
func keyList(arg any) ([]string, error) {
	list, ok := arg.([]any)
	if !ok {
		list = []any{arg}
	}
	keys := make([]string, len(list))
	for i, item := range list {
		key, ok := item.(string)
		if !ok || !isPlainKey(key) {
			return nil, &ValueError{Class: ErrValue, Kind: "key that is empty, holds a dot or begins with $"}
		}
		keys[i] = key
	}
	return keys, nil
}

// isPlainKey reports a key that can stand in a path.
func isPlainKey(key string) bool {
	return key != "" && !strings.Contains(key, ".") && !strings.HasPrefix(key, "$")
}

// hasKeys asks for keys of an object; what is no object has none, null is unknown.
func hasKeys(path string, keys []string, all, not bool) any {
	object := and(is(path, op("$type", "object")), is(path, notArray))
	tests := make([]any, 0, len(keys))
	for _, key := range keys {
		tests = append(tests, is(path+"."+key, op("$exists", true)))
	}
	test := or(tests...)
	if all {
		test = and(tests...)
	}
	test = and(object, test)
	if not {
		return and(newJSONPath(path, nil).present(), nor(test))
	}
	return test
}
