package testengine

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

// Engine is a way to get a new, empty database.
type Engine struct {
	// Name names the sub-test.
	Name string
	// Connector makes the database; a missing server skips the test.
	Connector func(t testing.TB) driver.Connector
	// Server says that each statement is a round trip to another process.
	Server bool
}

// All returns the engines, SQLite first.
func All() []Engine {
	return []Engine{
		{"sqlite", func(testing.TB) driver.Connector { return sqlite.Memory() }, false},
		{"postgres", func(t testing.TB) driver.Connector { return postgres.URL(testdb.Postgres(t)) }, true},
		{"mysql", func(t testing.TB) driver.Connector { return mysql.DSN(testdb.MySQL(t)) }, true},
		{"mongo", func(t testing.TB) driver.Connector { return mongo.URI(testdb.Mongo(t)) }, true},
		{"memory", func(testing.TB) driver.Connector { return memory.New() }, false},
	}
}

// Open opens a database with the tables of the entities in opts, closed when the test ends.
func (e Engine) Open(t testing.TB, opts ...orm.Option) *orm.DB {
	t.Helper()
	db, refused := e.Try(t, opts...)
	if refused != nil {
		t.Fatal(refused)
	}
	return db
}

// Try is Open for entities that the engine may refuse to make tables of: the error
// is a driver.ErrUnsupported.
func (e Engine) Try(t testing.TB, opts ...orm.Option) (_ *orm.DB, refused error) {
	t.Helper()
	db, err := orm.Open(t.Context(), e.Connector(t), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	err = create(t.Context(), db)
	if err != nil && !errors.Is(err, driver.ErrUnsupported) {
		t.Fatal(err)
	}
	return db, err
}

func create(ctx context.Context, db *orm.DB) error {
	err := schema.Create(ctx, db)
	if errors.Is(err, schema.ErrNoSchema) {
		return nil // the tables are made from the metadata when the engine opens
	}
	return err
}
