package schema_test

import (
	"database/sql"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
)

// servers are the databases the tests run on; sqlite is the first.
var servers = []server{
	{"sqlite", func(testing.TB) driver.Connector { return sqlite.Memory() }},
	{"postgres", func(t testing.TB) driver.Connector { return postgres.URL(testdb.Postgres(t)) }},
	{"mysql", func(t testing.TB) driver.Connector { return mysql.DSN(testdb.MySQL(t)) }},
}

type server struct {
	name      string
	connector func(testing.TB) driver.Connector
}

// open connects to an empty database of its own.
func (s server) open(t *testing.T) driver.Engine {
	t.Helper()
	engine, err := s.connector(t).Connect(t.Context())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	return engine
}

func handle(engine driver.Engine) *sql.DB { return engine.(driver.SQLHandle).DB() }
