package contest

import (
	"context"
	"database/sql/driver"
	"sync/atomic"

	"github.com/mattn/go-sqlite3"
)

// counted is the SQLite driver with a counter of executed statements.
type counted struct {
	dsn string
	n   *atomic.Int64
}

// Connect implements driver.Connector.
func (c *counted) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return &countedConn{conn.(*sqlite3.SQLiteConn), c.n}, nil
}

// Driver implements driver.Connector.
func (c *counted) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

type countedConn struct {
	*sqlite3.SQLiteConn
	n *atomic.Int64
}

// ExecContext implements driver.ExecerContext.
func (c *countedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.n.Add(1)
	return c.SQLiteConn.ExecContext(ctx, text, args)
}

// QueryContext implements driver.QueryerContext.
func (c *countedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.n.Add(1)
	return c.SQLiteConn.QueryContext(ctx, text, args)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *countedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	s, err := c.SQLiteConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &countedStmt{s.(*sqlite3.SQLiteStmt), c.n}, nil
}

type countedStmt struct {
	*sqlite3.SQLiteStmt
	n *atomic.Int64
}

// ExecContext implements driver.StmtExecContext.
func (s *countedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.n.Add(1)
	return s.SQLiteStmt.ExecContext(ctx, args)
}

// QueryContext implements driver.StmtQueryContext.
func (s *countedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.n.Add(1)
	return s.SQLiteStmt.QueryContext(ctx, args)
}
