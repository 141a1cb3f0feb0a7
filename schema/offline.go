package schema

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"io"
	"sync"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
)

// mariadbPlanner plans for MariaDB without a server. Atlas's own offline planner
// is for MySQL only; the dialect follows from the version a server reports, so
// this one is opened on a connection that answers just that question.
var mariadbPlanner = sync.OnceValues(func() (migrate.PlanApplier, error) {
	db := stdsql.OpenDB(offline{})
	defer db.Close()
	return mysql.Open(db)
})

// An offline connection answers every query with the settings of a MariaDB server.
type offline struct{}

func (o offline) Connect(context.Context) (driver.Conn, error) { return o, nil }
func (o offline) Driver() driver.Driver                        { return o }
func (o offline) Open(string) (driver.Conn, error)             { return o, nil }
func (offline) Prepare(string) (driver.Stmt, error)            { return nil, driver.ErrBadConn }
func (offline) Begin() (driver.Tx, error)                      { return nil, driver.ErrBadConn }
func (offline) Close() error                                   { return nil }

// QueryContext implements driver.QueryerContext.
func (offline) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	return &settings{}, nil
}

// settings is a single row: version, collation, character set, and how the case of table names is kept.
type settings struct{ done bool }

func (*settings) Columns() []string { return []string{"version", "collation", "charset", "lower_case"} }
func (*settings) Close() error      { return nil }

func (s *settings) Next(dest []driver.Value) error {
	if s.done {
		return io.EOF
	}
	s.done = true
	copy(dest, []driver.Value{"10.6.0-MariaDB", "utf8mb4_general_ci", "utf8mb4", int64(0)})
	return nil
}
