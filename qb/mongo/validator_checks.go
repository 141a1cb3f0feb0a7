package mongo

import (
	"math/big"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions/check"
	"github.com/weft-orm/weft/conditions/pattern"
	"github.com/weft-orm/weft/mapper"
)

// checkConditions are the checks of entities as conditions of their documents. Those that
// cannot be read are left out.
func checkConditions(entities []*mapper.Entity) (bson.A, error) {
	var all bson.A
	for _, e := range entities {
		for _, c := range check.Of(e) {
			if c.Root() == nil {
				continue
			}
			w := &checkWriter{}
			// A row for which the check is unknown holds it, as in SQL.
			holds := bson.D{{Key: "$not", Value: bson.A{w.truth(c.Root(), false)}}}
			if w.err != nil {
				return nil, w.err
			}
			if c.Types == nil {
				all = append(all, is("$expr", holds))
				continue
			}
			types, err := encodeList(c.Types)
			if err != nil {
				return nil, err
			}
			others := is(columnPath(e.Discriminator), op("$nin", types))
			all = append(all, is("$or", bson.A{others, is("$expr", holds)}))
		}
	}
	return all, nil
}

// checkWriter writes expressions of checks. Those of conditions are always true or
// false: the aggregation language takes NULL for a value that is smaller than others.
type checkWriter struct{ err error }

// truth is whether a condition is true, or whether it is false, which both are not where it is NULL.
func (w *checkWriter) truth(n *check.Node, wanted bool) any {
	switch n.Op {
	case check.OpAnd, check.OpOr:
		parts := make(bson.A, len(n.Args))
		for i, a := range n.Args {
			parts[i] = w.truth(a, wanted)
		}
		if (n.Op == check.OpAnd) == wanted {
			return op("$and", parts)
		}
		return op("$or", parts)
	case check.OpNot:
		return w.truth(n.Args[0], !wanted)
	case check.OpIsNull:
		// Missing is smaller than null.
		return op(map[bool]string{true: "$lte", false: "$gt"}[wanted], bson.A{w.value(n.Args[0], false), nil})
	case check.OpLike:
		text := w.value(n.Args[0], false)
		like, err := pattern.ParseLike(n.Args[1].Value.(string))
		if err != nil && w.err == nil {
			w.err = err
		}
		matches := any(op("$regexMatch", bson.D{{Key: "input", Value: op("$ifNull", bson.A{text, ""})}, {Key: "regex", Value: like.Regexp()}}))
		if !wanted {
			matches = op("$not", bson.A{matches})
		}
		return op("$and", bson.A{there(text), matches})
	}
	if signs, ok := checkSigns[n.Op]; ok {
		float := holdsFloat(n)
		a, b := w.value(n.Args[0], float), w.value(n.Args[1], float)
		return op("$and", bson.A{there(a), there(b), op(signs[wanted], bson.A{a, b})})
	}
	return op("$eq", bson.A{w.value(n, false), wanted})
}

// there is a value that is neither null nor missing.
func there(v any) any { return op("$gt", bson.A{v, nil}) }

var checkSigns = map[check.Op]map[bool]string{
	check.OpEqual: {true: "$eq", false: "$ne"}, check.OpNotEqual: {true: "$ne", false: "$eq"},
	check.OpLess: {true: "$lt", false: "$gte"}, check.OpLessEqual: {true: "$lte", false: "$gt"},
	check.OpGreater: {true: "$gt", false: "$lte"}, check.OpGreaterEqual: {true: "$gte", false: "$lt"},
}

var checkFunctions = map[check.Op]string{
	check.OpAdd: "$add", check.OpSubtract: "$subtract", check.OpMultiply: "$multiply", check.OpModulo: "$mod",
	check.OpLength: "$strLenCP", check.OpCharLength: "$strLenCP", check.OpLower: "$toLower", check.OpUpper: "$toUpper", check.OpAbs: "$abs",
}

// value is the value of an expression, null or missing for NULL. float writes numbers as the
// columns beside them hold them.
func (w *checkWriter) value(n *check.Node, float bool) any {
	switch n.Op {
	case check.OpColumn:
		return "$" + columnPath(n.Column)
	case check.OpConstant:
		return w.constant(n.Value, float)
	case check.OpCoalesce:
		return op("$ifNull", append(w.values(n.Args, float), nil))
	case check.OpNullIf:
		a, b := w.value(n.Args[0], float), w.value(n.Args[1], float)
		return op("$cond", bson.A{op("$eq", bson.A{a, b}), nil, a})
	case check.OpCase:
		value := w.value(n.Args[len(n.Args)-1], float)
		for i := len(n.Args) - 3; i >= 0; i -= 2 {
			value = op("$cond", bson.A{w.truth(n.Args[i], true), w.value(n.Args[i+1], float), value})
		}
		return value
	case check.OpTrim:
		text := w.value(n.Args[0], float)
		return op("$cond", bson.A{there(text), op("$trim", bson.D{{Key: "input", Value: text}, {Key: "chars", Value: " "}}), nil})
	}
	name, ok := checkFunctions[n.Op]
	if !ok { // a condition as a value
		return op("$cond", bson.A{w.truth(n, true), true, op("$cond", bson.A{w.truth(n, false), false, nil})})
	}
	if len(n.Args) == 1 { // functions of text fail at null, or give text for it
		arg := w.value(n.Args[0], float)
		return op("$cond", bson.A{there(arg), op(name, arg), nil})
	}
	args := w.values(n.Args, float)
	if n.Op == check.OpModulo { // a remainder of nothing is an error here, and NULL in SQL
		return op("$cond", bson.A{op("$eq", bson.A{args[1], 0}), nil, op(name, args)})
	}
	return op(name, args)
}

func (w *checkWriter) values(list []*check.Node, float bool) bson.A {
	out := make(bson.A, len(list))
	for i, n := range list {
		out[i] = w.value(n, float)
	}
	return out
}

// constant is a constant of an expression, which must not be taken for a path.
func (w *checkWriter) constant(v any, float bool) any {
	if n, ok := v.(*big.Rat); ok {
		switch f, _ := n.Float64(); {
		case n.IsInt() && n.Num().IsInt64():
			v = n.Num().Int64()
		case float:
			v = f
		default:
			digits, exact := n.FloatPrec()
			if !exact {
				digits = 20
			}
			v = mapper.Decimal(n.FloatString(digits))
		}
	}
	encoded, err := Encode(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	if encoded == nil {
		return nil
	}
	return op("$literal", encoded)
}

// holdsFloat reports an expression with a column of floating point numbers.
func holdsFloat(n *check.Node) bool {
	if n.Op == check.OpColumn && n.Column.Type != nil && n.Column.Type.StoredKind() == mapper.Float {
		return true
	}
	for _, a := range n.Args {
		if holdsFloat(a) {
			return true
		}
	}
	return false
}
