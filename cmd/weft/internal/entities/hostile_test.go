package entities_test

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/weft/internal/entities"
)

// hostile are names that databases allow and Go, tags or comments do not.
var hostile = []string{
	"type", "Entities", "naming", "String", "order", "a b", "a-b", "a_b", "1st", "id ", " x", "a`b", `a"b`, "a'b", "a,b", "a=b", "a|b", "a:b",
	"a\\b", "a\nb", "*/", "//", "${x}", "日本", "ß", "é", "_", "__", "func", "nil", "true", "error", "test", "linux", "x_test", "_id", "select", "a;b",
}

// TestHostileNames makes tables and columns of these names, and takes them round. What a
// mapping refuses is left out and told, and a comparison leaves it alone.
func TestHostileNames(t *testing.T) {
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
		script.WriteString("create table " + quote(name) + " (id integer not null primary key, up integer references " + quote(hostile[i/2]) + ", w integer references wide);\n")
	}
	connector, _, _ := openSQLite(t, filepath.Join(t.TempDir(), "hostile.db"), script.String())
	engine, db := inspected(t, connector)
	told := strings.Join(append(slices.Clone(db.Notes), notesOf(db, "wide")...), "\n")
	for _, name := range hostile {
		refused := strings.ContainsAny(name, "`'\\\n")
		quoted, tables, columns := strconv.Quote(name), 0, 0
		for _, t := range db.Tables {
			if t.Name == name {
				tables++
			}
			for _, c := range t.Columns {
				if t.Name == "wide" && c.Name == name {
					columns++
				}
			}
		}
		switch tableTold, columnTold := strings.Contains(told, "the table "+quoted+" is left out"), strings.Contains(told, "The column "+quoted+" is left out"); {
		case !refused && (tables != 1 || columns != 1 && name != "id " || tableTold || columnTold):
			t.Errorf("%s: %d tables, %d columns", quoted, tables, columns)
		case refused && (tables+columns > 0 || !tableTold || !columnTold):
			t.Errorf("%s cannot be quoted: %d tables, %d columns, told: %v %v", quoted, tables, columns, tableTold, columnTold)
		}
	}
	m := newModule(t)
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
			if plan, _ := m.compare(t, pkg, result.Naming, connector, engine); strings.Contains(plan.String(), "ADD COLUMN") || strings.Contains(plan.String(), "DROP COLUMN") {
				t.Errorf("%s: columns differ: %s", pkg, plan)
			}
		}
	}
	m.run(t, "go", "vet", "./...")
}

func notesOf(db *entities.Database, table string) []string {
	for _, t := range db.Tables {
		if t.Name == table {
			return t.Notes
		}
	}
	return nil
}
