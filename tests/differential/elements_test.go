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
		place := func() string { return "meta." + pick(t, "place", "a", "b", "c", "a", "b", "c", "a.b", "a.[3].a", "c.a.b", "b.[1]") }
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
