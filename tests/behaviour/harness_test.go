package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// engine is a fresh database with the tables of some entities.
type engine struct {
	db   *orm.DB
	caps *driver.Caps
}

// connectors open a new, empty database each; a missing server skips the test.
var connectors = []struct {
	name string
	open func(t *testing.T) driver.Connector
}{
	{"sqlite", func(*testing.T) driver.Connector { return sqlite.Memory() }},
	{"postgres", func(t *testing.T) driver.Connector { return postgres.URL(testdb.Postgres(t)) }},
	{"mysql", func(t *testing.T) driver.Connector { return mysql.DSN(testdb.MySQL(t)) }},
	{"mongo", func(t *testing.T) driver.Connector { return mongo.URI(testdb.Mongo(t)) }},
	{"memory", func(*testing.T) driver.Connector { return memory.New() }},
}

// engines runs fn in a sub-test for each engine there is, on a database of its own.
func engines(t *testing.T, entities []any, fn func(t *testing.T, e engine)) {
	t.Helper()
	for _, c := range connectors {
		t.Run(c.name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), c.open(t), orm.Entities(entities...))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			ok(t, create(t.Context(), db))
			fn(t, engine{db, db.Engine().Caps()})
		})
	}
}

func create(ctx context.Context, db *orm.DB) error {
	if s, own := db.Engine().(driver.SchemaEnsurer); own {
		return s.EnsureSchema(ctx, db.Registry(), "")
	}
	err := schema.Create(ctx, db)
	if errors.Is(err, schema.ErrNoSchema) {
		return nil // the tables are made from the metadata when the engine opens
	}
	return err
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// idle flushes and reports statements that an unchanged unit sent.
func idle(t *testing.T, em *orm.EntityManager) {
	t.Helper()
	ctx, stats := orm.WithStats(t.Context())
	ok(t, em.Flush(ctx))
	if n := stats.Statements(); n != 0 {
		t.Errorf("a flush without changes sent %d statements", n)
	}
}
