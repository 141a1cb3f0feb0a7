package purego

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"github.com/weft-orm/weft/driver/sqlite/internal/lite"
)

// conn is a connection, for one goroutine at a time.
type conn struct{ native *sqlite3.Conn }

// during runs what the end of a context interrupts.
func (c *conn) during(ctx context.Context, run func() error) error {
	before := c.native.SetInterrupt(ctx)
	err := run()
	c.native.SetInterrupt(before)
	return ended(ctx, err)
}

// Close implements driver.Conn. Statements that are still there, because rows were left open, go with it.
func (c *conn) Close() error {
	for _, s := range slices.Collect(c.native.Stmts()) {
		_ = s.Close() // it repeats what the statement failed at
	}
	return c.native.Close()
}

// AutoCommit implements lite.Conn.
func (c *conn) AutoCommit() bool { return c.native.GetAutocommit() }

// Register implements lite.Conn.
func (c *conn) Register(f *lite.Functions) error {
	const flags = sqlite3.DETERMINISTIC | sqlite3.INNOCUOUS
	err := c.native.CreateFunction(lite.RegexpName, 2, flags, func(ctx sqlite3.Context, arg ...sqlite3.Value) {
		found, err := f.Regexp(arg[0].Text(), valueOf(arg[1]))
		answer(ctx, found, err)
	})
	if err != nil {
		return fmt.Errorf("function %s: %w", lite.RegexpName, err)
	}
	err = c.native.CreateFunction(lite.LowerName, 1, flags, func(ctx sqlite3.Context, arg ...sqlite3.Value) {
		answer(ctx, f.Lower(valueOf(arg[0])), nil)
	})
	if err != nil {
		return fmt.Errorf("function %s: %w", lite.LowerName, err)
	}
	return nil
}

func valueOf(v sqlite3.Value) any {
	switch v.Type() {
	case sqlite3.TEXT:
		return v.Text()
	case sqlite3.BLOB:
		return v.Blob([]byte{})
	case sqlite3.INTEGER:
		return v.Int64()
	case sqlite3.FLOAT:
		return v.Float()
	}
	return nil
}

func answer(ctx sqlite3.Context, v any, err error) {
	switch v := v.(type) {
	case bool:
		ctx.ResultBool(v)
	case string:
		ctx.ResultText(v)
	default:
		ctx.ResultNull()
	}
	if err != nil {
		ctx.ResultError(err)
	}
}

// Begin implements driver.Conn.
func (c *conn) Begin() (sqldriver.Tx, error) {
	return c.BeginTx(context.Background(), sqldriver.TxOptions{})
}

// BeginTx implements driver.ConnBeginTx.
func (c *conn) BeginTx(ctx context.Context, _ sqldriver.TxOptions) (sqldriver.Tx, error) {
	if err := c.during(ctx, func() error { return c.native.Exec("BEGIN") }); err != nil {
		return nil, err
	}
	return tx{c.native}, nil
}

type tx struct{ native *sqlite3.Conn }

// Commit implements driver.Tx.
func (t tx) Commit() error { return t.native.Exec("COMMIT") }

// Rollback implements driver.Tx.
func (t tx) Rollback() error { return t.native.Exec("ROLLBACK") }

// Prepare implements driver.Conn.
func (c *conn) Prepare(text string) (sqldriver.Stmt, error) {
	return c.PrepareContext(context.Background(), text)
}

// PrepareContext implements driver.ConnPrepareContext, for a text of one statement.
func (c *conn) PrepareContext(ctx context.Context, text string) (sqldriver.Stmt, error) {
	s, tail, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	if tail != "" {
		return nil, errors.Join(errors.New("sqlite: more than one statement cannot be prepared"), s.Close())
	}
	return s, nil
}

// prepare prepares the first statement of a text, and returns the rest. A text without a
// statement makes one that does nothing.
func (c *conn) prepare(ctx context.Context, text string) (s *stmt, tail string, err error) {
	s = &stmt{conn: c}
	err = c.during(ctx, func() (err error) {
		s.native, tail, err = c.native.Prepare(text)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return s, strings.TrimSpace(tail), nil
}

// ExecContext implements driver.ExecerContext: of several statements in a text each takes the
// parameters it has.
func (c *conn) ExecContext(ctx context.Context, text string, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	for {
		s, tail, err := c.prepare(ctx, text)
		if err != nil {
			return nil, err
		}
		own, rest, err := s.takes(args)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		result, err := s.ExecContext(ctx, own)
		if closed := s.Close(); err == nil {
			err = closed
		}
		if err != nil || tail == "" {
			return result, err
		}
		text, args = tail, rest
	}
}

// QueryContext implements driver.QueryerContext: of several statements the rows are those of the last.
func (c *conn) QueryContext(ctx context.Context, text string, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	for {
		s, tail, err := c.prepare(ctx, text)
		if err != nil {
			return nil, err
		}
		own, rest, err := s.takes(args)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		if tail == "" {
			r, err := s.query(ctx, own)
			if err != nil {
				return nil, errors.Join(err, s.Close())
			}
			r.last = true
			return r, nil
		}
		_, err = s.ExecContext(ctx, own)
		if closed := s.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return nil, err
		}
		text, args = tail, rest
	}
}
