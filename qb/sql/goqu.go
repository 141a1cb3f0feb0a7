package sql

import (
	"github.com/doug-martin/goqu/v9"
	mysqlgoqu "github.com/doug-martin/goqu/v9/dialect/mysql"
	postgresgoqu "github.com/doug-martin/goqu/v9/dialect/postgres"
	sqlitegoqu "github.com/doug-martin/goqu/v9/dialect/sqlite3"
)

// Printers are registered here and nowhere else: goqu reads its dialect map
// without a lock, so that registering later would be a race.
func init() {
	register := func(d *Dialect, o *goqu.SQLDialectOptions) {
		name := "weft-" + d.name
		goqu.RegisterDialect(name, o)
		d.printer = goqu.Dialect(name)
		d.selects = d.printer.From().Prepared(true)
	}
	register(&sqlite, sqliteOptions())
	register(&postgres, postgresgoqu.DialectOptions())
	register(&mysql, mysqlOptions(true))
	register(&mariadb, mysqlOptions(false))
}

// sqliteOptions switch on what SQLite has and goqu does not know, and off what
// would leak into the text.
func sqliteOptions() *goqu.SQLDialectOptions {
	o := sqlitegoqu.DialectOptions()
	o.QuoteRune = '"'
	o.SupportsReturn = true
	o.SupportsWindowFunction = true
	o.SupportsMultipleUpdateTables = true
	o.SupportsConflictUpdateWhere = true
	o.SupportsInsertIgnoreSyntax = false
	o.SupportsOrderByOnUpdate, o.SupportsLimitOnUpdate = false, false
	o.SupportsOrderByOnDelete, o.SupportsLimitOnDelete = false, false
	o.DefaultValuesFragment = []byte(" DEFAULT VALUES")
	o.ForUpdateFragment, o.ForNoKeyUpdateFragment = nil, nil
	o.ForShareFragment, o.ForKeyShareFragment = nil, nil
	o.SkipLockedFragment = nil
	return o
}

// mysqlOptions are those of MySQL 8, or of MariaDB.
func mysqlOptions(mysql8 bool) *goqu.SQLDialectOptions {
	o := mysqlgoqu.DialectOptions()
	o.SupportsWithCTE, o.SupportsWithCTERecursive = true, true
	o.SupportsWindowFunction = true
	o.SupportsInsertIgnoreSyntax = false
	o.SupportsDeleteTableHint = false
	o.SupportsOrderByOnUpdate, o.SupportsLimitOnUpdate = false, false
	o.SupportsOrderByOnDelete, o.SupportsLimitOnDelete = false, false
	o.DefaultValuesFragment = []byte(" () VALUES ()")
	o.SupportsLateral = mysql8
	if !mysql8 {
		o.SupportsReturn = true
		o.ForShareFragment = []byte(" LOCK IN SHARE MODE ")
		o.OfFragment = nil
	}
	return o
}
