package entities_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/weft/internal/entities"
)

// hostile are names that databases allow and Go, tags or comments do not.
var hostile = []string{
	"type", "Entities", "naming", "String", "order", "a b", "a-b", "a_b", "1st", "id ", " x", "a`b", `a"b`, "a'b", "a,b", "a=b", "a|b", "a:b",
	"a\\b", "a\nb", "*/", "//", "${x}", "日本", "ß", "é", "_", "__", "func", "nil", "true", "error", "test", "linux", "x_test", "_id", "select", "a;b",
}

// TestHostileNames makes tables and columns of these names, and takes them round.
func TestHostileNames(t *testing.T) {
	notInStep(t)
	if testing.Short() {
		t.Skip("needs the go command")
	}
	quote := func(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
	var script strings.Builder
	script.WriteString("create table wide (id integer not null primary key")
	for _, name := range hostile {
		if name != "id " {
			script.WriteString(", " + quote(name) + " text")
		}
	}
	script.WriteString(");\n")
	for i, name := range hostile {
		if name == "a'b" {
			continue // schema.Diff cannot ask SQLite about such a table
		}
		script.WriteString("create table " + quote(name) + " (id integer not null primary key, up integer references " + quote(hostile[i/2]) + ", w integer references wide);\n")
	}
	connector, _, _ := openSQLite(t, filepath.Join(t.TempDir(), "hostile.db"), script.String())
	engine, err := connector.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	db, err := entities.Inspect(t.Context(), engine, entities.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := newModule(t)
	if t.Run("quote", func(t *testing.T) {
		connector, _, _ := openSQLite(t, filepath.Join(t.TempDir(), "quote.db"), `create table "a'b" (id integer primary key, "c'd" text)`)
		engine, err := connector.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer engine.Close()
		if db, err := entities.Inspect(t.Context(), engine, entities.Options{}); err != nil || len(db.Tables[0].Columns) != 2 {
			t.Errorf("a table with a quote in its name: %v", err)
		}
	}); t.Failed() {
		return
	}
	for _, style := range []string{"tags", "define"} {
		for _, ids := range []bool{style == "define"} {
			pkg := "hostile_" + style
			if ids {
				pkg += "_ids"
			}
			result, err := entities.Generate(db, entities.Options{Style: style, Package: pkg, ScalarIDs: ids}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range result.Files {
				m.write(t, pkg+"/"+f.Name, f.Source)
			}
			if plan := m.compare(t, pkg, result.Naming, connector, engine); strings.Contains(plan.String(), "ADD COLUMN") || strings.Contains(plan.String(), "DROP COLUMN") {
				t.Errorf("%s: columns differ: %s", pkg, plan)
			}
		}
	}
	m.run(t, "go", "vet", "./...")
}
