package mongo

import (
	"slices"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// A condition is compiled once, to a filter. Where the server wants an expression (a
// case, the condition of a join), the filter is translated: the filters of this package
// are made of few operators, and each has an expression that is true for the same documents.

// asExpression compiles conditions to an expression that is true where they are and false
// elsewhere; what they need is appended to the pipeline of s. In it, place spells the
// value at a path of the documents.
func (s *scope) asExpression(n conditions.Node, clause string, place func(path string) string) (any, error) {
	part := *s
	part.text = false
	filter, err := part.node(n)
	if err != nil {
		return nil, err
	}
	t := &translation{entity: s.entity, clause: clause, place: place, lists: mayBeLists(n)}
	return t.filter(filter)
}

// mayBeLists reports a condition on values that may be arrays, which filters enter.
func mayBeLists(n conditions.Node) bool {
	switch n.(type) {
	case *conditions.Set, *conditions.ElementNode, *conditions.SomeNode, *conditions.EveryNode:
		return true
	}
	if f, ok := leafField(n); ok && (f.JSON != nil || f.Property != nil && f.Property.Type != nil && (f.Property.Type.StoredKind() == mapper.JSON || f.Property.Type.StoredKind() == mapper.Array)) {
		return true
	}
	return slices.ContainsFunc(conditions.Members(n), mayBeLists)
}

// ownPlace spells the value at a path of the document itself.
func ownPlace(path string) string { return "$" + path }

// translation turns filters into expressions.
type translation struct {
	entity *mapper.Entity
	clause string
	place  func(path string) string
	// lists says that values may be arrays.
	lists bool
}

func (t *translation) refuse(reason string) error {
	return unsupportedClause(t.entity, t.clause, reason)
}

// filter translates a filter, or a hole that becomes one.
func (t *translation) filter(f any) (any, error) {
	switch f := f.(type) {
	case *hole:
		return computed(f.slot, f.form, func(arg any) (any, error) {
			v, err := f.fill(arg)
			if err != nil {
				return nil, err
			}
			return t.filter(v)
		}), nil
	case bson.D:
		if isNever(f) {
			return false, nil
		}
		tests := make(bson.A, 0, len(f))
		for _, e := range f {
			test, err := t.member(e)
			if err != nil {
				return nil, err
			}
			tests = append(tests, test)
		}
		return allOf(tests), nil
	}
	return nil, t.refuse("this condition")
}

// allOf is true where all tests are.
func allOf(tests bson.A) any {
	switch len(tests) {
	case 0:
		return true
	case 1:
		return tests[0]
	}
	return op("$and", tests)
}

// member translates one key of a filter.
func (t *translation) member(e bson.E) (any, error) {
	switch e.Key {
	case "$and", "$or", "$nor":
		tests, err := t.list(e.Value)
		if err != nil {
			return nil, err
		}
		if e.Key == "$nor" {
			return op("$not", bson.A{op("$or", tests)}), nil
		}
		return op(e.Key, tests), nil
	case "$expr":
		return e.Value, nil
	}
	if strings.HasPrefix(e.Key, "$") {
		return nil, t.refuse(e.Key)
	}
	return t.test(t.value(e.Key), e.Value)
}

func (t *translation) list(v any) (bson.A, error) {
	list, ok := v.(bson.A)
	if !ok {
		return nil, t.refuse("this list")
	}
	tests := make(bson.A, len(list))
	for i, member := range list {
		var err error
		if tests[i], err = t.filter(member); err != nil {
			return nil, err
		}
	}
	return tests, nil
}

// operand is a value of the documents: at a path, or an element of an array there.
type operand struct {
	value any
	// array is the array that value is an element of, by number, nil for none.
	array any
	at    int64
}

// value spells the value at a path, whose last step may be the number of an element.
func (t *translation) value(path string) operand {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		if n, err := strconv.ParseInt(path[i+1:], 10, 64); err == nil {
			return operand{array: t.place(path[:i]), at: n}
		}
	}
	return operand{value: t.place(path)}
}

// test translates what a filter asks of a value.
func (t *translation) test(p operand, v any) (any, error) {
	if d, ok := v.(bson.D); ok && isOperators(d) {
		tests := make(bson.A, 0, len(d))
		for _, e := range d {
			test, err := t.operator(p, e)
			if err != nil {
				return nil, err
			}
			tests = append(tests, test)
		}
		return allOf(tests), nil
	}
	if h, ok := v.(*hole); ok && h.form != "" {
		return computed(h.slot, h.form, func(arg any) (any, error) {
			v, err := h.fill(arg)
			if err != nil {
				return nil, err
			}
			return t.test(p, v)
		}), nil
	}
	return t.operator(p, bson.E{Key: "$eq", Value: v})
}

// operator translates one operator. Filters take null and what is missing for the same,
// and compare values of one kind only; expressions order null below everything.
func (t *translation) operator(p operand, e bson.E) (any, error) {
	if p.array != nil {
		return t.element(p, e)
	}
	x := p.value
	switch e.Key {
	case "$eq":
		return equals(x, e.Value), nil
	case "$ne":
		return op("$not", bson.A{equals(x, e.Value)}), nil
	case "$gt", "$gte":
		return op(e.Key, bson.A{x, literal(e.Value)}), nil
	case "$lt", "$lte":
		return op("$and", bson.A{op("$gt", bson.A{x, nil}), op(e.Key, bson.A{x, literal(e.Value)})}), nil
	case "$in":
		return t.in(x, e.Value)
	case "$nin":
		in, err := t.in(x, e.Value)
		return op("$not", bson.A{in}), err
	case "$not":
		test, err := t.test(p, e.Value)
		return op("$not", bson.A{test}), err
	case "$type":
		return hasType(x, e.Value), nil
	case "$exists":
		return op(map[bool]string{true: "$ne", false: "$eq"}[e.Value == true], bson.A{op("$type", x), "missing"}), nil
	case "$all":
		return op("$setIsSubset", bson.A{literal(e.Value), elementsOf(x)}), nil
	case "$size":
		return op("$eq", bson.A{op("$size", elementsOf(x)), literal(e.Value)}), nil
	case "$elemMatch":
		return t.elemMatch(x, e.Value)
	}
	return nil, t.refuse(e.Key)
}

// element translates a question about an element that may not be there; filters of this
// package ask only whether it is.
func (t *translation) element(p operand, e bson.E) (any, error) {
	there, ok := e.Value.(bool)
	if e.Key != "$exists" || !ok {
		return nil, t.refuse("a value at a place in a list")
	}
	name := "$lte"
	if there {
		name = "$gt"
	}
	return op(name, bson.A{op("$size", elementsOf(p.array)), p.at}), nil
}

// elemMatch asks for an element of an array.
func (t *translation) elemMatch(x, test any) (any, error) {
	inner := &translation{entity: t.entity, clause: t.clause, lists: true, place: func(path string) string { return "$$e." + path }}
	var in any
	var err error
	if d, ok := test.(bson.D); ok && isOperators(d) && !strings.HasPrefix(d[0].Key, "$and") && !strings.HasPrefix(d[0].Key, "$or") && d[0].Key != "$nor" && d[0].Key != "$expr" {
		inner.lists = false // an element that is an array is compared, not entered
		in, err = inner.test(operand{value: "$$e"}, test)
	} else {
		in, err = inner.filter(test)
	}
	if err != nil {
		return nil, err
	}
	return op("$anyElementTrue", bson.A{op("$map", bson.D{{Key: "input", Value: elementsOf(x)}, {Key: "as", Value: "e"}, {Key: "in", Value: in}})}), nil
}

// in asks whether a value, or an element of one that is an array, is in a list.
func (t *translation) in(x, list any) (any, error) {
	patterns, ok := list.(bson.A)
	if ok && slices.ContainsFunc(patterns, func(v any) bool { h, is := v.(*hole); return is && h.form != "" }) {
		tests := make(bson.A, len(patterns))
		for i, v := range patterns {
			var err error
			if tests[i], err = t.test(operand{value: x}, v); err != nil {
				return nil, err
			}
		}
		return op("$or", tests), nil
	}
	whole := op("$in", bson.A{op("$ifNull", bson.A{x, nil}), literal(list)})
	if !t.lists {
		return whole, nil
	}
	common := op("$size", op("$setIntersection", bson.A{elementsOf(x), literal(list)}))
	return op("$or", bson.A{whole, op("$gt", bson.A{common, 0})}), nil
}

// equals compares as filters do: a missing value is null, a pattern must be found.
func equals(x, v any) any {
	switch v := v.(type) {
	case nil:
		return op("$eq", bson.A{op("$ifNull", bson.A{x, nil}), nil})
	case bson.Regex:
		match := bson.D{{Key: "input", Value: x}, {Key: "regex", Value: literal(v.Pattern)}}
		if v.Options != "" {
			match = append(match, bson.E{Key: "options", Value: v.Options})
		}
		return op("$cond", bson.A{op("$eq", bson.A{op("$type", x), "string"}), op("$regexMatch", match), false})
	}
	return op("$eq", bson.A{x, literal(v)})
}

// hasType asks for the type of a value.
func hasType(x, name any) any {
	switch name {
	case "array":
		return op("$isArray", bson.A{x})
	case "number":
		return op("$isNumber", x)
	}
	return op("$eq", bson.A{op("$type", x), name})
}

// elementsOf is an array, or an empty one in the place of anything else.
func elementsOf(x any) any { return op("$cond", bson.A{op("$isArray", bson.A{x}), x, bson.A{}}) }

// literal keeps a value from being read as an expression.
func literal(v any) any {
	switch v.(type) {
	case nil, bool, int, int32, int64, float64:
		return v
	}
	return op("$literal", v)
}
