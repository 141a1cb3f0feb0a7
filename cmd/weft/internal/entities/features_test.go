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
	{"sqlite", func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string) {
		return openSQLite(t, filepath.Join(t.TempDir(), "features.db"), read(t, dir, "sqlite.sql"))
	}},
	{"postgres", func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string) {
		return openPostgres(t, read(t, dir, "postgres.sql"))
	}},
	{"mariadb", func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string) {
		return openMySQL(t, read(t, dir, "mariadb.sql"))
	}},
}

// TestFeatures compares what is written for one of everything with golden files, and reads the rows through it.
func TestFeatures(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles programs")
	}
	b := newBatch(t)
	for _, s := range features {
		t.Run(s.name, func(t *testing.T) {
			b.generate(t, s, "testdata/features", "features/"+s.name+"_left.txt", func(style string, r *entities.Result) {
				golden.Check(t, "features/"+s.name+"_"+style+".txt", sources(r))
			})
		})
	}
	b.read(func(t *testing.T, p *program, printed string) {
		golden.Check(t, "features/"+p.sample+"_read.txt", printed)
	})
}

// sources are the generated files, one after the other.
func sources(r *entities.Result) string {
	var all strings.Builder
	for _, f := range r.Files {
		all.WriteString("-- " + f.Name + " --\n")
		all.Write(f.Source)
	}
	return all.String()
}
