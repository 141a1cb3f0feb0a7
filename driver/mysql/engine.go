package mysql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"strings"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb"
	weftsql "github.com/weft-orm/weft/qb/sql"
)

var mysqlCaps = driver.Caps{
	Name:         "mysql",
	Transactions: true,
	Savepoints:   true,
	ForeignKeys:  true,
	JoinsToMany:  true,
	FewRoots:     128,
	Checks:       true,
	ReturnsRows:  true,
	// RETURNING beside ON DUPLICATE KEY UPDATE, for INSERT IGNORE hides other errors.
	ReturnsIgnored: true,
	RowLocks:       true,
	// Seen on MariaDB (error 1451); nothing is lost where a server is kinder.
	OwnReferences: true,
	LockOptions:   true,
	Language:      &driver.Language{Backslash: true, HashComments: true, DashesNeedSpace: true},
	Isolations:    []driver.Isolation{driver.ReadUncommitted, driver.ReadCommitted, driver.RepeatableRead, driver.Serializable},
	Limits:        mapper.Limits{Name: naming.MaxMySQL, Digits: 65, TimePrecision: 6, Years: mapper.Years{Last: 9999}, Marks: "`"},
}

var mariaDBCaps = func() driver.Caps {
	c := mysqlCaps
	c.Name = "mariadb"
	return c
}()

// engine implements driver.Engine, driver.SQLHandle and driver.Pooled.
type engine struct {
	db      *sql.DB
	pool    *sqlexec.Pool
	dialect *weftsql.Dialect
	caps    *driver.Caps
	profile *sqlexec.Profile
}

// packetHeader is what a packet holds beside the value of a parameter that travels in
// one of its own: the command, the statement, the number of the parameter.
const packetHeader = 16

func newEngine(db *sql.DB, f *facts) *engine {
	e := &engine{db: db, pool: sqlexec.NewPool(db), dialect: weftsql.MySQL(), caps: &mysqlCaps}
	if f.mariaDB {
		e.dialect, e.caps = weftsql.MariaDB(), &mariaDBCaps
	}
	e.dialect = e.dialect.WithCollations(f.collations)
	e.profile = &sqlexec.Profile{
		Caps: e.caps,
		Acquire: func(ctx context.Context, _ sqlexec.Use) (*sqlexec.Lease, error) {
			return e.pool.Acquire(ctx)
		},
		Begin:    begin,
		Classify: classify,
		Dialect:  e.dialect,
		Commits:  commits,
		IsText:   isText,
		Inline:   true,
		// Half of the packet leaves room for what escaping adds to the estimate.
		MaxBytes: f.maxPacket / 2,
		MaxValue: f.maxPacket - packetHeader,
	}
	return e
}

func begin(opts driver.SessionOptions) []string {
	start := "START TRANSACTION"
	if opts.ReadOnly {
		start += " READ ONLY"
	}
	if opts.Isolation == driver.DefaultIsolation {
		return []string{start}
	}
	return []string{"SET TRANSACTION ISOLATION LEVEL " + strings.ToUpper(string(opts.Isolation)), start}
}

// Compile implements driver.Engine.
func (e *engine) Compile(q qb.Query) (driver.Program, error) {
	p, err := sqlexec.Compile(e.dialect, q)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Session implements driver.Engine.
func (e *engine) Session(_ context.Context, opts driver.SessionOptions) (driver.Session, error) {
	s, err := sqlexec.NewSession(e.profile, opts)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Caps implements driver.Engine.
func (e *engine) Caps() *driver.Caps { return e.caps }

// DB implements driver.SQLHandle, on the same pool.
func (e *engine) DB() *sql.DB { return e.db }

// Classify implements driver.Classifier.
func (e *engine) Classify(err error) error {
	if err == nil {
		return nil
	}
	x := classify(err)
	x.Engine, x.Err = e.Caps().Name, err
	return x.At("", -1, -1)
}

// PoolStats implements driver.Pooled.
func (e *engine) PoolStats() []driver.PoolStats {
	return []driver.PoolStats{e.pool.PoolStats("")}
}

// Ping implements driver.Pinger.
func (e *engine) Ping(ctx context.Context) error {
	if err := e.db.PingContext(ctx); err != nil {
		return connectError(ctx, err)
	}
	return nil
}

// Close implements driver.Engine.
func (e *engine) Close() error { return e.db.Close() }

// isText reports a column of text: the Go driver gives it as bytes, as it does binary data.
func isText(rows sqldriver.Rows, column int) bool {
	typed, ok := rows.(sqldriver.RowsColumnTypeDatabaseTypeName)
	if !ok {
		return false
	}
	switch typed.ColumnTypeDatabaseTypeName(column) {
	case "CHAR", "VARCHAR", "TEXT", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT", "ENUM", "SET", "JSON", "DECIMAL", "TIME", "DATE", "DATETIME", "TIMESTAMP", "YEAR":
		return true
	}
	return false
}
