package gotypes_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes"
	"github.com/weft-orm/weft/mapper/gotypes/testdata/defined"
	"github.com/weft-orm/weft/mapper/gotypes/testdata/imported"
	"github.com/weft-orm/weft/mapper/gotypes/testdata/kinds"
	"github.com/weft-orm/weft/mapper/gotypes/testdata/several"
	"github.com/weft-orm/weft/tests/model"
)

// TestSameRegistry compares what both type sources make of the same structs.
func TestSameRegistry(t *testing.T) {
	for _, c := range []struct {
		dir      string
		entities []any
	}{
		{"../../tests/model", model.All()},
		{"testdata/defined", defined.Mappings},
		{"testdata/several", several.Mappings},
		{"testdata/kinds", []any{kinds.Thing{}, kinds.Dear{}}},
	} {
		want, err := mapper.Build(mapper.Options{}, c.entities...)
		if err != nil {
			t.Fatal(err)
		}
		got, report, err := gotypes.Load(t.Context(), c.dir, gotypes.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Dump() != want.Dump() {
			t.Errorf("%s: from source:\n%s\nby reflection:\n%s", c.dir, got.Dump(), want.Dump())
		}
		if report.Origin != gotypes.FromKeys || len(report.Unknown) != 0 {
			t.Errorf("%s: origin %d, unknown %v", c.dir, report.Origin, report.Unknown)
		}
	}
}

// TestImported reads a function that lists entities of other packages too, whose mappings
// are made by calls with constants.
func TestImported(t *testing.T) {
	want, err := mapper.Build(mapper.Options{}, imported.Entities()...)
	if err != nil {
		t.Fatal(err)
	}
	got, report, err := gotypes.Load(t.Context(), "testdata/imported", gotypes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Dump() != want.Dump() {
		t.Errorf("from source:\n%s\nby reflection:\n%s", got.Dump(), want.Dump())
	}
	if report.Origin != gotypes.FromFunction || len(report.Unknown) != 0 {
		t.Errorf("origin %d, unknown %v", report.Origin, report.Unknown)
	}
	var tables []string
	for _, e := range got.Entities() {
		tables = append(tables, e.Table.Name)
	}
	if text := strings.Join(tables, " "); text != "things my_outbox audit_entries the notes" {
		t.Errorf("tables %s", text)
	}
	// What a function sets otherwise is not taken for what it was given.
	if _, report, err = gotypes.Load(t.Context(), "testdata/imported", gotypes.Options{Entities: []string{"Letter"}}); err != nil {
		t.Fatal(err)
	}
	if len(report.Unknown) != 2 || !strings.Contains(report.Unknown[1].Message, "argument of Table") {
		t.Errorf("unknown %v", report.Unknown)
	}
}

// TestUnknown lists what cannot be read from source, with its position.
func TestUnknown(t *testing.T) {
	reg, report, err := gotypes.Load(t.Context(), "testdata/unclear", gotypes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range report.Unknown {
		got = append(got, u.String())
	}
	want := []string{
		"model.go:17:10: this argument of Table is known only at run time; the call was left out",
		"model.go:18:2: this statement inside Define is known only at run time; it was left out",
		"model.go:21:2: this call inside Define is known only at run time; it was left out",
		"model.go:22:2: this statement inside Define is known only at run time; it was left out",
		"model.go:25:18: this selector computes the field; the call was left out",
		"model.go:31:68: this argument of Length is known only at run time; the call was left out",
		"model.go:32:62: the condition of this filter is known only at run time; it is taken to say nothing",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	note := reg.Entity("Note")
	if !note.Property("title").Unique || len(note.Filters) != 1 {
		t.Error("what is written plainly beside it was lost")
	}
}

// TestOrigins finds entities in each of the three ways.
func TestOrigins(t *testing.T) {
	for _, c := range []struct {
		dir    string
		names  []string
		origin gotypes.Origin
		want   string
	}{
		{"testdata/listed", nil, gotypes.FromCalls, "[Tag Desk Drawer Author Profile Book Publisher Tag2]"},
		{"../../tests/model", []string{"Book"}, gotypes.FromNames, "[Author Profile Book Tag Publisher]"},
		{"../../tests/model", []string{"Animal"}, gotypes.FromNames, "[Customer Product Order OrderLine Shipment Animal Dog Cat]"},
	} {
		reg, report, err := gotypes.Load(t.Context(), c.dir, gotypes.Options{Entities: c.names})
		if err != nil {
			t.Error(err)
			continue
		}
		if got := fmt.Sprint(reg.Entities()); got != c.want || report.Origin != c.origin {
			t.Errorf("%s %v: got %s (origin %d), want %s (origin %d)", c.dir, c.names, got, report.Origin, c.want, c.origin)
		}
	}
}

func TestPositions(t *testing.T) {
	reg, report, err := gotypes.Load(t.Context(), "testdata/defined", gotypes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	desk := reg.Entity("Desk")
	for property, want := range map[*mapper.Property]string{
		desk.Property("number"):            "model.go:12:2",
		desk.Property("label"):             "model.go:21:2",
		desk.Property("where").Sub("town"): "model.go:16:20",
	} {
		at, ok := report.Property(property)
		if !ok || at.String() != want {
			t.Errorf("%s: got %s, want %s", property, at, want)
		}
	}
	if at, ok := report.Entity(desk); !ok || at.String() != "model.go:19:6" {
		t.Errorf("Desk: got %s", at)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		dir   string
		names []string
		class error
		text  string
	}{
		{"testdata/nowhere", nil, gotypes.ErrPackage, "gotypes: cannot read package in testdata/nowhere"},
		{"../../naming", nil, gotypes.ErrNoEntities, "gotypes: no entities found in ../../naming\n\t" +
			"entities are the arguments of orm.Entities(...), else structs with a field ID, the option pk, or that are read-only"},
		{"../../tests/model", []string{"Autor"}, gotypes.ErrUnknownEntity,
			"gotypes: unknown entity Autor in ../../tests/model\n\tdid you mean Author?"},
	} {
		_, _, err := gotypes.Load(t.Context(), c.dir, gotypes.Options{Entities: c.names})
		if !errors.Is(err, c.class) || !strings.HasPrefix(fmt.Sprint(err), c.text) {
			t.Errorf("%s: got %v, want %s", c.dir, err, c.text)
		}
	}
}
