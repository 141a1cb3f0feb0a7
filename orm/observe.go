package orm

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/weft-orm/weft/driver"
)

// Stats counts what was sent to the database on behalf of a context. It is safe
// for concurrent use.
type Stats struct{ queries, writes, rows atomic.Int64 }

// Queries returns the number of reads sent.
func (s *Stats) Queries() int64 { return s.queries.Load() }

// Writes returns the number of write operations sent; one on many rows counts once.
func (s *Stats) Writes() int64 { return s.writes.Load() }

// WrittenRows returns the number of rows in those writes.
func (s *Stats) WrittenRows() int64 { return s.rows.Load() }

// Statements returns reads and writes together.
func (s *Stats) Statements() int64 { return s.Queries() + s.Writes() }

type statsKey struct{}

// WithStats returns a context on which statements are counted, and the counter.
func WithStats(ctx context.Context) (context.Context, *Stats) {
	s := &Stats{}
	return context.WithValue(ctx, statsKey{}, s), s
}

func statsOf(ctx context.Context) *Stats {
	s, _ := ctx.Value(statsKey{}).(*Stats)
	return s
}

// observe wraps a session so that statements are counted and logged. Arguments
// are not logged: they may be secrets.
func observe(s driver.Session, db *DB) driver.Session {
	o := &observed{Session: s, log: db.config.logger}
	if points, ok := s.(driver.Savepoints); ok {
		return &observedPoints{observed: o, Savepoints: points}
	}
	return o
}

type observed struct {
	driver.Session
	log *slog.Logger
}

type observedPoints struct {
	*observed
	driver.Savepoints
}

// Query counts and logs a read.
func (o *observed) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	if s := statsOf(ctx); s != nil {
		s.queries.Add(1)
	}
	start := time.Now()
	rows, err := o.Session.Query(ctx, p, args)
	o.report(ctx, p, 0, start, err)
	return rows, err
}

// Exec counts and logs writes.
func (o *observed) Exec(ctx context.Context, ops []*driver.Op) error {
	if s := statsOf(ctx); s != nil {
		for _, op := range ops {
			s.writes.Add(1)
			s.rows.Add(int64(len(op.Rows)))
		}
	}
	start := time.Now()
	err := o.Session.Exec(ctx, ops)
	for _, op := range ops {
		o.report(ctx, op.P, len(op.Rows), start, err)
	}
	return err
}

func (o *observed) report(ctx context.Context, p driver.Program, rows int, start time.Time, err error) {
	if o.log == nil {
		return
	}
	level := slog.LevelDebug
	attrs := []slog.Attr{slog.String("statement", p.String()), slog.Duration("took", time.Since(start))}
	if rows > 0 {
		attrs = append(attrs, slog.Int("rows", rows))
	}
	if err != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.Any("error", err))
	}
	o.log.LogAttrs(ctx, level, "query", attrs...)
}
