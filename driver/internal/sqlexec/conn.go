package sqlexec

import (
	"context"
	"database/sql/driver"
	"errors"
)

// Conn is a connection that keeps its prepared statements. Below database/sql it
// behaves like the connection it wraps; sessions use it directly.
type Conn struct {
	// Driver is the wrapped connection.
	Driver driver.Conn
	stmts  stmtCache
	broken bool
}

// The optional interfaces of a connection that both wrapped drivers have.
var (
	_ driver.QueryerContext     = (*Conn)(nil)
	_ driver.ExecerContext      = (*Conn)(nil)
	_ driver.ConnPrepareContext = (*Conn)(nil)
	_ driver.ConnBeginTx        = (*Conn)(nil)
	_ driver.SessionResetter    = (*Conn)(nil)
	_ driver.Validator          = (*Conn)(nil)
	_ driver.Pinger             = (*Conn)(nil)
	_ driver.NamedValueChecker  = (*Conn)(nil)
)

// Connector wraps the connections of another connector.
type Connector struct {
	driver.Connector
	// Statements is the number of prepared statements a connection keeps.
	Statements int
	// Setup prepares a fresh connection; nil does nothing.
	Setup func(ctx context.Context, c driver.Conn) error
}

// Connect opens and wraps a connection.
func (c *Connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if c.Setup != nil {
		if err := c.Setup(ctx, inner); err != nil {
			return nil, errors.Join(err, inner.Close())
		}
	}
	return &Conn{Driver: inner, stmts: stmtCache{limit: c.Statements}}, nil
}

// Break marks the connection as unusable: the pool will close it.
func (c *Conn) Break() { c.broken = true }

// Close closes the statements and the connection.
func (c *Conn) Close() error {
	c.stmts.clear()
	return c.Driver.Close()
}

// Prepare implements driver.Conn.
func (c *Conn) Prepare(query string) (driver.Stmt, error) { return c.Driver.Prepare(query) }

// PrepareContext implements driver.ConnPrepareContext.
func (c *Conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if p, ok := c.Driver.(driver.ConnPrepareContext); ok {
		return p.PrepareContext(ctx, query)
	}
	return c.Driver.Prepare(query)
}

// Begin implements driver.Conn, for callers without a context.
func (c *Conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx implements driver.ConnBeginTx.
func (c *Conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	b, ok := c.Driver.(driver.ConnBeginTx)
	if !ok {
		return nil, driver.ErrSkip
	}
	return b.BeginTx(ctx, opts)
}

// QueryContext implements driver.QueryerContext.
func (c *Conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	q, ok := c.Driver.(driver.QueryerContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	return q.QueryContext(ctx, query, args)
}

// ExecContext implements driver.ExecerContext.
func (c *Conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	e, ok := c.Driver.(driver.ExecerContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	return e.ExecContext(ctx, query, args)
}

// Ping implements driver.Pinger.
func (c *Conn) Ping(ctx context.Context) error {
	if p, ok := c.Driver.(driver.Pinger); ok {
		return p.Ping(ctx)
	}
	return nil
}

// ResetSession implements driver.SessionResetter.
func (c *Conn) ResetSession(ctx context.Context) error {
	if r, ok := c.Driver.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// IsValid implements driver.Validator.
func (c *Conn) IsValid() bool {
	if c.broken {
		return false
	}
	if v, ok := c.Driver.(driver.Validator); ok {
		return v.IsValid()
	}
	return true
}

// CheckNamedValue implements driver.NamedValueChecker.
func (c *Conn) CheckNamedValue(v *driver.NamedValue) error {
	if k, ok := c.Driver.(driver.NamedValueChecker); ok {
		return k.CheckNamedValue(v)
	}
	return driver.ErrSkip
}
