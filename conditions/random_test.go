package conditions_test

import (
	"fmt"

	"github.com/weft-orm/weft/mapper"
	"pgregory.net/rapid"
)

// vocabulary says which properties of the library random conditions use.
var vocabulary = map[string]struct{ ints, texts, ones, manys []string }{
	"Author":    {[]string{"id", "age"}, []string{"name"}, []string{"favourite", "profile"}, []string{"books"}},
	"Book":      {[]string{"id", "pages"}, []string{"title", "isbn"}, []string{"author", "publisher"}, []string{"tags"}},
	"Tag":       {[]string{"id"}, []string{"name"}, nil, []string{"books"}},
	"Publisher": {nil, []string{"code", "name", "country"}, nil, []string{"books"}},
	"Profile":   {[]string{"id"}, []string{"bio"}, []string{"author"}, nil},
}

// world draws a small library, nullable values and references included.
func world(t *rapid.T, reg *mapper.Registry) map[string][]*thing {
	w := map[string][]*thing{}
	for _, name := range []string{"Author", "Book", "Tag", "Publisher", "Profile"} {
		e := reg.Entity(name)
		for i := range rapid.IntRange(0, 3).Draw(t, name) {
			row := &thing{kind: e, vals: map[string]any{}, one: map[string]*thing{}, many: map[string][]*thing{}}
			for _, p := range vocabulary[name].ints {
				row.vals[p] = drawInt(t, e.Property(p).Nullable)
			}
			for _, p := range vocabulary[name].texts {
				row.vals[p] = drawText(t, e.Property(p).Nullable)
			}
			if key := e.Key[0].Name; key == "id" {
				row.vals[key] = int64(i)
			} else {
				row.vals[key] = string(rune('a' + i))
			}
			w[name] = append(w[name], row)
		}
	}
	link(t, w)
	return w
}

// link draws the relations, both sides in step.
func link(t *rapid.T, w map[string][]*thing) {
	pick := func(from string) *thing {
		if i := rapid.IntRange(-1, len(w[from])-1).Draw(t, from+" picked"); i >= 0 {
			return w[from][i]
		}
		return nil
	}
	for _, b := range w["Book"] {
		if a := pick("Author"); a != nil {
			b.one["author"] = a
			a.many["books"] = append(a.many["books"], b)
		}
		if p := pick("Publisher"); p != nil {
			b.one["publisher"] = p
			p.many["books"] = append(p.many["books"], b)
		}
		for _, tag := range w["Tag"] {
			if rapid.Bool().Draw(t, "tagged") {
				b.many["tags"] = append(b.many["tags"], tag)
				tag.many["books"] = append(tag.many["books"], b)
			}
		}
	}
	for _, a := range w["Author"] {
		if b := pick("Book"); b != nil {
			a.one["favourite"] = b
		}
	}
	for _, p := range w["Profile"] {
		if a := pick("Author"); a != nil && a.one["profile"] == nil {
			p.one["author"], a.one["profile"] = a, p
		}
	}
}

func drawInt(t *rapid.T, nullable bool) any {
	if nullable && rapid.IntRange(0, 2).Draw(t, "null") == 0 {
		return nil
	}
	return int64(rapid.IntRange(0, 3).Draw(t, "int"))
}

func drawText(t *rapid.T, nullable bool) any {
	if nullable && rapid.IntRange(0, 2).Draw(t, "null") == 0 {
		return nil
	}
	return rapid.SampledFrom([]string{"", "a", "b", "ab", "A"}).Draw(t, "text")
}

// drawCondition draws a condition about rows of an entity.
func drawCondition(t *rapid.T, reg *mapper.Registry, entity string, depth int) M {
	m := M{}
	for range rapid.IntRange(0, 3).Draw(t, "entries") {
		k, v := drawEntry(t, reg, entity, depth)
		m[k] = v
	}
	return m
}

func drawEntry(t *rapid.T, reg *mapper.Registry, entity string, depth int) (string, any) {
	v := vocabulary[entity]
	for {
		switch rapid.IntRange(0, 7).Draw(t, "entry") {
		case 0, 1:
			if len(v.ints) > 0 {
				return drawScalar(t, rapid.SampledFrom(v.ints).Draw(t, "property"), true, depth)
			}
		case 2, 3:
			return drawScalar(t, rapid.SampledFrom(v.texts).Draw(t, "property"), false, depth)
		case 4:
			if depth > 0 && len(v.ones) > 0 {
				return drawRelation(t, reg, entity, rapid.SampledFrom(v.ones).Draw(t, "relation"), depth, drawKeyTest)
			}
		case 5:
			if depth > 0 && len(v.manys) > 0 {
				return drawRelation(t, reg, entity, rapid.SampledFrom(v.manys).Draw(t, "relation"), depth, drawQuantifier)
			}
		default:
			if depth > 0 {
				return drawGroup(t, func() any { return drawCondition(t, reg, entity, depth-1) })
			}
		}
	}
}

func drawGroup(t *rapid.T, member func() any) (string, any) {
	op := rapid.SampledFrom([]string{"$and", "$or", "$nor", "$not"}).Draw(t, "group")
	if op == "$not" {
		return op, member()
	}
	list := L{}
	for range rapid.IntRange(0, 2).Draw(t, "members") {
		list = append(list, member())
	}
	return op, list
}

// drawScalar draws an entry about a value, in one of its spellings.
func drawScalar(t *rapid.T, path string, isInt bool, depth int) (string, any) {
	draw := func() any {
		if isInt {
			return drawInt(t, true)
		}
		return drawText(t, true)
	}
	if depth > 0 && rapid.IntRange(0, 5).Draw(t, "grouped") == 0 {
		op, members := drawGroup(t, func() any {
			_, v := drawScalar(t, "x", isInt, depth-1)
			if m, ok := v.(M); ok {
				return m
			}
			return M{"$eq": draw()}
		})
		return path, M{op: members}
	}
	ops := []string{"eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "exists"}
	if !isInt {
		ops = append(ops, "like", "startsWith", "containsText")
	}
	op := rapid.SampledFrom(ops).Draw(t, "op")
	var v any
	switch op {
	case "in", "nin":
		list := L{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			list = append(list, draw())
		}
		v = list
	case "exists":
		v = rapid.Bool().Draw(t, "exists")
	case "like":
		v = rapid.SampledFrom([]any{"a%", "_", "%b", "", "a_", nil}).Draw(t, "pattern")
	default:
		v = draw()
	}
	switch rapid.IntRange(0, 2).Draw(t, "spelling") {
	case 0:
		return path + ":" + op, v
	case 1:
		if op == "eq" {
			return path, v
		}
	}
	return path, M{"$" + op: v}
}

// drawRelation draws an entry about a relation: nested, dotted, or by special.
func drawRelation(t *rapid.T, reg *mapper.Registry, entity, rel string, depth int, special func(*rapid.T, *mapper.Registry, *mapper.Entity, int) (string, any)) (string, any) {
	target := reg.Entity(entity).Property(rel).Relation.Target
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return rel, drawCondition(t, reg, target.Name, depth-1)
	case 1, 2:
		k, v := drawEntry(t, reg, target.Name, depth-1)
		if k[0] == '$' {
			return rel, M{k: v}
		}
		return rel + "." + k, v
	}
	op, v := special(t, reg, target, depth-1)
	return rel, M{op: v}
}

func drawKeyTest(t *rapid.T, _ *mapper.Registry, target *mapper.Entity, _ int) (string, any) {
	_, v := drawScalar(t, "x", target.Key[0].Type.Kind == mapper.Int, 0)
	op := rapid.SampledFrom([]string{"$eq", "$ne", "$in", "$nin"}).Draw(t, "key operator")
	list, isList := v.(L)
	switch {
	case op == "$in" || op == "$nin":
		if !isList {
			list = L{}
		}
		return op, list
	case target.Key[0].Type.Kind == mapper.Int:
		return op, drawInt(t, true)
	}
	return op, drawText(t, true)
}

func drawQuantifier(t *rapid.T, reg *mapper.Registry, target *mapper.Entity, depth int) (string, any) {
	op := rapid.SampledFrom([]string{"$some", "$none", "$every", "$size", "$all", "$exists", "$eq", "$ne"}).Draw(t, "quantifier")
	switch op {
	case "$size":
		n := rapid.IntRange(0, 2).Draw(t, "size")
		return op, rapid.SampledFrom([]any{n, M{"$gt": n}, M{"$lte": n, "$ne": 1}, nil}).Draw(t, "size operand")
	case "$all":
		list := L{}
		for range rapid.IntRange(0, 2).Draw(t, "members") {
			list = append(list, drawCondition(t, reg, target.Name, depth))
		}
		return op, list
	case "$exists":
		return op, rapid.Bool().Draw(t, "exists")
	case "$eq", "$ne":
		if target.Key[0].Type.Kind == mapper.Int {
			return op, drawInt(t, true)
		}
		return op, drawText(t, true)
	}
	return op, drawCondition(t, reg, target.Name, depth)
}

func describe(w map[string][]*thing, name string, row *thing) string {
	return fmt.Sprintf("%s %v of a world of %d authors and %d books", name, row.vals, len(w["Author"]), len(w["Book"]))
}
