package session

import (
	"context"
	"sync/atomic"
	"time"
)

// Stats counts what was sent to the database on behalf of a context. A statement
// is one request the engine answers on its own. orm tells users of it.
type Stats struct {
	// outer counts along: the stats of the context this one was made from.
	outer *Stats
	// budget is the limit on statements, nil without one.
	budget *budget

	queries, writes       atomic.Int64
	readRows, writtenRows atomic.Int64
	lazy                  atomic.Int64
	queryTime, writeTime  atomic.Int64
}

// Queries returns the number of reads sent.
func (s *Stats) Queries() int64 { return s.queries.Load() }

// Writes returns the number of writes sent.
func (s *Stats) Writes() int64 { return s.writes.Load() }

// Statements returns reads and writes together.
func (s *Stats) Statements() int64 { return s.Queries() + s.Writes() }

// ReadRows returns the number of rows that were read.
func (s *Stats) ReadRows() int64 { return s.readRows.Load() }

// WrittenRows returns the number of rows handed to writes.
func (s *Stats) WrittenRows() int64 { return s.writtenRows.Load() }

// LazyLoads returns how often a reference or a collection was loaded on its own,
// by Load: what a populate hint does for all of them at once.
func (s *Stats) LazyLoads() int64 { return s.lazy.Load() }

// QueryTime returns the time from sending reads to the end of their rows, which
// become entities meanwhile. What the body of a loop over a Stream does is not in it.
func (s *Stats) QueryTime() time.Duration { return time.Duration(s.queryTime.Load()) }

// WriteTime returns the time writes took.
func (s *Stats) WriteTime() time.Duration { return time.Duration(s.writeTime.Load()) }

type statsKey struct{}

// WithStats returns a context on which statements are counted, and the counter.
// On a context that counts already both counters see what is sent.
func WithStats(ctx context.Context) (context.Context, *Stats) {
	s := &Stats{outer: StatsOf(ctx)}
	return context.WithValue(ctx, statsKey{}, s), s
}

// StatsOf returns the counter of a context, nil when nobody counts.
func StatsOf(ctx context.Context) *Stats {
	s, _ := ctx.Value(statsKey{}).(*Stats)
	return s
}

// read counts a read that was sent. s may be nil, here and below.
func (s *Stats) read() {
	for ; s != nil; s = s.outer {
		s.queries.Add(1)
	}
}

// readDone counts what a read brought.
func (s *Stats) readDone(rows int64, took time.Duration) {
	for ; s != nil; s = s.outer {
		s.readRows.Add(rows)
		s.queryTime.Add(int64(took))
	}
}

// wrote counts operations that were sent together.
func (s *Stats) wrote(sent, rows int64, took time.Duration) {
	for ; s != nil; s = s.outer {
		s.writes.Add(sent)
		s.writtenRows.Add(rows)
		s.writeTime.Add(int64(took))
	}
}

// Loaded counts a lazy load.
func (s *Stats) Loaded() {
	for ; s != nil; s = s.outer {
		s.lazy.Add(1)
	}
}
