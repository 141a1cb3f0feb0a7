package mysql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
	"github.com/weft-orm/weft/mapper"
)

// statements is the number of prepared statements a connection keeps.
const statements = 256

// DSN returns the connector of a server; dsn has the form of
// github.com/go-sql-driver/mysql, "user:password@tcp(host:3306)/database". What
// weft's semantics need is set whatever the DSN says.
func DSN(dsn string, opts ...Option) driver.Connector {
	return &connector{dsn: dsn, config: newConfig(opts)}
}

type connector struct {
	dsn    string
	config *config
}

// Limits implements driver.Limiter.
func (*connector) Limits() mapper.Limits { return mysqlCaps.Limits }

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Engine, error) {
	switch {
	case c.dsn == "":
		return nil, connectError(ctx, errors.New("the DSN is empty"))
	case strings.ContainsRune(c.dsn, 0):
		return nil, connectError(ctx, errors.New("the DSN holds NUL"))
	case c.config.fault != "":
		return nil, connectError(ctx, errors.New(c.config.fault))
	}
	native, err := mysql.ParseDSN(c.dsn)
	if err != nil {
		return nil, connectError(ctx, err)
	}
	settle(native)
	for _, fn := range c.config.native {
		fn(native)
	}
	listens(native)
	facts, err := inquire(ctx, native)
	if err != nil {
		return nil, connectError(ctx, err)
	}
	native.MaxAllowedPacket = facts.maxPacket
	facts.unbounded(native)
	inner, err := mysql.NewConnector(native)
	if err != nil {
		return nil, connectError(ctx, err)
	}
	db := sql.OpenDB(&sqlexec.Connector{Connector: inner, Statements: statements})
	db.SetMaxOpenConns(c.config.maxConns)
	db.SetMaxIdleConns(c.config.maxConns)
	db.SetConnMaxIdleTime(c.config.maxIdleTime)
	return newEngine(db, facts), nil
}

// settle sets what weft's semantics need.
func settle(c *mysql.Config) {
	c.ParseTime, c.Loc = true, time.UTC
	c.ClientFoundRows = true
	c.InterpolateParams = true
	c.MultiStatements = false
	c.Logger = &mysql.NopLogger{} // errors are returned
	if c.Params == nil {
		c.Params = map[string]string{}
	}
	c.Params["sql_mode"] = "concat(@@sql_mode, ',STRICT_ALL_TABLES')"
	c.Params["time_zone"] = "'+00:00'"
	c.Params["sql_auto_is_null"] = "0"
}

// facts are what the engine needs to know about a server.
type facts struct {
	mariaDB   bool
	maxPacket int
	// collations are those of text columns that do not compare by code point, by table
	// and column, as they are when the engine connects.
	collations map[[2]string]string
}

// unbounded lets recursive common table expressions go as far as there are rows, unless the DSN
// says otherwise. After 1,000 steps MySQL gives up, and MariaDB answers with the rows so far.
func (f *facts) unbounded(c *mysql.Config) {
	name := "cte_max_recursion_depth"
	if f.mariaDB {
		name = "max_recursive_iterations"
	}
	if c.Params[name] == "" {
		c.Params[name] = "4294967295"
	}
}

// inquire connects once and asks.
func inquire(ctx context.Context, native *mysql.Config) (*facts, error) {
	inner, err := mysql.NewConnector(native)
	if err != nil {
		return nil, err
	}
	conn, err := inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	f, err := ask(ctx, conn)
	if err == nil {
		f.collations, err = collations(ctx, conn)
	}
	return f, errors.Join(err, conn.Close())
}

// collations finds the text columns of the database that follow a collation of their
// own. A mapping that does not declare it would compare lists by another rule than
// single values.
func collations(ctx context.Context, conn sqldriver.Conn) (map[[2]string]string, error) {
	const text = "select table_name, column_name, collation_name from information_schema.columns where table_schema = database() " +
		"and collation_name is not null and collation_name not in ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')"
	q, ok := conn.(sqldriver.QueryerContext)
	if !ok {
		return nil, sqldriver.ErrSkip
	}
	rows, err := q.QueryContext(ctx, text, nil)
	if err != nil {
		return nil, err
	}
	found := map[[2]string]string{}
	values := make([]sqldriver.Value, 3)
	for err = rows.Next(values); err == nil; err = rows.Next(values) {
		var names [3]string
		for i := range names {
			if err := driver.Assign(&names[i], values[i]); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
		}
		found[[2]string{names[0], names[1]}] = names[2]
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return found, errors.Join(err, rows.Close())
}

func ask(ctx context.Context, conn sqldriver.Conn) (*facts, error) {
	const text = "select version(), @@max_allowed_packet"
	q, ok := conn.(sqldriver.QueryerContext)
	if !ok {
		return nil, sqldriver.ErrSkip
	}
	rows, err := q.QueryContext(ctx, text, nil)
	if err != nil {
		return nil, err
	}
	values := make([]sqldriver.Value, 2)
	if err := rows.Next(values); err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	var version string
	var maxPacket int64
	for i, dest := range []any{&version, &maxPacket} {
		if err := driver.Assign(dest, values[i]); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
	}
	f := &facts{mariaDB: strings.Contains(version, "MariaDB"), maxPacket: int(maxPacket)}
	return f, rows.Close()
}

func connectError(ctx context.Context, err error) error {
	e := classify(err)
	e.Engine, e.Err = mysqlCaps.Name, err
	e.Class = driver.ErrConnection
	if cause := driver.Ended(ctx); cause != nil {
		e.Class, e.Err = driver.ErrCanceled, fmt.Errorf("while connecting: %w", cause)
	}
	return e.At("", -1, -1)
}
