package behaviour_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/replica"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// TestOpenRefusesWhatIsMissing gives Open what is empty, nil or no database: an error
// each time, never a panic and never a database that nobody meant.
func TestOpenRefusesWhatIsMissing(t *testing.T) {
	type Thing struct{ ID int64 }
	folder := t.TempDir()
	corrupt, short := filepath.Join(folder, "corrupt.db"), filepath.Join(folder, "short.db")
	ok(t, os.WriteFile(corrupt, make([]byte, 8192), 0o600))
	ok(t, os.WriteFile(short, []byte("SQLite format 3\x00 but no more"), 0o600))
	things := orm.Entities(Thing{})
	tests := []struct {
		name      string
		connector driver.Connector
		opts      []orm.Option
		class     error
		text      string // "" where the engine words it
	}{
		{"nil connector", nil, []orm.Option{things}, orm.ErrInvalidOption, "orm: open: invalid option: the connector is nil; sqlite.File and its kin make one"},
		{"no entities", memory.New(), nil, orm.ErrInvalidOption, "orm: open: invalid option: there are no entities; name them by orm.Entities"},
		{"nil registry", memory.New(), []orm.Option{orm.Registry(nil)}, orm.ErrInvalidOption, "orm: open: invalid option: there are no entities; name them by orm.Entities"},
		{"nil option", memory.New(), []orm.Option{things, nil}, orm.ErrInvalidOption, "orm: open: invalid option: one of the options is nil"},
		{"nil entity", memory.New(), []orm.Option{orm.Entities(nil)}, mapper.ErrMapping, ""},
		{"typed nil entity", memory.New(), []orm.Option{orm.Entities((*Thing)(nil), 5)}, mapper.ErrMapping, ""},
		{"nil primary", replica.New(nil, nil, replica.Options{}), []orm.Option{things}, driver.ErrConnection, "replica: connection failed: the primary has no connector"},
		{"nil replica", replica.New(sqlite.Memory(), []driver.Connector{nil}, replica.Options{}), []orm.Option{things}, driver.ErrConnection, "replica: connection failed: replica 1 has no connector"},
		{"empty path", sqlite.File(""), []orm.Option{things}, driver.ErrConnection, "sqlite: connection failed: the path of the file is empty; sqlite.Memory is a database in memory"},
		{"empty uri", sqlite.File("file:?cache=shared"), []orm.Option{things}, driver.ErrConnection, "sqlite: connection failed: the path of the file is empty; sqlite.Memory is a database in memory"},
		{"empty attached path", sqlite.Memory(sqlite.Attach("other", "")), []orm.Option{things}, driver.ErrConnection, ""},
		{"missing folder", sqlite.File(filepath.Join(folder, "none", "x.db")), []orm.Option{things}, driver.ErrConnection, ""},
		{"a folder", sqlite.File(folder), []orm.Option{things}, driver.ErrConnection, ""},
		{"zeros", sqlite.File(corrupt), []orm.Option{things}, driver.ErrConnection, ""},
		{"cut short", sqlite.File(short), []orm.Option{things}, driver.ErrConnection, ""},
		{"empty dsn", mysql.DSN(""), []orm.Option{things}, driver.ErrConnection, "mysql: connection failed: the DSN is empty"},
		{"no database", mongo.URI("mongodb://127.0.0.1:1", ""), []orm.Option{things}, driver.ErrConnection,
			"mongo: connection failed: the database has no name; it is the second argument of mongo.URI"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), tt.connector, tt.opts...)
			if err == nil {
				_ = db.Close()
			}
			if !errors.Is(err, tt.class) || tt.text != "" && err.Error() != tt.text {
				t.Errorf("got %v\nwant %v %s", err, tt.class, tt.text)
			}
		})
	}
}

// TestPing asks every engine for a sign of life, and one that is gone for none.
func TestPing(t *testing.T) {
	type Thing struct{ ID int64 }
	engines(t, []any{Thing{}}, func(t *testing.T, e engine) {
		ok(t, e.db.Ping(t.Context()))
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := e.db.Ping(ended); !errors.Is(err, orm.ErrCanceled) {
			t.Errorf("with an ended context: %v", err)
		}
		replicated, err := orm.Open(t.Context(), replica.New(again{e.db.Engine()}, nil, replica.Options{}), orm.Entities(Thing{}))
		ok(t, err)
		ok(t, replicated.Ping(t.Context()))
	})
}
