package orm

import (
	"context"
	"log/slog"
	"time"

	"github.com/weft-orm/weft/orm/internal/session"
)

// sessionLog is the log as sessions see it.
type sessionLog struct{ *logging }

// To returns where a record of a kind and level goes, nil when nobody wants it.
func (l sessionLog) To(ctx context.Context, kind session.Space, level slog.Level) *slog.Logger {
	if !l.enabled(ctx, LogNamespace(kind), level) {
		return nil
	}
	return l.to
}

// Failure is an error as it may be logged.
func (l sessionLog) Failure(err error) slog.Attr { return l.failure(err) }

// Slow is how long a statement takes that is logged as slow, 0 for none.
func (l sessionLog) Slow() time.Duration { return l.slow }

// Params reports that parameters are logged.
func (l sessionLog) Params() bool { return l.params }

// Subject names what the program is about.
func (d *described) Subject() string { return d.entity }

// Params are the arguments of one row, or a list for each row, as logs show them.
func (d *described) Params(rows [][]any) []any { return d.written(rows) }

// LogNamespace and session.Space number the same kinds.
const (
	_ = -uint(session.Queries ^ session.Space(LogQueries))
	_ = -uint(session.Transactions ^ session.Space(LogTransactions))
	_ = -uint(session.Hydration ^ session.Space(LogHydration))
)
