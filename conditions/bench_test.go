package conditions_test

import (
	"testing"

	"github.com/weft-orm/weft/conditions"
)

// sixConditions is a condition of ordinary size: two relations, six terms.
func sixConditions() M {
	return M{
		"name:like": "a%", "age >=": 18, "active": true,
		"books": M{"pages": M{"$gt": 100}, "tags.name": "sci"}, "favourite.title": "x",
	}
}

// readAllocations and parseAllocations are the budgets of the hit and the miss of a statement cache.
const (
	readAllocations  = 0
	bindAllocations  = 0
	parseAllocations = 56
)

func BenchmarkRead(b *testing.B) {
	cond := sixConditions()
	var rd conditions.Reading
	b.ReportAllocs()
	for b.Loop() {
		rd.Reset()
		if err := conditions.Read(&rd, cond); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBind(b *testing.B) {
	tree, rd := parsed(b)
	dst := make([]any, 0, 16)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tree.Bind(dst, rd.Values); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	_, rd := parsed(b)
	e := env(b, "Author")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conditions.Parse(e, rd.Shape, 0); err != nil {
			b.Fatal(err)
		}
	}
}

func parsed(t testing.TB) (*conditions.Tree, *conditions.Reading) {
	t.Helper()
	var rd conditions.Reading
	if err := conditions.Read(&rd, sixConditions()); err != nil {
		t.Fatal(err)
	}
	tree, err := conditions.Parse(env(t, "Author"), rd.Shape, 0)
	if err != nil {
		t.Fatal(err)
	}
	return tree, &rd
}

func TestAllocations(t *testing.T) {
	cond := sixConditions()
	tree, rd := parsed(t)
	e := env(t, "Author")
	var again conditions.Reading
	dst := make([]any, 0, 16)
	for _, step := range []struct {
		name   string
		budget float64
		run    func() error
	}{
		{"Read", readAllocations, func() error { again.Reset(); return conditions.Read(&again, cond) }},
		{"Bind", bindAllocations, func() error { _, err := tree.Bind(dst, rd.Values); return err }},
		{"Parse", parseAllocations, func() error { _, err := conditions.Parse(e, rd.Shape, 0); return err }},
	} {
		got := testing.AllocsPerRun(100, func() {
			if err := step.run(); err != nil {
				t.Fatal(err)
			}
		})
		if got > step.budget {
			t.Errorf("%s allocates %v times, its budget is %v", step.name, got, step.budget)
		}
	}
}
