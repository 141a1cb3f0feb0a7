package schema

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"sync"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/schema"
)

// mariadb is Atlas's driver for MariaDB without a server. Atlas's own offline planner and
// differ are for MySQL only; the dialect follows from the version a server reports, so
// this one is opened on a connection that answers just that question.
var mariadb = sync.OnceValues(func() (migrate.Driver, error) {
	db := stdsql.OpenDB(offline{})
	defer db.Close()
	return mysql.Open(db)
})

func mariadbPlanner() (migrate.PlanApplier, error) { return mariadb() }
func mariadbDiffer() (schema.Differ, error)        { return mariadb() }

// unconnected is an Atlas driver that only compares and plans.
type unconnected struct {
	migrate.Driver // nil: a database is asked nothing
	differ         schema.Differ
	planner        migrate.PlanApplier
}

// SchemaDiff implements Atlas's schema.Differ.
func (u *unconnected) SchemaDiff(from, to *schema.Schema, opts ...schema.DiffOption) ([]schema.Change, error) {
	return u.differ.SchemaDiff(from, to, opts...)
}

// PlanChanges implements Atlas's migrate.PlanApplier.
func (u *unconnected) PlanChanges(ctx context.Context, name string, changes []schema.Change, opts ...migrate.PlanOption) (*migrate.Plan, error) {
	return u.planner.PlanChanges(ctx, name, changes, opts...)
}

// disconnected makes a live database of what a snapshot keeps.
func (a *atlas) disconnected(kept *Snapshot) (*live, error) {
	planner, err := a.planner()
	if err != nil {
		return nil, fmt.Errorf("schema: %s: %w", a.sql.Name(), err)
	}
	differ, err := a.differ()
	if err != nil {
		return nil, fmt.Errorf("schema: %s: %w", a.sql.Name(), err)
	}
	return &live{atlas: a, kept: kept, Driver: &unconnected{differ: differ, planner: planner}}, nil
}

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
