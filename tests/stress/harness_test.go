package stress_test

import (
	"errors"
	"flag"
	"path/filepath"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

var (
	stressFor  = flag.Duration("stress.for", 2*time.Second, "how long goroutines contend on each engine")
	stressRows = flag.Int("stress.rows", 5000, "how many rows one unit of work writes and reads")
)

// connections is the size of the pools: fewer than there are goroutines, so that
// some of them wait for a connection.
const connections = 32

// engines are those under load. A missing server skips the test.
var engines = []struct {
	name string
	// goroutines contend; SQLite has one writer at a time, so that more of them only wait.
	goroutines int
	open       func(t *testing.T) driver.Connector
}{
	{"sqlite", 8, func(t *testing.T) driver.Connector {
		return sqlite.File(filepath.Join(t.TempDir(), "stress.db"))
	}},
	{"postgres", 64, func(t *testing.T) driver.Connector {
		return postgres.URL(testdb.Postgres(t), postgres.MaxConns(connections))
	}},
	{"mysql", 64, func(t *testing.T) driver.Connector {
		return mysql.DSN(testdb.MySQL(t), mysql.MaxConns(connections))
	}},
}

// open returns a database with the tables of some entities, closed when the test ends.
func open(t *testing.T, c driver.Connector, entities ...any) *orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), c, orm.Entities(entities...))
	ok(t, err)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := schema.Create(t.Context(), db); !errors.Is(err, schema.ErrNoSchema) {
		ok(t, err)
	}
	return db
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
