package differential_test

import (
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

type (
	M = conditions.M
	L = []any
)

// pick draws an element.
func pick[T any](t *rapid.T, label string, list ...T) T {
	return rapid.SampledFrom(list).Draw(t, label)
}

// pickProperty draws a property.
func pickProperty(t *rapid.T, label string, list []*mapper.Property) *mapper.Property {
	return list[rapid.IntRange(0, len(list)-1).Draw(t, label)]
}

// pickEntity draws an entity.
func pickEntity(t *rapid.T, label string, reg *mapper.Registry) *mapper.Entity {
	list := reg.Entities()
	return list[rapid.IntRange(0, len(list)-1).Draw(t, label)]
}

// oneIn draws true once in n.
func oneIn(t *rapid.T, n int, label string) bool { return rapid.IntRange(0, n-1).Draw(t, label) == n-1 }

// drawRoot draws a condition about the roots, now and then one that is a key or a list of keys.
func drawRoot(t *rapid.T, e *mapper.Entity) any {
	switch rapid.IntRange(0, 24).Draw(t, "root") {
	case 22:
		key := drawKey(t, e)
		if _, isText := key.(string); isText { // text given to a builder is SQL
			return M{"$eq": key}
		}
		return key
	case 23:
		return L{drawKey(t, e), drawKey(t, e)}
	case 24:
		return M{"$nin": L{drawKey(t, e)}}
	}
	return drawCondition(t, e, 3)
}

// drawCondition draws a condition about a row of e that walks at most depth relations.
func drawCondition(t *rapid.T, e *mapper.Entity, depth int) M {
	m := M{}
	for range pick(t, "entries", 0, 1, 1, 1, 1, 2, 2, 3) {
		k, v := drawEntry(t, e, depth)
		m[k] = v
	}
	return m
}

// drawEntry draws one key of a condition.
func drawEntry(t *rapid.T, e *mapper.Entity, depth int) (string, any) {
	for {
		switch pick(t, "entry", "value", "relation", "collection", "value", "relation", "collection", "value", "collection", "group", "columns", "value", "document") {
		case "value":
			return drawValueTest(t, pickProperty(t, "property", leaves(e, isValue)))
		case "document":
			if list := leaves(e, isDocument); len(list) > 0 {
				return drawDocumentTest(t, pickProperty(t, "document", list))
			}
		case "relation":
			if list := leaves(e, isToOne); len(list) > 0 {
				return drawToOne(t, pickProperty(t, "relation", list), depth)
			}
		case "collection":
			if list := leaves(e, isToMany); depth > 0 && len(list) > 0 {
				return drawToMany(t, pickProperty(t, "relation", list), depth)
			}
		case "columns":
			if k, v, ok := drawColumns(t, e); ok {
				return k, v
			}
		case "group":
			return drawGroup(t, func() M { return drawCondition(t, e, depth) })
		}
	}
}

// leaves lists the properties of one sort that e has, or a subtype of it.
func leaves(e *mapper.Entity, fits func(*mapper.Property) bool) []*mapper.Property {
	var list []*mapper.Property
	for _, p := range e.HierarchyLeaves() {
		if fits(p) && p.Field != "" {
			list = append(list, p)
		}
	}
	return list
}

func isValue(p *mapper.Property) bool { return p.Relation == nil }

func isDocument(p *mapper.Property) bool { return isValue(p) && p.Type.Kind == mapper.JSON }

func isRelation(p *mapper.Property) bool { return p.Relation != nil }

func isToOne(p *mapper.Property) bool { return p.Relation != nil && p.Kind.IsToOne() }

func isToMany(p *mapper.Property) bool { return p.Relation != nil && p.Kind.IsToMany() }

func drawGroup(t *rapid.T, member func() M) (string, any) {
	op := pick(t, "group", "$and", "$or", "$nor", "$not")
	if op == "$not" {
		return op, member()
	}
	list := L{}
	for range rapid.IntRange(0, 3).Draw(t, "members") {
		list = append(list, member())
	}
	return op, list
}

// drawValueTest draws a test of a property that is no relation.
func drawValueTest(t *rapid.T, p *mapper.Property) (string, any) {
	switch {
	case p.Parent != nil && p.Parent.Nullable && oneIn(t, 6, "whole embedded value"):
		return p.Parent.Path, pick[any](t, "presence", nil, M{"$ne": nil})
	case p.Type.Kind == mapper.Array:
		return spell(t, p.Path, drawArrayTest(t))
	case p.Type.Kind == mapper.JSON:
		return drawDocumentTest(t, p)
	}
	return spell(t, p.Path, drawScalarTest(t, p.Type, p.Nullable))
}

// spell writes a test of a path in one of its spellings.
func spell(t *rapid.T, path string, test M) (string, any) {
	var op string
	for k := range test {
		op = k
	}
	switch rapid.IntRange(0, 5).Draw(t, "spelling") {
	case 0:
		return path + ":" + op[1:], test[op]
	case 1:
		if symbol, ok := symbols[op]; ok {
			return path + " " + symbol, test[op]
		}
	case 2:
		return path, M{"$not": test}
	case 3:
		return path, M{"$or": L{test}}
	case 4:
		if head, rest, nested := strings.Cut(path, "."); nested {
			return head, M{rest: test}
		}
	}
	return path, test
}

var symbols = map[string]string{"$eq": "=", "$ne": "!=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}

// drawScalarTest draws an operator with its operand for a value of a type.
func drawScalarTest(t *rapid.T, typ *mapper.Type, nullable bool) M {
	ops := []string{"$eq", "$ne", "$in", "$nin", "$exists"}
	switch typ.Kind {
	case mapper.Bytes, mapper.Bool:
	case mapper.String:
		ops = append(ops, "$like", "$ilike", "$re", "$startsWith", "$endsWith", "$containsText")
		fallthrough
	default:
		ops = append(ops, "$gt", "$gte", "$lt", "$lte")
	}
	value := func() any {
		if oneIn(t, 8, "nil") {
			return nil
		}
		return spoken(t, pick(t, "value", pool(typ)...))
	}
	op := pick(t, "operator", ops...)
	switch op {
	case "$exists":
		return M{op: rapid.Bool().Draw(t, "exists")}
	case "$in", "$nin":
		list := L{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			list = append(list, value())
		}
		return M{op: list}
	case "$like", "$ilike":
		return M{op: pick[any](t, "pattern", "a%", "_", "%b", "", "a_", "%", "a%b", `a\%b`, "É%", "%a%", "[a]%", nil)}
	case "$re":
		return M{op: pick(t, "pattern", "a", "^a", "b$", "^$", "a.b", "(?s)a.b", "[^a]", "(?i)^a+$", `^[a-b]{2}$`, `\\`, "é|x")}
	case "$startsWith", "$endsWith", "$containsText":
		return M{op: pick[any](t, "text", "a", "", "%", "b", `\`, "é", "a ", nil)}
	}
	return M{op: value()}
}

// spoken is a canonical value as a program would write it.
func spoken(t *rapid.T, v any) any {
	switch v := v.(type) {
	case mapper.Decimal:
		return string(v)
	case mapper.UUID:
		if rapid.Bool().Draw(t, "as text") {
			return v.String()
		}
		return [16]byte(v)
	case time.Time:
		return v
	}
	return v
}

// drawKey draws a key of e, which there may be no row for.
func drawKey(t *rapid.T, e *mapper.Entity) any {
	parts := L{}
	for _, c := range e.KeyColumns {
		parts = append(parts, spoken(t, keyOf(c.Type, rapid.IntRange(0, rowsOf).Draw(t, "key"))))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return parts
}

// drawSteps draws a test of what a relation of a type to itself leads to in steps.
func drawSteps(t *rapid.T, p *mapper.Property, depth int) (string, any) {
	target := p.Relation.Target
	steps := []string{"+", "+", "{1,1}", "{1,2}", "{1,3}"}
	if target == p.Entity {
		steps = append(steps, "*", "{0,2}")
	}
	path := p.Path + pick(t, "steps", steps...)
	test := M{}
	switch op := pick(t, "form", "map", "path", "$some", "$none", "$all", "$exists", "$eq", "$ne", "$in", "$nin", "nil"); op {
	case "map":
		return path, drawCondition(t, target, depth-1)
	case "path":
		k, v := drawEntry(t, target, depth-1)
		if k[0] == '$' || hasColumn(v) {
			return path, M{k: v}
		}
		return path + "." + k, v
	case "nil":
		return path, pick[any](t, "presence", nil, M{"$ne": nil})
	case "$all":
		test[op] = L{drawOne(t, target), drawOne(t, target)}
	case "$exists":
		test[op] = rapid.Bool().Draw(t, "exists")
	case "$eq", "$ne":
		test[op] = drawKey(t, target)
	case "$in", "$nin":
		test[op] = L{drawKey(t, target), drawKey(t, target)}
	default:
		test[op] = drawCondition(t, target, depth-1)
	}
	if oneIn(t, 4, "negated") {
		return "$not", M{path: test}
	}
	return path, test
}

// inSteps draws whether a relation is followed in steps.
func inSteps(t *rapid.T, p *mapper.Property, depth int) bool {
	return depth > 0 && conditions.Repeats(p) && oneIn(t, 2, "in steps")
}

// drawToOne draws a test of a to-one relation: of its key, or of its target.
func drawToOne(t *rapid.T, p *mapper.Property, depth int) (string, any) {
	if inSteps(t, p, depth) {
		return drawSteps(t, p, depth)
	}
	target := p.Relation.Target
	form := rapid.IntRange(0, 5).Draw(t, "form")
	if depth == 0 && form < 4 {
		form = 4
	}
	switch form {
	case 0, 1:
		return p.Path, drawCondition(t, target, depth-1)
	case 2, 3:
		k, v := drawEntry(t, target, depth-1)
		if k[0] == '$' || hasColumn(v) {
			return p.Path, M{k: v}
		}
		return p.Path + "." + k, v
	}
	switch op := pick(t, "key operator", "$eq", "$ne", "$in", "$nin", "$exists", "nil"); op {
	case "$exists":
		return p.Path, M{op: rapid.Bool().Draw(t, "exists")}
	case "nil":
		return p.Path, pick[any](t, "presence", nil, M{"$ne": nil})
	case "$in", "$nin":
		list := L{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			if oneIn(t, 6, "nil") && len(target.KeyColumns) == 1 {
				list = append(list, nil)
				continue
			}
			list = append(list, drawKey(t, target))
		}
		return p.Path, M{op: list}
	default:
		return p.Path, M{op: drawKey(t, target)}
	}
}

// drawToMany draws a test of a to-many relation.
func drawToMany(t *rapid.T, p *mapper.Property, depth int) (string, any) {
	if inSteps(t, p, depth) {
		return drawSteps(t, p, depth)
	}
	target := p.Relation.Target
	switch pick(t, "form", "map", "path", "quantifier", "quantifier", "two rows") {
	case "map":
		return p.Path, drawCondition(t, target, depth-1)
	case "path":
		k, v := drawEntry(t, target, depth-1)
		if k[0] == '$' {
			return p.Path, M{k: v}
		}
		return p.Path + "." + k, v
	case "two rows":
		return pick(t, "group", "$and", "$or"), L{M{p.Path: drawOne(t, target)}, M{p.Path: drawOne(t, target)}}
	}
	op := pick(t, "quantifier", "$every", "$size", "$some", "$none", "$every", "$size", "$all", "$exists", "$eq", "$ne", "$in", "$nin")
	test := M{}
	switch op {
	case "$size":
		test[op] = drawSize(t)
	case "$all":
		list := L{}
		for range rapid.IntRange(0, 2).Draw(t, "members") {
			list = append(list, drawCondition(t, target, depth-1))
		}
		test[op] = list
	case "$exists":
		test[op] = rapid.Bool().Draw(t, "exists")
	case "$eq", "$ne":
		test[op] = drawKey(t, target)
	case "$in", "$nin":
		test[op] = L{drawKey(t, target), drawKey(t, target)}
	default:
		test[op] = drawCondition(t, target, depth-1)
	}
	if oneIn(t, 4, "negated") {
		return "$not", M{p.Path: test}
	}
	return p.Path, test
}

// drawOne draws a condition on one own value, which some row is likely to meet.
func drawOne(t *rapid.T, e *mapper.Entity) M {
	k, v := drawValueTest(t, pickProperty(t, "property", leaves(e, isValue)))
	return M{k: v}
}

func drawSize(t *rapid.T) any {
	n := rapid.IntRange(0, 3).Draw(t, "size")
	return pick[any](t, "size operand", n, n, M{"$gt": n}, M{"$gte": n}, M{"$lt": n}, M{"$lte": n, "$ne": 1}, M{"$eq": n}, nil)
}

func drawArrayTest(t *rapid.T) M {
	switch op := pick(t, "array operator", "$contains", "$contained", "$overlap", "$eq", "$ne", "$size", "$exists"); op {
	case "$size":
		return M{op: drawSize(t)}
	case "$exists":
		return M{op: rapid.Bool().Draw(t, "exists")}
	default:
		return M{op: pick(t, "array", []string{}, []string{"a"}, []string{"a", "b"}, []string{"b", "a"}, []string{"a", "b", "c"}, []string{"é"})}
	}
}

// drawDocumentTest draws a test of a place inside a JSON document.
func drawDocumentTest(t *rapid.T, p *mapper.Property) (string, any) {
	if len(p.Type.Shape) > 0 {
		path := p.Path + "." + pick(t, "place", "theme", "pageSize", "news", "limits.daily")
		if strings.HasSuffix(path, "theme") {
			return path, drawScalarTest(t, &mapper.Type{Kind: mapper.String}, true)
		}
		if strings.HasSuffix(path, "news") {
			return path, drawScalarTest(t, &mapper.Type{Kind: mapper.Bool}, true)
		}
		return path, drawScalarTest(t, &mapper.Type{Kind: mapper.Int}, true)
	}
	path := p.Path + "." + pick(t, "place", "a", "b", "a.b", "a.[0]", "b.[1]", "a.[3].a", "c.a.b")
	if oneIn(t, 3, "array") {
		test := drawElementsTest(t, 1)
		if oneIn(t, 3, "negated") {
			return "$not", M{path: test}
		}
		return path, test
	}
	scalar := func() any { return pick[any](t, "scalar", 0, 1, 1.5, "a", "", true, false) }
	test := M{}
	switch op := pick(t, "document operator", "$eq", "$ne", "$gt", "$lte", "$in", "$nin", "$exists", "$like", "$re", "$hasKey", "$hasKeys", "$hasSomeKeys", "$contains"); op {
	case "$in", "$nin":
		test[op] = pick(t, "list", L{1, 2}, L{"a", "b"}, L{"a", nil}, L{true}, L{})
	case "$exists":
		test[op] = rapid.Bool().Draw(t, "exists")
	case "$like":
		test[op] = "%a%"
	case "$re":
		test[op] = "^a"
	case "$gt", "$lte":
		test[op] = pick[any](t, "bound", 0, 1, 1.5, "a", "")
	case "$hasKey":
		path, test[op] = p.Path, "a"
	case "$hasKeys", "$hasSomeKeys":
		path, test[op] = p.Path, []string{"a", "b"}
	case "$contains":
		path, test[op] = p.Path, M{"a": scalar(), "b": M{"a": scalar()}}
	default:
		test[op] = scalar()
	}
	if rapid.Bool().Draw(t, "negated") {
		return path, M{"$not": test}
	}
	return path, test
}

// drawColumns draws a comparison of two properties, the second perhaps that of a to-one target.
func drawColumns(t *rapid.T, e *mapper.Entity) (string, any, bool) {
	var pairs [][2]string
	add := func(p *mapper.Property, q *mapper.Property, prefix string) {
		numbers := isNumber(p.Type) && isNumber(q.Type)
		same := p.Type.Kind == q.Type.Kind && p.Type.Kind != mapper.JSON && p.Type.Kind != mapper.Array && p.Type.Kind != mapper.Bytes
		if prefix+q.Path != p.Path && (numbers || same) && len(p.Type.Enum) == 0 && len(q.Type.Enum) == 0 {
			pairs = append(pairs, [2]string{p.Path, prefix + q.Path})
		}
	}
	for _, p := range leaves(e, isValue) {
		for _, q := range leaves(e, isValue) {
			add(p, q, "")
		}
		for _, r := range leaves(e, isToOne) {
			for _, q := range leaves(r.Relation.Target, isValue) {
				if !q.Primary {
					add(p, q, r.Path+".")
				}
			}
		}
	}
	if len(pairs) == 0 {
		return "", nil, false
	}
	pair := pick(t, "columns", pairs...)
	op := pick(t, "comparison", "$eq", "$ne", "$gt", "$gte", "$lt", "$lte")
	if oneIn(t, 4, "negated") {
		return pair[0], M{"$not": M{op: conditions.Col(pair[1])}}, true
	}
	return pair[0], M{op: conditions.Col(pair[1])}, true
}

// hasColumn reports a comparison with a column, whose path starts at the row of the map it is written in.
func hasColumn(v any) bool {
	switch v := v.(type) {
	case conditions.Column:
		return true
	case M:
		for _, inner := range v {
			if hasColumn(inner) {
				return true
			}
		}
	}
	return false
}

func isNumber(t *mapper.Type) bool { return t.Kind == mapper.Int || t.Kind == mapper.Float }
