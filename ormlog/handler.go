package ormlog

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/weft-orm/weft/internal/pretty"
)

// NewHandler returns a handler that writes to w, each record in one call. It is
// safe for concurrent use.
func NewHandler(w io.Writer, o Options) slog.Handler {
	if o.Level == nil {
		o.Level = slog.LevelInfo
	}
	if o.TimeLayout == "" {
		o.TimeLayout = "15:04:05.000"
	}
	h := &handler{out: &output{w: w}, opts: o}
	if o.Color.colours(w) {
		h.style = pretty.NewStyle()
	}
	return h
}

// output is shared by a handler and those derived from it.
type output struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *output) write(text string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, err := io.WriteString(o.w, text)
	return err
}

// handler is immutable.
type handler struct {
	out   *output
	opts  Options
	style *pretty.Style
	// attrs are those of WithAttrs, with the groups they were added in; prefix is
	// the open group with a dot.
	attrs  []slog.Attr
	prefix string
}

// Enabled implements slog.Handler.
func (h *handler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.opts.Level.Level()
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	c.attrs = h.attrs[:len(h.attrs):len(h.attrs)]
	for _, a := range attrs {
		c.attrs = flatten(c.attrs, h.prefix, a)
	}
	return &c
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	c := *h
	c.prefix = h.prefix + name + "."
	return &c
}

// Handle implements slog.Handler.
func (h *handler) Handle(_ context.Context, r slog.Record) error {
	p := &page{style: h.style, statement: map[string]slog.Value{}}
	attrs := h.attrs[:len(h.attrs):len(h.attrs)]
	r.Attrs(func(a slog.Attr) bool {
		attrs = flatten(attrs, h.prefix, a)
		return true
	})
	if !r.Time.IsZero() {
		p.grey(r.Time.Format(h.opts.TimeLayout))
	}
	p.level(r.Level)
	p.record(r.Message, attrs, h.prefix)
	return h.out.write(strings.TrimRight(p.text.String(), " ") + "\n")
}

// flatten appends an attribute, the members of a group one by one under its name.
func flatten(dst []slog.Attr, prefix string, a slog.Attr) []slog.Attr {
	a.Value = a.Value.Resolve()
	if a.Value.Kind() != slog.KindGroup {
		if a.Equal(slog.Attr{}) {
			return dst
		}
		return append(dst, slog.Attr{Key: prefix + a.Key, Value: a.Value})
	}
	if a.Key != "" {
		prefix += a.Key + "."
	}
	for _, member := range a.Value.Group() {
		dst = flatten(dst, prefix, member)
	}
	return dst
}
