package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/weft-orm/weft/driver"
)

// attempts is how often a statement is tried on another connection when the first
// turns out to be dead before anything was sent.
const attempts = 3

// session implements driver.Session, driver.Savepoints, driver.Pipeliner,
// driver.TextExecer and driver.TextQueryer.
type session struct {
	engine *engine
	opts   driver.SessionOptions
	gate   driver.Gate
	conn   *pgxpool.Conn // of the transaction, nil before its first statement
	// pending are BEGIN and savepoint statements that travel with the next statement.
	pending []control
	open    *rows // the result that reads from conn, or nil
	ended   bool
	params  []any
}

// acquire returns the connection for the next statement and what to do after it:
// nothing in a transaction, which keeps its connection until the end.
func (s *session) acquire(ctx context.Context) (*pgxpool.Conn, func(), error) {
	if s.ended {
		return nil, nil, refused("the session has ended")
	}
	if err := s.gate.Check(); err != nil {
		return nil, nil, err
	}
	if s.conn != nil {
		s.quiesce()
		return s.conn, func() {}, nil
	}
	s.engine.waiting.Add(1)
	conn, err := s.engine.pool.Acquire(ctx)
	s.engine.waiting.Add(-1)
	if err != nil {
		return nil, nil, failure(ctx, nil, err, "")
	}
	if !s.opts.Transaction {
		return conn, conn.Release, nil
	}
	s.conn = conn
	return conn, func() {}, nil
}

// quiesce frees the connection of an unread result.
func (s *session) quiesce() {
	if s.open != nil {
		s.open.buffer()
		s.open = nil
	}
}

// failed classifies an error of a statement that was sent and remembers it.
func (s *session) failed(ctx context.Context, c *pgxpool.Conn, err error, text string) *driver.Error {
	e := failure(ctx, c, err, text)
	if !s.opts.Transaction {
		return e
	}
	s.gate.Fail(e)
	if len(s.pending) > 0 {
		// What was pending did not arrive: the transaction is in no state that a savepoint names.
		s.gate.Doom(e)
	}
	return e
}

// retry reports whether a statement may be tried again on another connection,
// because the one it had was dead, and lets go of that. A read outside of a
// transaction can be repeated, and so can what begins a transaction: without a
// COMMIT it had no effect. So can a statement outside of a transaction that was
// refused because its plan is older than its table. pending is what was pending before
// the attempt.
func (s *session) retry(ctx context.Context, c *pgxpool.Conn, err error, again repetition) bool {
	old := stale(err)
	if old {
		s.engine.pool.Reset() // the statements of its other connections are as old
	}
	if again.attempt == attempts || ctx.Err() != nil || !old && !c.Conn().IsClosed() || unfit(err) {
		return false
	}
	begins := len(again.pending) > 0 && again.pending[0].text == begin(s.opts)
	if !begins && !again.read && !old && !pgconn.SafeToRetry(err) || s.opts.Transaction && !begins {
		return false
	}
	if again.attempt > 1 {
		s.engine.pool.Reset() // the others are likely to be dead as well
	}
	s.pending = append(s.pending[:0], again.pending...)
	if s.conn != nil {
		s.conn.Release()
		s.conn = nil
	}
	return true
}

// control is a statement that begins a transaction or moves within it.
type control struct {
	text string
	args []any
}

// repetition is what decides whether a statement may be tried again.
type repetition struct {
	attempt int
	pending []control
	read    bool
}

// flush sends what is pending on its own.
func (s *session) flush(ctx context.Context, c *pgxpool.Conn) error {
	if len(s.pending) == 0 {
		return nil
	}
	return s.send(ctx, c, &pgx.Batch{}).Close()
}

// send sends the pending statements and the batch in one round trip. The caller
// closes the results.
func (s *session) send(ctx context.Context, c *pgxpool.Conn, b *pgx.Batch) *results {
	controls := &pgx.Batch{}
	for _, c := range s.pending {
		controls.Queue(c.text, c.args...)
	}
	n := len(s.pending)
	controls.QueuedQueries = append(controls.QueuedQueries, b.QueuedQueries...)
	r := &results{BatchResults: c.SendBatch(ctx, controls)}
	for range n {
		if _, err := r.Exec(); err != nil {
			r.err = err
			break
		}
		s.pending = s.pending[1:]
	}
	return r
}

// results are those of a batch, after the pending statements.
type results struct {
	pgx.BatchResults
	err error // of a pending statement
}

// Close implements pgx.BatchResults.
func (r *results) Close() error {
	err := r.BatchResults.Close()
	if r.err != nil {
		return r.err
	}
	return err
}

// End implements driver.Session.
func (s *session) End(ctx context.Context, commit bool) error {
	if s.ended {
		return nil
	}
	s.ended = true
	var refusal error
	if commit {
		refusal = s.gate.Check()
	}
	if s.conn == nil {
		return refusal
	}
	s.quiesce()
	defer s.conn.Release()
	ctx = context.WithoutCancel(ctx)
	if s.conn.Conn().PgConn().TxStatus() == 'I' {
		return refusal // nothing has begun
	}
	if refusal != nil || !commit {
		s.rollback(ctx)
		return refusal
	}
	if s.conn.Conn().IsClosed() {
		return connectError(ctx, errors.New("connection lost before the commit"))
	}
	tag, err := s.conn.Exec(ctx, "commit", pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return s.commitFailure(ctx, err)
	}
	if tag.String() == "ROLLBACK" {
		return (&driver.Error{Class: driver.ErrDoomed, Engine: caps.Name}).At("commit", -1, -1)
	}
	return nil
}

// commitFailure tells a refused COMMIT from one whose answer was lost.
func (s *session) commitFailure(ctx context.Context, err error) error {
	e := failure(ctx, s.conn, err, "commit")
	if native, ok := errors.AsType[*pgconn.PgError](err); ok && native.Severity == "ERROR" {
		s.rollback(ctx)
		return e
	}
	e.Class = driver.ErrCommitUnknown
	return e
}

// rollback ends the transaction; the pool closes a connection on which that fails.
func (s *session) rollback(ctx context.Context) {
	if c := s.conn.Conn(); !c.IsClosed() && c.PgConn().TxStatus() != 'I' {
		_, _ = s.conn.Exec(ctx, "rollback", pgx.QueryExecModeSimpleProtocol)
	}
}

// Save implements driver.Savepoints. It is sent with the next statement.
func (s *session) Save(_ context.Context, name string) error {
	return s.control(savepoint(name))
}

// Release implements driver.Savepoints. It is sent with the next statement.
func (s *session) Release(_ context.Context, name string) error {
	if n := len(s.pending); n > 0 && s.pending[n-1].text == savepoint(name) {
		s.pending = s.pending[:n-1] // nothing came between
		return nil
	}
	return s.control("release " + savepoint(name))
}

func (s *session) control(text string) error {
	if !s.opts.Transaction || s.ended {
		return refused("savepoints need a transaction that goes on")
	}
	if err := s.gate.Check(); err != nil {
		return err
	}
	s.pending = append(s.pending, control{text: text})
	return nil
}

// RollbackTo implements driver.Savepoints.
func (s *session) RollbackTo(ctx context.Context, name string) error {
	if err := s.gate.CheckRestore(); err != nil {
		return err
	}
	s.gate.Restored()
	for i, c := range s.pending {
		if c.text == savepoint(name) {
			s.pending = s.pending[:i+1] // it was never sent, nor was anything after it
			return nil
		}
	}
	c, _, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	text := "rollback to " + savepoint(name)
	if _, err := c.Exec(ctx, text, pgx.QueryExecModeSimpleProtocol); err != nil {
		return s.failed(ctx, c, err, text)
	}
	s.pending = s.pending[:0]
	return nil
}

func savepoint(name string) string { return "savepoint " + pgx.Identifier{name}.Sanitize() }

func refused(format string, args ...any) error {
	e := &driver.Error{Class: driver.ErrUnsupported, Engine: caps.Name, Err: fmt.Errorf(format, args...)}
	return e.At("", -1, -1)
}
