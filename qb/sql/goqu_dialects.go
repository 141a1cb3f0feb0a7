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

// sqliteOptions differ from goqu's in the quotes and the limit alone. What goqu gets is
// SELECT, and UPDATE and DELETE of what a condition finds; lists of columns,
// joins and expressions are literals, and neither locks nor row-form writes get there.
func sqliteOptions() *goqu.SQLDialectOptions {
	o := sqlitegoqu.DialectOptions()
	// A limit that is a parameter as such belongs to the plan: SQLite prepares the statement
	// again for each execution. A sum is an expression like any other.
	o.LimitFragment = []byte(" LIMIT 0 + ")
	o.QuoteRune = '"'
	return o
}

// mysqlOptions are those of MySQL 8, or of MariaDB, which has another word for
// sharing a lock and no lock of single tables.
func mysqlOptions(mysql8 bool) *goqu.SQLDialectOptions {
	o := mysqlgoqu.DialectOptions()
	o.SupportsWithCTE, o.SupportsWithCTERecursive = true, true
	o.SupportsDeleteTableHint = false
	if !mysql8 {
		o.ForShareFragment = []byte(" LOCK IN SHARE MODE ")
	}
	return o
}
