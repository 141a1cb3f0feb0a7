package stress_test

import (
	"context"
	"errors"
	"flag"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/goleak"

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
		return postgres.URL(testdb.Postgres(t), postgres.MaxConns(connections), postgres.Configure(impatient))
	}},
	{"mysql", 64, func(t *testing.T) driver.Connector {
		return mysql.DSN(testdb.MySQL(t), mysql.MaxConns(connections))
	}},
}

// impatient makes the server look for deadlocks at once instead of after a second,
// where the account may ask for that.
func impatient(c *pgxpool.Config) {
	c.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, _ = conn.Exec(ctx, "set deadlock_timeout = '20ms'")
		return nil
	}
}

// open returns a database with the tables of some entities, closed when the test
// ends. No goroutine may be left then.
func open(t *testing.T, c driver.Connector, entities ...any) *orm.DB {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
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

// idle expects all connections to be back in their pools, shortly.
func idle(t *testing.T, db *orm.DB) {
	t.Helper()
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(time.Millisecond) {
		used := 0
		for _, p := range db.PoolStats() {
			used += p.InUse
		}
		if used == 0 {
			return
		}
		if time.Now().After(end) {
			t.Errorf("connections are still in use: %+v", db.PoolStats())
			return
		}
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
