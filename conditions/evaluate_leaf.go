package conditions

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/conditions/pattern"
	"github.com/weft-orm/weft/mapper"
)

// leaf decides the leaves that compare the value of a field.
func (ev *Evaluator) leaf(n Node, row Row) (truth, error) {
	switch n := n.(type) {
	case *Compare:
		v, _, err := ev.column(n.Field, row)
		if err != nil {
			return isUnknown, err
		}
		other, err := ev.operand(n.Value, row)
		return compareBy(n.Op, v, other), err
	case *Null:
		v, ok, err := ev.field(n.Field, row)
		if !ok && !n.Outer || err != nil {
			return isUnknown, err
		}
		return truthOf((v == nil || isJSONNull(v)) != n.Not), nil
	case *InNode:
		return ev.in(n, row)
	case *KeyIn:
		return ev.keyIn(n, row)
	case *Match:
		return ev.match(n, row)
	case *Set:
		return ev.set(n, row)
	case *ElementNode:
		return ev.elements(n, row)
	}
	return isUnknown, &Error{Class: ErrShape, Step: "match", Got: fmt.Sprintf("unhandled node %T", n)}
}

func (ev *Evaluator) in(n *InNode, row Row) (truth, error) {
	v, ok, err := ev.column(n.Field, row)
	if !ok || err != nil {
		return isUnknown, err
	}
	list, err := ev.list(n.Values, row)
	if err != nil {
		return isUnknown, err
	}
	var result truth
	switch {
	case v == nil && n.OrNull:
		result = isYes
	case v == nil && len(list) > 0:
		result = isUnknown
	default:
		found, null := ev.among(n.Values, list, v)
		result = truthOf(found)
		if !found && null {
			result = isUnknown
		}
	}
	if n.Not {
		result = -result
	}
	return result, nil
}

func (ev *Evaluator) list(o Operand, row Row) ([]any, error) {
	if q, ok := o.(Query); ok {
		return ev.query(q, row)
	}
	v, err := ev.operand(o, row)
	list, _ := v.([]any)
	return list, err
}

func (ev *Evaluator) keyIn(n *KeyIn, row Row) (truth, error) {
	key, _, err := ev.field(n.Field, row)
	if key == nil || err != nil {
		return isUnknown, err
	}
	list, err := ev.list(n.Values, row)
	parts := mapper.Parts(nil, key)
	found, _ := ev.among(n.Values, list, parts)
	return truthOf(found != n.Not), err
}

func (ev *Evaluator) match(n *Match, row Row) (truth, error) {
	v, _, err := ev.column(n.Field, row)
	if err != nil {
		return isUnknown, err
	}
	operand, err := ev.operand(n.Value, row)
	if err != nil {
		return isUnknown, err
	}
	if g, isGeo := operand.(*Geo); isGeo {
		if v == nil || isJSONNull(v) {
			return isUnknown, nil
		}
		t, err := matchGeo(n.Op, v, g)
		if n.Not {
			t = -t
		}
		return t, err
	}
	text, isText := v.(string)
	wanted, hasPattern := operand.(string)
	if !isText || !hasPattern {
		return isUnknown, nil
	}
	found, err := matchText(n.Op, text, wanted)
	return truthOf(found != n.Not), err
}

// matchText applies a text operator.
func matchText(op Op, text, wanted string) (bool, error) {
	switch op {
	case OpStartsWith:
		return pattern.StartsWith(wanted).Match(text), nil
	case OpEndsWith:
		return pattern.EndsWith(wanted).Match(text), nil
	case OpContainsText:
		return pattern.Containing(wanted).Match(text), nil
	case OpRe:
		re, err := pattern.ParseRegexp(wanted)
		return err == nil && re.Compile().MatchString(text), err
	case OpLike, OpILike:
		like, err := pattern.ParseLike(wanted)
		if op == OpILike {
			like, text = like.Fold(), pattern.Fold(text)
		}
		return err == nil && like.Match(text), err
	}
	return false, &Error{Class: ErrOperator, Step: "match", Operator: op.String(), Got: "full-text search cannot be evaluated in memory"}
}

func (ev *Evaluator) set(n *Set, row Row) (truth, error) {
	v, err := ev.array(n, row)
	if err != nil {
		return isUnknown, err
	}
	operand, err := ev.operand(n.Value, row)
	if v == nil || operand == nil || err != nil {
		return isUnknown, err
	}
	if n.Op == OpHasKey || n.Op == OpHasKeys || n.Op == OpHasSomeKeys {
		return truthOf(hasKeys(n.Op, v, operand) != n.Not), nil
	}
	have, isArray := v.([]any)
	if !isArray {
		return isUnknown, nil
	}
	if n.Op == OpSize {
		return compareBy(n.SizeOp, int64(len(have)), operand), nil
	}
	want, _ := operand.([]any)
	return truthOf(compareSets(n.Op, have, want) != n.Not), nil
}

func compareSets(op Op, have, want []any) bool {
	in := func(list []any) func(any) bool {
		return func(item any) bool {
			return slices.ContainsFunc(list, func(other any) bool { return compareBy(OpEq, item, other) == isYes })
		}
	}
	missing := func(list []any) func(any) bool { return func(item any) bool { return !in(list)(item) } }
	switch op {
	case OpContains:
		return !slices.ContainsFunc(want, missing(have))
	case OpContained:
		return !slices.ContainsFunc(have, missing(want))
	}
	return slices.ContainsFunc(want, in(have))
}

// hasKeys looks for keys in a JSON object.
func hasKeys(op Op, doc, operand any) bool {
	object, ok := decodeJSON(doc).(map[string]any)
	if !ok {
		return false
	}
	has := func(k any) bool { _, found := object[k.(string)]; return found }
	keys, isList := operand.([]any)
	switch {
	case !isList:
		return has(operand)
	case op == OpHasSomeKeys:
		return slices.ContainsFunc(keys, has)
	}
	return !slices.ContainsFunc(keys, func(k any) bool { return !has(k) })
}
