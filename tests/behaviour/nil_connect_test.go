package behaviour_test

import (
	"context"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/replica"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/open"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/ormtest"
	qbsql "github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/schema"
)

// TestUnusableConnectors are told by errors when they connect.
func TestUnusableConnectors(t *testing.T) {
	for name, c := range map[string]func() driver.Connector{
		"sqlite empty":           func() driver.Connector { return sqlite.File("") },
		"sqlite memory URI":      func() driver.Connector { return sqlite.File("file::memory:") },
		"sqlite memory URI mode": func() driver.Connector { return sqlite.File("file:x?mode=memory") },
		"sqlite shared memory":   func() driver.Connector { return sqlite.File("file::memory:?cache=shared") },
		"sqlite NUL":             func() driver.Connector { return sqlite.File("a\x00b") },
		"sqlite URI NUL":         func() driver.Connector { return sqlite.File("file:a\x00b") },
		"sqlite folder":          func() driver.Connector { return sqlite.File(t.TempDir()) },
		"sqlite no folder":       func() driver.Connector { return sqlite.File(t.TempDir() + "/none/a.db") },
		"sqlite attach NUL":      func() driver.Connector { return sqlite.File(t.TempDir()+"/a.db", sqlite.Attach("x", "a\x00")) },
		"sqlite attach name":     func() driver.Connector { return sqlite.File(t.TempDir()+"/a.db", sqlite.Attach("x\x00", "a")) },
		"sqlite attach unnamed":  func() driver.Connector { return sqlite.File(t.TempDir()+"/a.db", sqlite.Attach("", "a")) },
		"sqlite pragma":          func() driver.Connector { return sqlite.Memory(sqlite.Pragma("", "")) },
		"sqlite pragma NUL":      func() driver.Connector { return sqlite.Memory(sqlite.Pragma("x\x00", "1")) },
		"sqlite nil option":      func() driver.Connector { return sqlite.Memory(nil) },
		"postgres empty":         func() driver.Connector { return postgres.URL("") },
		"postgres blank":         func() driver.Connector { return postgres.URL(" ") },
		"postgres rubbish":       func() driver.Connector { return postgres.URL("postgres://%zz") },
		"postgres NUL":           func() driver.Connector { return postgres.URL("postgres://a\x00b@127.0.0.1/x") },
		"postgres port":          func() driver.Connector { return postgres.URL("postgres://127.0.0.1:99999/x") },
		"postgres nil option":    func() driver.Connector { return postgres.URL("postgres://127.0.0.1/x", nil) },
		"postgres nil configure": func() driver.Connector { return postgres.URL("postgres://127.0.0.1/x", postgres.Configure(nil)) },
		"mysql empty":            func() driver.Connector { return mysql.DSN("") },
		"mysql blank":            func() driver.Connector { return mysql.DSN(" ") },
		"mysql rubbish":          func() driver.Connector { return mysql.DSN("root@tcp(") },
		"mysql NUL":              func() driver.Connector { return mysql.DSN("root@tcp(127.0.0.1:3306)/a\x00b") },
		"mysql nil option":       func() driver.Connector { return mysql.DSN("root@tcp(127.0.0.1:3306)/x", nil) },
		"mysql nil configure":    func() driver.Connector { return mysql.DSN("root@tcp(127.0.0.1:3306)/x", mysql.Configure(nil)) },
		"mongo empty":            func() driver.Connector { return mongo.URI("", "") },
		"mongo no database":      func() driver.Connector { return mongo.URI("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100", "") },
		"mongo rubbish":          func() driver.Connector { return mongo.URI("postgres://x", "x") },
		"mongo database": func() driver.Connector {
			return mongo.URI("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100", "a.b\x00")
		},
		"mongo nil option": func() driver.Connector {
			return mongo.URI("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100", "x", nil)
		},
		"mongo nil configure": func() driver.Connector {
			return mongo.URI("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100", "x", mongo.Configure(nil))
		},
		"mongo nil preference": func() driver.Connector {
			return mongo.URI("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100", "x", mongo.ReadPreference(nil), mongo.ReadConcern(nil), mongo.WriteConcern(nil))
		},
		"replica nil primary": func() driver.Connector { return replica.New(nil, nil, replica.Options{}) },
		"replica nil replica": func() driver.Connector { return replica.New(memory.New(), []driver.Connector{nil}, replica.Options{}) },
		"replica named nil":   func() driver.Connector { return replica.New(replica.Named("x", nil), nil, replica.Options{}) },
		"recorder of nil":     func() driver.Connector { return ormtest.NewRecorder(nil) },
		"nil recorder":        func() driver.Connector { return (*ormtest.Recorder)(nil) },
		"open empty":          func() driver.Connector { return open.URL("") },
		"open unknown":        func() driver.Connector { return open.URL("oracle://x") },
		"open sqlite memory":  func() driver.Connector { return open.URL("sqlite:file::memory:") },
		"open NUL":            func() driver.Connector { return open.URL("sqlite:a\x00b") },
		"nil connector":       func() driver.Connector { return nil },
	} {
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
		err := unpanicked(t, name, func() error {
			db, err := orm.Open(ctx, c(), orm.Entities(Sale{}))
			if err == nil {
				err = nil
				_ = db.Close()
			}
			return err
		})
		if err == nil || ctx.Err() != nil {
			t.Errorf("%s: %v", name, err)
		}
		stop()
		t.Log(name, "->", err)
	}
}

// TestNilSchema hands nil to what makes tables.
func TestNilSchema(t *testing.T) {
	ctx := t.Context()
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(Sale{}))
	ok(t, err)
	defer db.Close()
	for name, call := range map[string]func() error{
		"Create nil":         func() error { return schema.Create(ctx, nil) },
		"Create nil db":      func() error { return schema.Create(ctx, (*orm.DB)(nil)) },
		"Ensure nil":         func() error { return schema.Ensure(ctx, nil) },
		"Update nil":         func() error { return schema.Update(ctx, nil) },
		"Drop nil":           func() error { return schema.Drop(ctx, nil) },
		"Clear nil":          func() error { return schema.Clear(ctx, nil) },
		"Diff nil":           func() error { _, err := schema.Diff(ctx, nil); return err },
		"Apply nil":          func() error { return schema.Apply(ctx, nil, &schema.Plan{}) },
		"Apply nil plan":     func() error { return schema.Apply(ctx, db, nil) },
		"Inspect nil":        func() error { _, err := schema.Inspect(ctx, nil); return err },
		"Rehearse nil":       func() error { _, err := schema.Rehearse(ctx, nil); return err },
		"Refresh nil":        func() error { return schema.RefreshViews(ctx, nil) },
		"CreateDatabase nil": func() error { return schema.CreateDatabase(ctx, nil, "x") },
		"DropDatabase nil":   func() error { return schema.DropDatabase(ctx, nil, "x") },
		"IndexedColumns nil": func() error { _, err := schema.IndexedColumns(ctx, nil); return err },
		"Unindexed nil":      func() error { _, err := schema.UnindexedForeignKeys(ctx, nil); return err },
		"Create nil option":  func() error { return schema.Create(ctx, db, nil) },
		"SQL nil registry":   func() error { _, err := schema.SQL(nil, qbsql.SQLite()); return err },
		"SQL nil dialect":    func() error { _, err := schema.SQL(db.Registry(), nil); return err },
		"Desired nil":        func() error { _, err := schema.Desired(nil, nil); return err },
		"TakeSnapshot nil":   func() error { _, err := schema.TakeSnapshot(nil, nil); return err },
		"Between nil":        func() error { _, err := schema.Between(nil, nil); return err },
		"LoadObjects nil":    func() error { _, err := schema.LoadObjects(nil, "sqlite"); return err },
		"migrate.New nil":    func() error { _, err := migrate.New(nil, nil); return err },
		"migrate.New no set": func() error { _, err := migrate.New(db, nil); return err },
		"migrate.Up nil":     func() error { return migrate.Up(ctx, db, nil) },
		"migrate.Up no db":   func() error { return migrate.Up(ctx, nil, nil) },
		"migrate.Load nil":   func() error { _, err := migrate.Load(nil); return err },
		"migrate.Plan nil":   func() error { _, err := migrate.Plan(ctx, nil, nil, "x", time.Time{}); return err },
	} {
		if err := unpanicked(t, name, call); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			t.Log(name, "->", err)
		}
	}
}
