package entities_test

import (
	"testing"

	"github.com/weft-orm/weft/cmd/weft/internal/entities"
	"github.com/weft-orm/weft/schema"
)

// TestSamplesSettle takes every sample database as it is: what schema.Diff says of it can
// be applied, rows and all, and then there is nothing left to say.
func TestSamplesSettle(t *testing.T) {
	if testing.Short() {
		t.Skip("loads packages and databases")
	}
	dir, m := dataFolder(t), newModule(t)
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			connector, _, _ := s.open(t, dir)
			engine, db := inspected(t, connector)
			result, err := entities.Generate(db, entities.Options{Style: "tags", Package: s.name}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range result.Files {
				m.write(t, s.name+"/"+f.Name, f.Source)
			}
			plan, target := m.compare(t, s.name, result.Naming, connector, engine)
			if err := schema.Apply(t.Context(), target, plan); err != nil {
				t.Fatal(err)
			}
			again, err := schema.Diff(t.Context(), target)
			if err != nil || len(again.Statements) > 0 {
				t.Errorf("%v, and after Apply there is still\n%s", err, again)
			}
		})
	}
}
