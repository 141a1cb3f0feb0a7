package session

import (
	"context"
	"log/slog"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/logkey"
)

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

// End logs and ends a transaction.
func (o *observed) End(ctx context.Context, commit bool) error {
	if o.tx == 0 || o.ended {
		return o.Session.End(ctx, commit)
	}
	o.ended = true
	event := "rollback"
	if commit {
		event = "commit"
	}
	err := o.Session.End(ctx, commit)
	o.transaction(ctx, event, err, slog.Duration(logkey.Took, time.Since(o.began)), slog.Int(logkey.Statements, o.statements))
	return err
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
