package session

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/weft-orm/weft/driver"
)

// Space is a set of kinds of log records.
type Space uint8

// The spaces that sessions write to.
const (
	Queries Space = 1 << iota
	Transactions
	_
	Hydration
)

// Log says where records go and what they show.
type Log interface {
	// To returns where a record of a kind and level goes, nil when nobody wants it.
	To(ctx context.Context, kind Space, level slog.Level) *slog.Logger
	// Failure is an error as it may be logged.
	Failure(err error) slog.Attr
	// Slow is how long a statement takes that is logged as slow, 0 for none.
	Slow() time.Duration
	// Params reports that parameters are logged.
	Params() bool
}

type logKey struct{}

// WithLog returns a context on which reads are logged by l instead, where there is a log.
func WithLog(ctx context.Context, l Log) context.Context { return context.WithValue(ctx, logKey{}, l) }

// logOf returns the log of a context, l where it has none.
func logOf(ctx context.Context, l Log) Log {
	if l == nil {
		return nil
	}
	if own, ok := ctx.Value(logKey{}).(Log); ok {
		return own
	}
	return l
}

// Described is a program with what logs tell about it.
type Described interface {
	driver.Program
	// Unwrap returns the engine's program.
	Unwrap() driver.Program
	// Subject names the entity or the relation it is about.
	Subject() string
	// Params are the arguments of one row, or a list for each row, as logs show them.
	Params(rows [][]any) []any
}

// Level is that of a failure: one the caller asked for by cancelling is none.
func Level(err error) slog.Level {
	if err == nil || errors.Is(err, context.Canceled) {
		return slog.LevelDebug
	}
	return slog.LevelWarn
}

// logger returns where a record goes, nil when nobody wants it.
func logger(ctx context.Context, l Log, kind Space, level slog.Level) *slog.Logger {
	if l == nil {
		return nil
	}
	return l.To(ctx, kind, level)
}
