package migrate

import (
	"context"
	stdsql "database/sql"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3/database"

	"github.com/weft-orm/weft/driver"
)

// A dialect is what differs between the engines.
type dialect struct {
	goose database.Dialect
	// transactional: DDL can be rolled back.
	transactional bool
	// immediate: there is no lock with a name; the transaction of each step is the lock.
	immediate bool
	// numbered: placeholders are $1, $2.
	numbered bool
	// lock and unlock take a lock that goes with the connection.
	lock, unlock string
	// exists asks whether a table is there.
	exists string
}

var mysql = &dialect{
	goose:  database.DialectMySQL,
	lock:   mysqlLock,
	unlock: mysqlUnlock,
	exists: "select count(*) from information_schema.tables where table_schema = database() and table_name = ?",
}

var dialects = map[string]*dialect{
	"sqlite": {
		goose: database.DialectSQLite3, transactional: true, immediate: true,
		exists: "select count(*) from sqlite_master where type = 'table' and name = ?",
	},
	"postgres": {
		goose: database.DialectPostgres, transactional: true, numbered: true,
		lock:   postgresLock,
		unlock: postgresUnlock,
		exists: "select count(*) from information_schema.tables where table_schema = current_schema() and table_name = $1",
	},
	"mysql": mysql, "mariadb": mysql,
}

// open finds the dialect and the handle of an engine.
func open(engine driver.Engine) (*dialect, *stdsql.DB, error) {
	name := engine.Caps().Name
	d := dialects[name]
	handle, ok := driver.EngineAs[driver.SQLHandle](engine)
	if d == nil || !ok {
		return nil, nil, &Error{Class: ErrEngine, Names: []string{name}}
	}
	return d, handle.DB(), nil
}

// place writes the placeholders of a statement for the engine.
func (d *dialect) place(query string) string {
	if !d.numbered {
		return query
	}
	var b strings.Builder
	n := 0
	for _, r := range query {
		if r == '?' {
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// tableExists asks the catalogue, so that no failed query ends a transaction.
func (d *dialect) tableExists(ctx context.Context, db database.DBTxConn, name string) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, d.exists, name).Scan(&n)
	return n > 0, err
}
