package mapper_test

import (
	"testing"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

type shareLine struct{ Product string }

type shareOrder struct {
	ID       int64
	Name     string
	Label    string `orm:",length=10"`
	Note     *string
	Open     []shareLine
	Returned []shareLine
}

// TestSharedTypes: fields of one Go type that nothing is said about share their
// value type; a document describes the inside of its own property.
func TestSharedTypes(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, shareOrder{})
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entity("shareOrder")
	name, label, note := e.Property("name"), e.Property("label"), e.Property("note")
	if name.Type != note.Type || name.Nullable || !note.Nullable {
		t.Errorf("name is %+v, note is %+v", name.Type, note.Type)
	}
	if name.Type == label.Type || name.Type.Length != 0 || label.Type.Length != 10 {
		t.Errorf("name is %+v, label is %+v", name.Type, label.Type)
	}
	for _, document := range []string{"open", "returned"} {
		if got, want := e.Property(document).Type.Shape[0].Path, document+".Product"; got != want {
			t.Errorf("the path is %s, want %s", got, want)
		}
	}
	x := shareOrder{}
	for _, p := range []*mapper.Property{name, note} {
		if err := p.Access.Store(unsafe.Pointer(&x), p.Name); err != nil {
			t.Fatal(err)
		}
	}
	if x.Name != "name" || x.Note == nil || *x.Note != "note" || x.Label != "" {
		t.Errorf("%+v", x)
	}
}

// TestBuildAllocations keeps the metadata of a field that nothing is said about within a few allocations.
func TestBuildAllocations(t *testing.T) {
	type twenty struct {
		ID                            int64
		A, B, C, D, E, F, G, H, I, J  string
		K, L, M, N, O, P, Q, R, S, T2 int
	}
	type one struct{ ID int64 }
	build := func(entity any) float64 {
		return testing.AllocsPerRun(10, func() {
			if _, err := mapper.Build(mapper.Options{}, entity); err != nil {
				t.Fatal(err)
			}
		})
	}
	const budget = 12 // for a field at an offset that no other entity has a field of that type at
	if perField := (build(twenty{}) - build(one{})) / 20; perField > budget {
		t.Errorf("%.1f allocations for each field, the budget is %d", perField, budget)
	} else {
		t.Logf("%.1f allocations for each field", perField)
	}
}
