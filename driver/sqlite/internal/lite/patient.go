package lite

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
)

// slice is how long SQLite itself waits for a lock. It hears no context while it waits, so
// that the whole of the time is made of such slices, between which the context is looked at.
const slice = 10 * time.Millisecond

// patient is a connection that waits for locks as long as it may, and no longer than the context
// of the statement.
type patient struct {
	Conn
	binding Binding
	busy    time.Duration
}

// slice returns how long SQLite waits by itself.
func (c *patient) slice() time.Duration { return min(slice, c.busy) }

// outside reports that no transaction is open.
func (c *patient) outside() bool { return c.Conn == nil || c.AutoCommit() }

// again repeats a statement that met a lock, which the first attempt found at begun and told by err.
// SQLite has done nothing then, unless it has ended the transaction.
func again[T any](ctx context.Context, c *patient, begun time.Time, err error, run func() (T, error)) (T, error) {
	var result T
	outside := c.outside()
	for tried := begun; c.isBusy(err); {
		if cause := driver.Ended(sqlexec.Outer(ctx)); cause != nil {
			return result, cause
		}
		// Inside a transaction that has read SQLite does not wait at all: both sides would wait for each other.
		waited := time.Since(tried) >= c.slice()/2
		if time.Since(begun) >= c.busy || !outside && !waited || c.outside() != outside {
			break
		}
		if !waited {
			rest(ctx)
		}
		tried = time.Now()
		result, err = run()
	}
	return result, err
}

// rest lets a moment pass where SQLite gave up at once.
func rest(ctx context.Context) {
	timer := time.NewTimer(2 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-sqlexec.Outer(ctx).Done():
	case <-timer.C:
	}
}

// isBusy reports that another connection holds a lock, which it will give up.
func (c *patient) isBusy(err error) bool {
	if err == nil {
		return false
	}
	code, _, ok := c.binding.Failure(err)
	return ok && code.primary() == codeBusy && code != codeBusySnapshot
}

// ExecContext implements driver.ExecerContext.
func (c *patient) ExecContext(ctx context.Context, text string, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	run := func() (sqldriver.Result, error) { return c.Conn.ExecContext(ctx, text, args) }
	if !single(text) {
		return whole(c, run)
	}
	begun := time.Now()
	result, err := run()
	if !c.isBusy(err) {
		return result, err
	}
	return again(ctx, c, begun, err, run)
}

// QueryContext implements driver.QueryerContext. The first step of a query, at which it can
// meet a lock, is taken here.
func (c *patient) QueryContext(ctx context.Context, text string, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	run := func() (sqldriver.Rows, error) { return c.Conn.QueryContext(ctx, text, args) }
	if !single(text) {
		return whole(c, run)
	}
	begun := time.Now()
	rows, err := run()
	if !c.isBusy(err) {
		return rows, err
	}
	return again(ctx, c, begun, err, run)
}

// whole lets SQLite wait as long as it may: of several statements in one text the first ones
// must not be repeated.
func whole[T any](c *patient, run func() (T, error)) (T, error) {
	if _, err := c.Conn.ExecContext(context.Background(), busyTimeout(c.busy), nil); err != nil {
		var none T
		return none, err
	}
	result, err := run()
	_, failed := c.Conn.ExecContext(context.Background(), busyTimeout(c.slice()), nil)
	return result, errors.Join(err, failed)
}

func busyTimeout(d time.Duration) string {
	return fmt.Sprintf("PRAGMA busy_timeout = %d", d.Milliseconds())
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *patient) PrepareContext(ctx context.Context, text string) (sqldriver.Stmt, error) {
	run := func() (sqldriver.Stmt, error) { return c.Conn.PrepareContext(ctx, text) }
	begun := time.Now()
	prepared, err := run()
	if c.isBusy(err) {
		prepared, err = again(ctx, c, begun, err, run)
	}
	if err != nil {
		return nil, err
	}
	return &patientStmt{prepared.(Stmt), c}, nil
}

// Prepare implements driver.Conn.
func (c *patient) Prepare(text string) (sqldriver.Stmt, error) {
	return c.PrepareContext(context.Background(), text)
}

// BeginTx implements driver.ConnBeginTx.
func (c *patient) BeginTx(ctx context.Context, opts sqldriver.TxOptions) (sqldriver.Tx, error) {
	tx, err := c.Conn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &patientTx{tx, c}, nil
}

// patientTx is a transaction whose commit waits.
type patientTx struct {
	sqldriver.Tx
	conn *patient
}

// Commit implements driver.Tx. For database/sql the transaction is over whatever comes of it.
func (t *patientTx) Commit() error {
	_, err := t.conn.ExecContext(context.Background(), "COMMIT", nil)
	if err != nil && !t.conn.AutoCommit() {
		return errors.Join(err, t.Rollback())
	}
	return err
}

// patientStmt is a prepared statement that waits.
type patientStmt struct {
	Stmt
	conn *patient
}

// ExecContext implements driver.StmtExecContext.
func (s *patientStmt) ExecContext(ctx context.Context, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	begun := time.Now()
	result, err := s.Stmt.ExecContext(ctx, args)
	if !s.conn.isBusy(err) {
		return result, err
	}
	return again(ctx, s.conn, begun, err, func() (sqldriver.Result, error) { return s.Stmt.ExecContext(ctx, args) })
}

// RunContext runs the statement as a query, whose parameters the Go driver hands over at
// once, while it crosses into C for each of an Exec.
func (s *patientStmt) RunContext(ctx context.Context, args []sqldriver.NamedValue) error {
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return err
	}
	return rows.Close()
}

// QueryContext implements driver.StmtQueryContext.
func (s *patientStmt) QueryContext(ctx context.Context, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	begun := time.Now()
	rows, err := s.Stmt.QueryContext(ctx, args)
	if !s.conn.isBusy(err) {
		return rows, err
	}
	return again(ctx, s.conn, begun, err, func() (sqldriver.Rows, error) { return s.Stmt.QueryContext(ctx, args) })
}

var trigger = regexp.MustCompile(`(?i)^\s*create\s+(temp\s+|temporary\s+)?trigger\s`)

// single reports a text of one statement. A trigger holds others.
func single(text string) bool {
	at := strings.IndexByte(text, ';')
	if at < 0 || strings.TrimSpace(text[at+1:]) == "" {
		return true
	}
	if trigger.MatchString(text) {
		return true
	}
	for i := 0; i < len(text); {
		switch rest := text[i:]; {
		case text[i] == ';':
			return strings.TrimSpace(rest[1:]) == ""
		case strings.IndexByte("'\"`", text[i]) >= 0:
			i += closing(rest[1:], rest[:1]) + 1
		case text[i] == '[':
			i += closing(rest, "]")
		case strings.HasPrefix(rest, "--"):
			i += closing(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			i += closing(rest[2:], "*/") + 2
		default:
			i++
		}
	}
	return true
}

// closing is the number of bytes up to and with the end of a quotation or comment.
func closing(text, end string) int {
	if at := strings.Index(text, end); at >= 0 {
		return at + len(end)
	}
	return len(text)
}
