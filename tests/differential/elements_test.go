package differential_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/tests/internal/testengine"
)

// TestRandomElements asks every engine about the elements of arrays inside documents, of roots and of what they lead to.
func TestRandomElements(t *testing.T) {
	requests := rapid.Custom(func(t *rapid.T) request {
		place := func() string {
			return "meta." + pick(t, "place", "a", "b", "c", "a", "b", "c", "a.b", "a.[3].a", "c.a.b", "b.[1]")
		}
		one := func() M {
			test := drawElementsTest(t, 2)
			switch rapid.IntRange(0, 8).Draw(t, "form") {
			case 0:
				return M{"$not": M{place(): test}}
			case 1:
				return M{"meta": M{"$not": M{"a": test}}}
			case 2:
				return M{"meta": test}
			}
			return M{place(): test}
		}
		r := request{Entity: pick(t, "entity", "Customer", "Customer", "Order", "Animal"), Limit: -1, Offset: -1}
		where := one()
		switch rapid.IntRange(0, 3).Draw(t, "group") {
		case 0:
			where = M{"$or": L{where, one()}}
		case 1:
			where = M{"$and": L{where, one()}}
		}
		switch r.Entity {
		case "Order":
			where = M{"customer": where}
		case "Animal":
			where = M{"owner": where}
		}
		r.Where = where
		return r
	})
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			b := newBench(t, e, 11)
			cases(t, e, shortRun)
			rapid.Check(t, func(t *rapid.T) {
				if err := b.check(context.Background(), requests.Draw(t, "request")); err != nil {
					t.Fatal(err)
				}
			})
			b.telling(t)
		})
	}
}

// drawElementsTest draws a test of an array inside a document.
func drawElementsTest(t *rapid.T, depth int) M {
	list := func() L {
		return pick(t, "list", L{}, L{0}, L{1, 2}, L{1.5, 1}, L{"a"}, L{"a", "b"}, L{true}, L{true, false}, L{""})
	}
	switch op := pick(t, "array operator", "$elemMatch", "$contains", "$contained", "$overlap", "$size", "$elemMatch"); op {
	case "$size":
		return M{op: drawSize(t)}
	case "$elemMatch":
		return M{op: drawElement(t, depth)}
	default:
		return M{op: list()}
	}
}

// drawElement draws a condition on an element.
func drawElement(t *rapid.T, depth int) any {
	scalar := func() any { return pick[any](t, "scalar", 0, 1, 1.5, "a", "", true) }
	key := func() string { return pick(t, "key", "a", "b", "c") }
	one := func() M {
		switch pick(t, "element", "value", "key", "key", "presence", "text", "list", "keys", "array", "deep", "none") {
		case "value":
			return M{pick(t, "operator", "$eq", "$ne"): scalar()}
		case "key":
			return M{key(): M{pick(t, "operator", "$eq", "$ne", "$eq"): scalar()}}
		case "presence":
			if rapid.Bool().Draw(t, "the element") {
				return M{"$exists": rapid.Bool().Draw(t, "exists")}
			}
			return M{key(): pick[any](t, "presence", nil, M{"$ne": nil})}
		case "text":
			return M{pick(t, "operator", "$like", "$startsWith", "$containsText"): "a"}
		case "list":
			return M{pick(t, "operator", "$in", "$nin"): pick(t, "list", L{0, 1}, L{"a", nil}, L{})}
		case "keys":
			return M{"$hasKey": key()}
		case "array":
			if depth > 0 {
				return M{key(): drawElementsTest(t, depth-1)}
			}
			return M{"$size": drawSize(t)}
		case "deep":
			return M{key(): M{key(): scalar()}}
		}
		return M{pick(t, "operator", "$contains", "$overlap"): L{"a"}}
	}
	switch pick(t, "form", "one", "one", "both", "either", "not") {
	case "both":
		return M{"$and": L{one(), one()}}
	case "either":
		return M{"$or": L{one(), one()}}
	case "not":
		return M{"$not": one()}
	}
	return one()
}
