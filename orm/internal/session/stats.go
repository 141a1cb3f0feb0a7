package session

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/fault"
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

// MaxStatements returns a context on which at most n statements are sent: one
// more fails, unsent, with a [BudgetError] that matches ErrStatementBudget. A
// write whose rows need several statements is sent as long as one fits. Budgets
// of nested contexts all hold. A transaction a statement was refused in can go on.
func MaxStatements(ctx context.Context, n int) context.Context {
	s := &Stats{outer: StatsOf(ctx), budget: &budget{limit: int64(max(n, 0))}}
	return context.WithValue(ctx, statsKey{}, s)
}

// StatsOf returns the counter of a context, nil when nobody counts.
func StatsOf(ctx context.Context) *Stats {
	s, _ := ctx.Value(statsKey{}).(*Stats)
	return s
}

// budget limits statements.
type budget struct {
	limit int64
	mu    sync.Mutex
	seen  map[string]int64 // by text
	most  string
}

// admit refuses statements that a budget has no room for. s may be nil.
func (s *Stats) admit(n int64, p driver.Program) error {
	for ; s != nil; s = s.outer {
		if s.budget == nil {
			continue
		}
		if err := s.budget.admit(s.Statements(), n, p.String()); err != nil {
			return err
		}
	}
	return nil
}

func (b *budget) admit(sent, n int64, text string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if sent+n > b.limit {
		return &fault.BudgetError{Limit: b.limit, Sent: sent, Statement: text, Most: b.most, Times: b.seen[b.most]}
	}
	if b.seen == nil {
		b.seen = map[string]int64{}
	}
	b.seen[text] += n
	if b.seen[text] > b.seen[b.most] {
		b.most = text
	}
	return nil
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
