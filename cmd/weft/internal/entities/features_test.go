package entities_test

import (
	stdsql "database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/weft/internal/entities"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/golden"
)

// features are schemas with one of everything.
var features = []sample{
	{"sqlite", func(t *testing.T, dir string) (driver.Connector, *stdsql.DB, string) {
		return openSQLite(t, filepath.Join(t.TempDir(), "features.db"), read(t, dir, "sqlite.sql"))
	}},
	{"postgres", func(t *testing.T, dir string) (driver.Connector, *stdsql.DB, string) {
		return openPostgres(t, read(t, dir, "postgres.sql"))
	}},
	{"mariadb", func(t *testing.T, dir string) (driver.Connector, *stdsql.DB, string) {
		return openMySQL(t, read(t, dir, "mariadb.sql"))
	}},
}

// TestFeatures compares what is written for one of everything with golden files, and reads the rows through it.
func TestFeatures(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles programs")
	}
	m := newModule(t)
	for _, s := range features {
		t.Run(s.name, func(t *testing.T) {
			connector, hand, address := s.open(t, "testdata/features")
			engine, err := connector.Connect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer engine.Close()
			db, err := entities.Inspect(t.Context(), engine, entities.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var plans, names []string
			for _, style := range []string{"tags", "define"} {
				opts := entities.Options{Style: style, Package: s.name + "_" + style}
				result, err := entities.Generate(db, opts, nil)
				if err != nil {
					t.Fatal(err)
				}
				var all strings.Builder
				for _, f := range result.Files {
					m.write(t, opts.Package+"/"+f.Name, f.Source)
					all.WriteString("-- " + f.Name + " --\n")
					all.Write(f.Source)
				}
				golden.Check(t, "features/"+s.name+"_"+style+".txt", all.String())
				plan := m.compare(t, opts.Package, result.Naming, connector, engine)
				plans = append(plans, plan.String())
				if style == "tags" {
					golden.Check(t, "features/"+s.name+"_left.txt", told(t, db, result, plan))
				}
				names = result.Entities
			}
			if plans[0] != plans[1] {
				t.Errorf("plain structs differ otherwise from the database than tagged ones:\n%s\n%s", plans[0], plans[1])
			}
			p := &program{s.name, address, names, hand}
			m.write(t, s.name+"_read/main.go", p.source())
			printed := m.run(t, "go", "run", "./"+s.name+"_read")
			golden.Check(t, "features/"+s.name+"_read.txt", printed)
		})
	}
}
