package schema_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
	"github.com/weft-orm/weft/tests/model/fleet"
)

var update = flag.Bool("update", false, "rewrite golden files")

func registry(t *testing.T, entities ...any) *mapper.Registry {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, entities...)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// TestSQL prints the DDL of the test model in every dialect, one file per model.
func TestSQL(t *testing.T) {
	models := map[string][]any{"library": model.Library(), "shop": model.Shop(), "features": features(), "fleet": fleet.Entities(mapper.TablePerType)}
	for name, entities := range models {
		t.Run(name, func(t *testing.T) {
			reg := registry(t, entities...)
			var b strings.Builder
			for _, d := range sql.Dialects() {
				text, err := schema.SQL(reg, d)
				if err != nil {
					text = "error: " + err.Error() + "\n"
				}
				b.WriteString("-- " + d.Name() + "\n" + text + "\n")
			}
			golden(t, name+".sql", b.String())
		})
	}
}

// TestSQLIsStable compiles the same model many times.
func TestSQLIsStable(t *testing.T) {
	reg := registry(t, model.All()...)
	for _, d := range sql.Dialects() {
		first, err := schema.SQL(reg, d)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			again, err := schema.SQL(registry(t, model.All()...), d)
			if err != nil {
				t.Fatal(err)
			}
			if again != first {
				t.Fatalf("%s: the text changed between two runs", d.Name())
			}
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (refresh with -update):\n%s", path, got)
	}
}
