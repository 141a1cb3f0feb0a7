package otel

import (
	"context"
	"errors"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

// session makes spans of the calls that talk to the database.
type session struct {
	driver.Session
	spans       spans
	transaction bool
	ended       bool
}

// savepointSession is a session on an engine with savepoints.
type savepointSession struct {
	*session
	driver.Savepoints
}

// Unwrap gives tools the session below.
func (s *session) Unwrap() driver.Session { return s.Session }

// Query makes a span that ends when the rows are closed.
func (s *session) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	ctx, span := s.spans.start(ctx, "query", attribute.String("db.query.text", p.String()))
	inner, err := s.Session.Query(ctx, p, args)
	if err != nil {
		finish(span, err)
		return nil, err
	}
	return &rows{Rows: inner, span: span}, nil
}

// Exec makes one span for the operations, which may share a round trip, with
// their texts one behind the other, and an event for each of them.
func (s *session) Exec(ctx context.Context, ops []*driver.Op) error {
	texts := make([]string, len(ops))
	for i, op := range ops {
		texts[i] = op.P.String()
	}
	attrs := []attribute.KeyValue{attribute.String("db.query.text", strings.Join(texts, "; "))}
	if len(ops) > 1 {
		attrs = append(attrs, attribute.Int("db.operation.batch.size", len(ops)))
	}
	ctx, span := s.spans.start(ctx, "write", attrs...)
	for _, op := range ops {
		span.AddEvent("operation", trace.WithAttributes(
			attribute.String("db.query.text", op.P.String()), attribute.Int("weft.rows", len(op.Rows))))
	}
	err := s.Session.Exec(ctx, ops)
	finish(span, err)
	return err
}

// End makes a span of the first end of a transaction.
func (s *session) End(ctx context.Context, commit bool) error {
	if !s.transaction || s.ended {
		return s.Session.End(ctx, commit)
	}
	s.ended = true
	name := "rollback"
	if commit {
		name = "commit"
	}
	ctx, span := s.spans.start(ctx, name)
	err := s.Session.End(ctx, commit)
	finish(span, err)
	return err
}

// rows counts what is read and ends the span of the query.
type rows struct {
	driver.Rows
	span  trace.Span
	count int
	done  bool
}

// Unwrap gives tools the rows below.
func (r *rows) Unwrap() driver.Rows { return r.Rows }

// Next advances to the next row.
func (r *rows) Next() bool {
	if !r.Rows.Next() {
		return false
	}
	r.count++
	return true
}

// Close ends the iteration and the span.
func (r *rows) Close() error {
	err := r.Rows.Close()
	if !r.done {
		r.done = true
		r.span.SetAttributes(attribute.Int("db.response.returned_rows", r.count))
		finish(r.span, err)
	}
	return err
}

// className names the class of an engine error for the attribute error.type.
func className(err error) string {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e.Class.Error()
	}
	if e, ok := errors.AsType[*orm.Error](err); ok {
		return e.Class.Error()
	}
	if e, ok := errors.AsType[*conditions.Error](err); ok {
		return e.Class.Error()
	}
	return "other"
}
