package studio

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/weft-orm/weft/internal/logkey"
	"github.com/weft-orm/weft/orm"
)

// Trace hears what a database is sent. Give its [Trace.Option] to orm.Open, and the trace to
// [New]. It is safe for concurrent use.
type Trace struct {
	mu       sync.Mutex
	watchers []chan Event
}

// NewTrace makes a trace.
func NewTrace() *Trace { return &Trace{} }

// Option tells orm.Open to log to the trace. Values of parameters are in it, but for
// properties that are mapped as redacted.
func (t *Trace) Option() orm.Option {
	return orm.Logger(slog.New(&recorder{trace: t}), orm.LogParams())
}

// Event is one log record of weft.
type Event struct {
	// Kind is the namespace: query, transaction, discovery or hydration.
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	// Warning reports a record above debug level: a failure, a slow statement, lazy loads one by one.
	Warning bool `json:"warning,omitempty"`
	// Took is how long it lasted, in nanoseconds.
	Took int64 `json:"took,omitempty"`
	// Text is the statement, or what happened in a transaction.
	Text string `json:"text,omitempty"`
	// More are the other attributes, by name.
	More map[string]any `json:"more,omitempty"`
}

type collecting struct{}

// collect returns a context under which what is sent is put into the list.
func collect(ctx context.Context) (context.Context, *collector) {
	c := &collector{}
	return context.WithValue(ctx, collecting{}, c), c
}

// A collector has the events of one request.
type collector struct {
	mu   sync.Mutex
	list []Event
}

func (c *collector) add(e Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, e)
}

// events returns what was collected so far.
func (c *collector) events() []Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Event{}, c.list...)
}

// watch returns a channel of the events to come, and what ends it. A watcher that does not
// keep up misses events.
func (t *Trace) watch() (<-chan Event, func()) {
	ch := make(chan Event, 256)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watchers = append(t.watchers, ch)
	return ch, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.watchers = slices.DeleteFunc(t.watchers, func(c chan Event) bool { return c == ch })
	}
}

func (t *Trace) tell(e Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, ch := range t.watchers {
		select {
		case ch <- e:
		default:
		}
	}
}

// recorder is the log handler behind a trace.
type recorder struct {
	trace *Trace
	attrs []slog.Attr
}

// Enabled implements slog.Handler.
func (r *recorder) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs implements slog.Handler.
func (r *recorder) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &recorder{r.trace, append(slices.Clip(r.attrs), attrs...)}
}

// WithGroup implements slog.Handler; weft's records have no groups.
func (r *recorder) WithGroup(string) slog.Handler { return r }

// Handle implements slog.Handler.
func (r *recorder) Handle(ctx context.Context, rec slog.Record) error {
	e := Event{Kind: rec.Message, At: rec.Time, Warning: rec.Level > slog.LevelInfo, More: map[string]any{}}
	each := func(a slog.Attr) bool {
		switch v := a.Value.Resolve(); a.Key {
		case logkey.Statement, logkey.Event:
			e.Text = v.String()
		case logkey.Took:
			e.Took = int64(v.Duration())
		default:
			e.More[a.Key] = v.Any()
		}
		return true
	}
	for _, a := range r.attrs {
		each(a)
	}
	rec.Attrs(each)
	if c, ok := ctx.Value(collecting{}).(*collector); ok {
		c.add(e)
	}
	r.trace.tell(e)
	return nil
}
