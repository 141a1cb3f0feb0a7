package conditions_test

import (
	"bytes"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"pgregory.net/rapid"
)

// TestTreeMeansTheCondition compares the normal form with the plain reading of
// the map, on random data.
func TestTreeMeansTheCondition(t *testing.T) {
	reg := registry(t)
	rapid.Check(t, func(t *rapid.T) {
		w := world(t, reg)
		name := rapid.SampledFrom([]string{"Author", "Book", "Tag", "Publisher", "Profile"}).Draw(t, "entity")
		cond := drawCondition(t, reg, name, 3)
		tree, args, err := conditions.Compile(conditions.Env{Registry: reg, Entity: reg.Entity(name)}, cond, 0)
		if err != nil {
			t.Fatalf("%v: %v", cond, err)
		}
		ev := conditions.Evaluator{Args: args}
		for _, row := range w[name] {
			got, err := ev.Matches(tree.Root, row)
			if err != nil {
				t.Fatal(err)
			}
			if want := holds(row, cond) == yes; got != want {
				t.Fatalf("%s\n%v\n%s %v\ngot %v, want %v", describe(w, name, row), cond, tree, args, got, want)
			}
		}
	})
}

// TestShapeIsStable reads the same condition many times, its maps built in
// different order.
func TestShapeIsStable(t *testing.T) {
	reg := registry(t)
	rapid.Check(t, func(t *rapid.T) {
		cond := drawCondition(t, reg, "Author", 3)
		var first conditions.Reading
		if err := conditions.Read(&first, cond); err != nil {
			t.Fatal(err)
		}
		for range 50 {
			var again conditions.Reading
			if err := conditions.Read(&again, rebuilt(cond)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(first.Shape, again.Shape) {
				t.Fatalf("shapes differ:\n%q\n%q", first.Shape, again.Shape)
			}
		}
	})
}

// rebuilt returns a copy of a condition with maps of their own.
func rebuilt(v any) any {
	switch v := v.(type) {
	case M:
		m := M{}
		for k, inner := range v {
			m[k] = rebuilt(inner)
		}
		return m
	case []any:
		list := L{}
		for _, inner := range v {
			list = append(list, rebuilt(inner))
		}
		return list
	}
	return v
}
