package weftweb

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/weft-orm/weft/internal/localguard"
	"github.com/weft-orm/weft/orm"
)

// DebugOptions configure a [Debug]. The zero value is ready to use.
type DebugOptions struct {
	// Token must be in the address of the stream; "" makes one. See [Debug.Token].
	Token string
	// Hosts are names under which the stream may be asked for beside localhost and loopback
	// addresses; a request for another host is refused.
	Hosts []string
	// Values shows parameters, values in flush plans, queries of addresses and messages of
	// engines, but for properties mapped as redacted. Without it no value leaves the program.
	Values bool
	// Slow is how long a statement lasts that is marked as slow; 0 is 100 milliseconds.
	Slow time.Duration
	// Statements is how many statements a request may send before it is marked; 0 is any number.
	Statements int
	// Log takes the records on that orm.Logger would have had; nil for none.
	Log slog.Handler
}

// debugKept is how many requests a page sees that was opened later.
const debugKept = 100

// Debug records what each request does to the database: statements with the line that
// sent them, loads one by one with the populate path in place of them, flush plans, the
// size of the identity map. It streams that to the Live page of weft studio. It is for
// development, not for a program that serves others: every statement costs a walk of the
// stack. It is safe for concurrent use.
type Debug struct {
	opts  DebugOptions
	guard *localguard.Guard

	mu       sync.Mutex
	number   uint64
	kept     [][]byte
	watchers []chan []byte
}

// NewDebug makes a recorder. Give its [Debug.Options] to orm.Open, put its
// [Debug.Middleware] around all others, and mount it as a handler where weft studio --live
// is told to look.
func NewDebug(opts DebugOptions) *Debug {
	if opts.Token == "" {
		opts.Token = rand.Text()
	}
	if opts.Slow == 0 {
		opts.Slow = 100 * time.Millisecond
	}
	return &Debug{opts: opts, guard: &localguard.Guard{Token: opts.Token, Hosts: opts.Hosts, Name: "weftweb"}}
}

// Token is what the address of the stream must hold: /debug/weft?token=TOKEN.
func (d *Debug) Token() string { return d.opts.Token }

// Options are for orm.Open. They take the place of orm.Logger; see [DebugOptions.Log].
func (d *Debug) Options() []orm.Option {
	log := []orm.LogOption{orm.SlowQueries(d.opts.Slow), orm.RepeatedLoads(3)}
	if d.opts.Values {
		log = append(log, orm.LogParams())
	}
	return []orm.Option{
		orm.Logger(slog.New(&debugLog{debug: d, next: d.opts.Log}), log...),
		orm.Subscribe(orm.Subscriber{Written: func(ctx context.Context, _ *orm.EntityManager, f *orm.FlushEvent) error {
			debugged(ctx).flush(f.Plan(d.opts.Values))
			return nil
		}}),
	}
}

// Middleware records a request. It stands outside of [Middleware].
func (d *Debug) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &debugRequest{Method: r.Method, Path: r.URL.Path, At: time.Now()}
		if d.opts.Values && r.URL.RawQuery != "" {
			rec.Path += "?" + r.URL.RawQuery
		}
		ctx, stats := orm.WithStats(context.WithValue(r.Context(), debugKey{}, rec))
		r = r.WithContext(ctx)
		answer := &statusWriter{ResponseWriter: w}
		defer func() {
			rec.ends(r, answer.status, stats, d.opts.Statements)
			d.tell(rec)
		}()
		next.ServeHTTP(answer, r)
		if answer.status == 0 {
			answer.status = http.StatusOK // which the server says for a handler that says nothing
		}
	})
}

// tell streams a request, and keeps it for pages that are opened later.
func (d *Debug) tell(rec *debugRequest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.number++
	text, err := rec.text(d.number)
	if err != nil {
		return // a value without a form in JSON
	}
	d.kept = append(d.kept, text)
	if len(d.kept) > debugKept {
		d.kept = slices.Delete(d.kept, 0, len(d.kept)-debugKept)
	}
	for _, ch := range d.watchers {
		select {
		case ch <- text:
		default: // a page that does not keep up misses requests
		}
	}
}

// watch returns what is kept, a channel of what comes, and what ends it.
func (d *Debug) watch() ([][]byte, <-chan []byte, func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	ch := make(chan []byte, 256)
	d.watchers = append(d.watchers, ch)
	return slices.Clone(d.kept), ch, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.watchers = slices.DeleteFunc(d.watchers, func(c chan []byte) bool { return c == ch })
	}
}

// ServeHTTP streams requests as server-sent events, each a JSON document, to who knows the
// token and asks this machine for it.
func (d *Debug) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if refused := d.guard.Check(w, r); refused != nil {
		http.Error(w, refused.Reason, refused.Status)
		return
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "weftweb: the stream is read by GET", http.StatusMethodNotAllowed)
		return
	}
	before, coming, end := d.watch()
	defer end()
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	out := http.NewResponseController(w)
	for _, text := range before {
		fmt.Fprintf(w, "data: %s\n\n", text)
	}
	fmt.Fprint(w, ": listening\n\n")
	for out.Flush() == nil {
		select {
		case <-r.Context().Done():
			return
		case text := <-coming:
			fmt.Fprintf(w, "data: %s\n\n", text)
		case <-time.After(20 * time.Second):
			fmt.Fprint(w, ": still here\n\n") // finds out that the page has gone
		}
	}
}

// debugKey is the key of the record in the context of a request.
type debugKey struct{}

// debugged is the record of the request that a context belongs to, nil outside of one.
func debugged(ctx context.Context) *debugRequest {
	rec, _ := ctx.Value(debugKey{}).(*debugRequest)
	return rec
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader notes the status.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write begins the answer with status 200 when nothing did.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Flush is for handlers that ask for http.Flusher.
func (w *statusWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }
