package orm

import (
	"context"

	"github.com/weft-orm/weft/orm/internal/session"
)

// Stats counts what was sent to the database on behalf of a context. A statement
// is one request the engine answers on its own: rows that fill two multi-row
// inserts are two, on MongoDB a bulk write is one whatever it holds. What begins
// and ends transactions and savepoints is not counted. Stats are safe for
// concurrent use. The methods:
//
//   - Queries() int64: the reads sent; Writes() int64: the writes sent; Statements()
//     int64: both together.
//   - ReadRows() int64: the rows that were read; WrittenRows() int64: those handed to writes.
//   - LazyLoads() int64: how often a reference or a collection was loaded on its own, by
//     Load: what a populate hint does for all of them at once.
//   - QueryTime() time.Duration: the time from sending reads to the end of their rows,
//     which become entities meanwhile. What the body of a loop over a Stream does is not
//     in it. WriteTime() time.Duration: the time writes took.
type Stats = session.Stats

// WithStats returns a context on which statements are counted, and the counter.
// On a context that counts already both counters see what is sent.
func WithStats(ctx context.Context) (context.Context, *Stats) { return session.WithStats(ctx) }
