package weftweb

import (
	"errors"
	"log/slog"
	"net/http"
)

// report tells the log of an error that the client is not told.
func (c *config) report(r *http.Request, err error) {
	log := c.log
	if !c.logSet {
		log = slog.Default()
	}
	if log == nil {
		return
	}
	attrs := []any{"method", r.Method, "pattern", r.Pattern, "error", err}
	if p, ok := errors.AsType[*PanicError](err); ok {
		attrs = append(attrs, "stack", string(p.Stack))
	}
	log.ErrorContext(r.Context(), "request failed", attrs...)
}
