package studio

import (
	"errors"
	"net/http"

	"github.com/weft-orm/weft/cmd/internal/ask"
)

// ErrReadOnly reports a change that was asked of a studio without [Options.Write].
var ErrReadOnly = errors.New("this studio is read-only: start it with --write")

// ErrLive reports an address of [Options.Live] that is none.
var ErrLive = errors.New("studio: the address of an application's stream is written http://host:port/path?token=TOKEN")

// A problem is an error as the page shows it.
type problem struct {
	Message string `json:"message"`
	// Source is the text at fault where there is one, From and To the piece in it, in bytes.
	Source string `json:"source,omitempty"`
	From   int    `json:"from"`
	To     int    `json:"to"`
}

func problemOf(err error) *problem {
	if m, ok := errors.AsType[*ask.Mistake](err); ok {
		return &problem{Message: m.Err.Error(), Source: m.Source, From: m.Span.Start, To: m.Span.End}
	}
	return &problem{Message: err.Error()}
}

func statusOf(err error) int {
	if errors.Is(err, ErrReadOnly) {
		return http.StatusForbidden
	}
	return http.StatusUnprocessableEntity
}
