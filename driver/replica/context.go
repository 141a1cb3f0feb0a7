package replica

import (
	"context"
	"sync/atomic"
	"time"
)

type primaryKey struct{}

type trackKey struct{}

// track is the time of the last write on a tracked context, in nanoseconds.
type track struct{ wrote atomic.Int64 }

// OnPrimary returns a context whose reads go to the primary.
func OnPrimary(ctx context.Context) context.Context {
	return context.WithValue(ctx, primaryKey{}, true)
}

// Track returns a context, of one request say, that remembers its writes:
// Options.Sticky sends the reads after them to the primary.
func Track(ctx context.Context) context.Context {
	return context.WithValue(ctx, trackKey{}, &track{})
}

func mark(ctx context.Context) {
	if t, ok := ctx.Value(trackKey{}).(*track); ok {
		t.wrote.Store(time.Now().UnixNano())
	}
}

// pinned reports a read that must go to the primary.
func pinned(ctx context.Context, sticky time.Duration) bool {
	if ctx.Value(primaryKey{}) != nil {
		return true
	}
	t, ok := ctx.Value(trackKey{}).(*track)
	return ok && sticky > 0 && time.Since(time.Unix(0, t.wrote.Load())) < sticky
}
