package mongo_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

type L = []any

// vocabulary says which properties random conditions are about.
var vocabulary = map[string]struct{ ints, texts, ones, manys, lists, docs []string }{
	"Author":    {ints: L2("id age"), texts: L2("name"), ones: L2("favourite profile"), manys: L2("books")},
	"Book":      {ints: L2("id pages"), texts: L2("title isbn"), ones: L2("author publisher"), manys: L2("tags")},
	"Tag":       {ints: L2("id"), texts: L2("name"), manys: L2("books")},
	"Publisher": {texts: L2("code name country"), manys: L2("books")},
	"Profile":   {ints: L2("id"), texts: L2("bio"), ones: L2("author")},
	"Customer":  {texts: L2("name home.city work.city"), manys: L2("orders"), lists: L2("labels"), docs: L2("meta")},
	"Order":     {ints: L2("id"), ones: L2("customer"), manys: L2("lines")},
	"OrderLine": {ints: L2("quantity"), ones: L2("order product")},
	"Product":   {ints: L2("id"), texts: L2("name")},
	"Shipment":  {ints: L2("id"), texts: L2("note"), ones: L2("first")},
}

// L2 splits a list of names.
func L2(names string) []string { return strings.Fields(names) }

// TestRandomConditions compares the server's answers with the naive evaluator's.
func TestRandomConditions(t *testing.T) {
	for seed := range uint64(3) {
		b, w := newBench(t), newWorld(seed)
		w.store(b)
		session := b.session(driver.SessionOptions{})
		t.Run(fmt.Sprint("world ", seed), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				name := rapid.SampledFrom([]string{"Author", "Author", "Book", "Book", "Tag", "Publisher", "Customer", "Order", "OrderLine", "Shipment"}).Draw(t, "entity")
				cond := drawCondition(t, name, 3)
				compareAnswers(t, b, session, w, name, cond)
			})
		})
	}
}

// compareAnswers fails when the server's answer is not that of the evaluator.
func compareAnswers(t *rapid.T, b *bench, s driver.Session, w *world, name string, cond M) {
	e := entity(name)
	tree, args, err := conditions.Compile(conditions.Env{Registry: registry(), Entity: e}, cond, 0)
	if err != nil {
		t.Fatalf("%s %v: %v", name, cond, err)
	}
	want := []string{}
	for _, r := range w.rows[name] {
		ev := conditions.Evaluator{Args: args}
		ok, err := ev.Matches(tree.Root, r)
		if err != nil {
			t.Fatalf("%s %v: %v", name, cond, err)
		}
		if ok {
			want = append(want, fmt.Sprint(mapper.Parts(nil, r.key())...))
		}
	}
	q := &query{Select: qb.Select{Registry: registry(), Entity: e, Output: e.Key, Where: tree.Root, Limit: -1, Offset: -1}, args: args}
	p, err := b.engine.Compile(&q.Select)
	if err != nil {
		t.Fatalf("%s %v: %v", name, cond, err)
	}
	rows, err := s.Query(context.Background(), p, args)
	if err != nil {
		t.Fatalf("%s %v: %v", name, cond, err)
	}
	defer rows.Close()
	got := []string{}
	for rows.Next() {
		cells := make([]any, len(e.KeyColumns))
		dest := make([]any, len(cells))
		for i := range cells {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(cells...))
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("%s %v\n got %v\nwant %v\n%s", name, cond, got, want, p)
	}
}

func drawCondition(t *rapid.T, entity string, depth int) M {
	m := M{}
	for range rapid.IntRange(0, 3).Draw(t, "entries") {
		k, v := drawEntry(t, entity, depth)
		m[k] = v
	}
	return m
}

func drawEntry(t *rapid.T, name string, depth int) (string, any) {
	v := vocabulary[name]
	pick := func(names []string) string { return rapid.SampledFrom(names).Draw(t, "property") }
	for {
		switch rapid.IntRange(0, 9).Draw(t, "entry") {
		case 0, 1:
			if len(v.ints) > 0 {
				return drawScalar(t, pick(v.ints), true)
			}
		case 2, 3:
			if len(v.texts) > 0 {
				return drawScalar(t, pick(v.texts), false)
			}
		case 4:
			if depth > 0 && len(v.ones) > 0 {
				return drawRelation(t, name, pick(v.ones), depth, drawKeyTest)
			}
		case 5:
			if depth > 0 && len(v.manys) > 0 {
				return drawRelation(t, name, pick(v.manys), depth, drawQuantifier)
			}
		case 6:
			if len(v.lists) > 0 {
				return drawList(t, pick(v.lists))
			}
		case 7:
			if len(v.docs) > 0 {
				return drawDocument(t, pick(v.docs))
			}
		default:
			if depth > 0 {
				return drawGroup(t, func() any { return drawCondition(t, name, depth-1) })
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

func drawInt(t *rapid.T) any {
	return rapid.SampledFrom([]any{int64(0), int64(1), int64(2), int64(3), nil}).Draw(t, "int")
}

func drawText(t *rapid.T) any {
	return rapid.SampledFrom([]any{"", "a", "b", "ab", "A", "a\nb", nil}).Draw(t, "text")
}

func drawScalar(t *rapid.T, path string, isInt bool) (string, any) {
	ops, draw := []string{"eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "exists"}, drawInt
	if !isInt {
		ops, draw = append(ops, "like", "ilike", "re", "startsWith", "endsWith", "containsText"), drawText
	}
	op := rapid.SampledFrom(ops).Draw(t, "op")
	v := draw(t)
	switch op {
	case "in", "nin":
		list := L{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			list = append(list, draw(t))
		}
		v = list
	case "exists":
		v = rapid.Bool().Draw(t, "exists")
	case "like", "ilike":
		v = rapid.SampledFrom([]any{"a%", "_", "%b", "", "a_", "%", "a%b", nil}).Draw(t, "pattern")
	case "re":
		v = rapid.SampledFrom([]any{"a", "^a", "b$", "^$", "a.b", "(?s)a.b", "[^a]", "(?i)^a+$"}).Draw(t, "pattern")
	}
	if rapid.IntRange(0, 3).Draw(t, "negated") == 0 {
		return path, M{"$not": M{"$" + op: v}}
	}
	return path + ":" + op, v
}

func drawRelation(t *rapid.T, name, relation string, depth int, special func(*rapid.T, *mapper.Entity, int) (string, any)) (string, any) {
	target := entity(name).Property(relation).Relation.Target
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return relation, drawCondition(t, target.Name, depth-1)
	case 1, 2:
		k, v := drawEntry(t, target.Name, depth-1)
		if k[0] == '$' {
			return relation, M{k: v}
		}
		return relation + "." + k, v
	}
	op, v := special(t, target, depth-1)
	return relation, M{op: v}
}

func drawKey(t *rapid.T, target *mapper.Entity) any {
	switch {
	case len(target.Key) > 1:
		return L{rapid.Int64Range(0, 3).Draw(t, "part"), rapid.Int64Range(0, 3).Draw(t, "part")}
	case target.Key[0].Type.Kind == mapper.Int:
		return drawInt(t)
	case target.Key[0].Type.Kind == mapper.UUIDKind:
		return [16]byte{byte(rapid.IntRange(0, 7).Draw(t, "uuid"))}
	}
	return drawText(t)
}

func drawKeyTest(t *rapid.T, target *mapper.Entity, _ int) (string, any) {
	op := rapid.SampledFrom([]string{"$eq", "$ne", "$in", "$nin", "$exists"}).Draw(t, "key operator")
	switch op {
	case "$exists":
		return op, rapid.Bool().Draw(t, "exists")
	case "$in", "$nin":
		list := L{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			list = append(list, drawKey(t, target))
		}
		return op, list
	}
	return op, drawKey(t, target)
}

func drawQuantifier(t *rapid.T, target *mapper.Entity, depth int) (string, any) {
	op := rapid.SampledFrom([]string{"$some", "$none", "$every", "$size", "$all", "$exists", "$eq", "$ne", "$in", "$nin"}).Draw(t, "quantifier")
	switch op {
	case "$size":
		n := rapid.IntRange(0, 2).Draw(t, "size")
		return op, rapid.SampledFrom([]any{n, M{"$gt": n}, M{"$gte": n}, M{"$lt": n}, M{"$lte": n, "$ne": 1}, nil}).Draw(t, "size operand")
	case "$all":
		list := L{}
		for range rapid.IntRange(0, 2).Draw(t, "members") {
			list = append(list, drawCondition(t, target.Name, depth))
		}
		return op, list
	case "$exists":
		return op, rapid.Bool().Draw(t, "exists")
	case "$eq", "$ne":
		return op, drawKey(t, target)
	case "$in", "$nin":
		return op, L{drawKey(t, target), drawKey(t, target)}
	}
	return op, drawCondition(t, target.Name, depth)
}

func drawList(t *rapid.T, path string) (string, any) {
	op := rapid.SampledFrom([]string{"$contains", "$contained", "$overlap", "$eq", "$size", "$exists"}).Draw(t, "list operator")
	var v any
	switch op {
	case "$size":
		n := rapid.IntRange(0, 3).Draw(t, "size")
		v = rapid.SampledFrom([]any{n, M{"$gt": n}, M{"$lte": n}, M{"$ne": n}}).Draw(t, "size operand")
	case "$exists":
		v = rapid.Bool().Draw(t, "exists")
	default:
		v = rapid.SampledFrom([]any{[]string{}, []string{"a"}, []string{"a", "b"}, []string{"b", "a"}, []string{"a", "b", "c"}}).Draw(t, "list")
	}
	if rapid.Bool().Draw(t, "negated") {
		return path, M{"$not": M{op: v}}
	}
	return path, M{op: v}
}

func drawDocument(t *rapid.T, path string) (string, any) {
	paths := []string{path + ".a", path + ".b", path + ".a.b", path + ".a.[0]", path + ".b.[1]", path + ".a.[3].a"}
	at := rapid.SampledFrom(paths).Draw(t, "path")
	scalar := func() any { return rapid.SampledFrom([]any{int64(0), int64(1), "a", ""}).Draw(t, "scalar") }
	op := rapid.SampledFrom([]string{"$eq", "$ne", "$gt", "$lte", "$in", "$nin", "$exists", "$like", "$hasKey", "$hasKeys", "$hasSomeKeys", "$contains"}).Draw(t, "document operator")
	var v any
	switch op {
	case "$in", "$nin":
		v = L{scalar()}
		if rapid.Bool().Draw(t, "with nil") {
			v = L{"a", nil}
		}
	case "$exists":
		v = rapid.Bool().Draw(t, "exists")
	case "$like":
		v = "%a%"
	case "$hasKey":
		at, v = path, "a"
	case "$hasKeys", "$hasSomeKeys":
		at, v = path, []string{"a", "b"}
	case "$contains":
		at, v = path, M{"a": scalar(), "b": M{"a": scalar()}}
	default:
		v = scalar()
	}
	if rapid.Bool().Draw(t, "negated") {
		return at, M{"$not": M{op: v}}
	}
	return at, M{op: v}
}
