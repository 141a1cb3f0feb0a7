package session

import (
	"context"
	"log/slog"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/logkey"
)

// observe wraps a session so that what it does is counted and logged.
func observe(ctx context.Context, s driver.Session, db *Database, opts driver.SessionOptions) driver.Session {
	o := &observed{Session: s, log: db.Log}
	if opts.Transaction && o.log != nil {
		o.tx, o.began = db.transactions.Add(1), time.Now()
		told := false
		defer func() {
			if !told { // the log panicked
				_ = s.End(context.WithoutCancel(ctx), false)
			}
		}()
		o.begin(ctx, opts)
		told = true
	}
	if points, ok := s.(driver.Savepoints); ok {
		return &observedPoints{observed: o, points: points}
	}
	return o
}

type observed struct {
	driver.Session
	log Log
	// tx numbers the transaction for the log, 0 outside of one; began is when it was opened.
	tx         uint64
	began      time.Time
	statements int
	ended      bool
}

// Unwrap returns the session.
func (o *observed) Unwrap() driver.Session { return o.Session }

// Query counts and logs a read; the log comes with the end of its rows.
func (o *observed) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	if err := StatsOf(ctx).admit(1, p); err != nil {
		return nil, err
	}
	w, p := o.watch(ctx, p, args)
	rows, err := o.Session.Query(ctx, p, args)
	if err != nil {
		w.finish(err)
		return nil, err
	}
	w.begin(rows)
	return w, nil
}

// watch counts a read and returns what watches its rows, and the program of the engine.
func (o *observed) watch(ctx context.Context, p driver.Program, args []any) (*watchedRows, driver.Program) {
	stats := StatsOf(ctx)
	stats.read()
	o.statements++
	about, _ := p.(Described)
	if about != nil {
		p = about.Unwrap()
	}
	w := &watchedRows{session: o, ctx: ctx, log: logOf(ctx, o.log), about: about, stats: stats, start: time.Now()}
	if w.log != nil && w.log.Params() && about != nil {
		w.params = about.Params([][]any{args})
	}
	w.timed = logger(ctx, w.log, Hydration, slog.LevelDebug) != nil
	return w, p
}

// Pipeline counts and logs reads that are sent together.
func (o *observed) Pipeline(ctx context.Context, reads []driver.Read, take func(i int, rows driver.Rows) error) error {
	if err := StatsOf(ctx).admit(int64(len(reads)), reads[0].P); err != nil {
		return err
	}
	watched, plain := make([]*watchedRows, len(reads)), make([]driver.Read, len(reads))
	for i, r := range reads {
		watched[i], plain[i].P = o.watch(ctx, r.P, r.Args)
		plain[i].Args = r.Args
	}
	taken, failed := 0, false
	err := pipeline(ctx, o.Session, plain, func(i int, rows driver.Rows) error {
		w := watched[i]
		w.begin(rows)
		err := take(i, w)
		if closed := w.Close(); err == nil {
			err = closed
		}
		taken, failed = i+1, err != nil
		return err
	})
	if err != nil && !failed && taken < len(watched) {
		watched[taken].finish(err) // what comes after was not done
	}
	return err
}

// Exec counts and logs writes.
func (o *observed) Exec(ctx context.Context, ops []*driver.Op) error {
	if len(ops) == 0 {
		return nil
	}
	stats := StatsOf(ctx)
	if err := stats.admit(int64(len(ops)), ops[0].P); err != nil {
		return err
	}
	programs := make([]driver.Program, len(ops))
	for i, op := range ops {
		programs[i] = op.P
		if about, ok := op.P.(Described); ok {
			op.P = about.Unwrap()
		}
	}
	start := time.Now()
	err := o.Session.Exec(ctx, ops)
	took := time.Since(start)
	sent, rows := 0, 0
	for i, op := range ops {
		op.P = programs[i]
		sent, rows = sent+op.Sent, rows+len(op.Rows)
	}
	if sent == 0 {
		sent = len(ops) // the engine does not tell
	}
	o.statements += sent
	stats.wrote(int64(sent), int64(rows), took)
	o.wrote(ctx, ops, took, err)
	return err
}

// wrote logs operations that were sent together; took is theirs together.
func (o *observed) wrote(ctx context.Context, ops []*driver.Op, took time.Duration, err error) {
	at := -1
	if err != nil {
		at = failedOp(err)
	}
	for i, op := range ops {
		r := queryRecord{log: o.log, tx: o.tx, text: op.P.String(), took: took, rows: int64(len(op.Rows)), sent: op.Sent}
		if at < 0 || at == i {
			r.err = err
		}
		if about, ok := op.P.(Described); ok {
			r.about = about
			if o.log.Params() {
				r.params = about.Params(op.Rows)
			}
		}
		r.write(ctx)
		if at == i {
			return // what comes after was not done
		}
	}
}

// queryRecord is a query record in the making.
type queryRecord struct {
	log    Log
	about  Described
	text   string
	tx     uint64
	took   time.Duration
	rows   int64
	sent   int
	server string
	params []any
	err    error
}

// write logs the record where its level is wanted.
func (r *queryRecord) write(ctx context.Context) {
	at := Level(r.err)
	slow := r.log != nil && r.log.Slow() > 0 && r.took >= r.log.Slow()
	if slow {
		at = slog.LevelWarn
	}
	to := logger(ctx, r.log, Queries, at)
	if to == nil {
		return
	}
	attrs := make([]slog.Attr, 0, 10)
	if r.about != nil && r.about.Subject() != "" {
		attrs = append(attrs, slog.String(logkey.Entity, r.about.Subject()))
	}
	attrs = append(attrs, slog.String(logkey.Statement, r.text), slog.Duration(logkey.Took, r.took), slog.Int64(logkey.Rows, r.rows))
	if r.sent > 1 {
		attrs = append(attrs, slog.Int(logkey.Sent, r.sent))
	}
	if r.server != "" {
		attrs = append(attrs, slog.String(logkey.Server, r.server))
	}
	if r.tx > 0 {
		attrs = append(attrs, slog.Uint64(logkey.Tx, r.tx))
	}
	if r.params != nil {
		attrs = append(attrs, slog.Any(logkey.Params, r.params))
	}
	if slow {
		attrs = append(attrs, slog.Bool(logkey.Slow, true))
	}
	if r.err != nil {
		attrs = append(attrs, r.log.Failure(r.err))
	}
	to.LogAttrs(ctx, at, logkey.Query, attrs...)
}

// observedPoints is an observed session whose engine has savepoints.
type observedPoints struct {
	*observed
	points driver.Savepoints
}

// Save logs and sets a savepoint.
func (o *observedPoints) Save(ctx context.Context, name string) error {
	return o.point(ctx, "savepoint", name, o.points.Save)
}

// RollbackTo logs and returns to a savepoint.
func (o *observedPoints) RollbackTo(ctx context.Context, name string) error {
	return o.point(ctx, "rollback to savepoint", name, o.points.RollbackTo)
}

// Release logs and forgets a savepoint.
func (o *observedPoints) Release(ctx context.Context, name string) error {
	return o.point(ctx, "release savepoint", name, o.points.Release)
}

func (o *observedPoints) point(ctx context.Context, event, name string, do func(context.Context, string) error) error {
	start := time.Now()
	err := do(ctx, name)
	o.transaction(ctx, event, err, slog.String(logkey.Savepoint, name), slog.Duration(logkey.Took, time.Since(start)))
	return err
}

// begin logs that a transaction was opened; BEGIN travels with its first statement.
func (o *observed) begin(ctx context.Context, opts driver.SessionOptions) {
	var attrs []slog.Attr
	if opts.Isolation != driver.DefaultIsolation {
		attrs = append(attrs, slog.String(logkey.Isolation, string(opts.Isolation)))
	}
	if opts.ReadOnly {
		attrs = append(attrs, slog.Bool(logkey.ReadOnly, true))
	}
	o.transaction(ctx, "begin", nil, attrs...)
}

// End ends a transaction and logs it.
func (o *observed) End(ctx context.Context, commit bool) error {
	tell, err := o.end(ctx, commit)
	if tell != nil {
		tell()
	}
	return err
}

// end ends a transaction; tell, which may be nil, logs that.
func (o *observed) end(ctx context.Context, commit bool) (tell func(), err error) {
	if o.tx == 0 || o.ended {
		return nil, o.Session.End(ctx, commit)
	}
	o.ended = true
	event := "rollback"
	if commit {
		event = "commit"
	}
	err = o.Session.End(ctx, commit)
	return o.record(ctx, event, err, time.Since(o.began)), err
}

// record returns what logs the end of a transaction. It stands apart so that ends nobody logs allocate nothing.
func (o *observed) record(ctx context.Context, event string, err error, took time.Duration) func() {
	return func() {
		o.transaction(ctx, event, err, slog.Duration(logkey.Took, took), slog.Int(logkey.Statements, o.statements))
	}
}

// transaction writes a record about a transaction.
func (o *observed) transaction(ctx context.Context, event string, err error, attrs ...slog.Attr) {
	at := Level(err)
	to := logger(ctx, o.log, Transactions, at)
	if to == nil {
		return
	}
	attrs = append([]slog.Attr{slog.String(logkey.Event, event), slog.Uint64(logkey.Tx, o.tx)}, attrs...)
	if err != nil {
		attrs = append(attrs, o.log.Failure(err))
	}
	to.LogAttrs(ctx, at, logkey.Transaction, attrs...)
}
