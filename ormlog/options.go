package ormlog

import (
	"io"
	"log/slog"
	"os"

	"github.com/mattn/go-isatty"
)

// Options configure a handler.
type Options struct {
	// Level is the least level that is shown; nil is slog.LevelInfo.
	Level slog.Leveler
	// Color says when to colour; the zero value is on terminals.
	Color Color
	// TimeLayout is the layout of the time in front of a record; "" is "15:04:05.000".
	TimeLayout string
}

// Color says when to colour.
type Color uint8

// When to colour.
const (
	// Auto colours on a terminal, unless NO_COLOR is set or TERM is "dumb".
	Auto Color = iota
	Always
	Never
)

// colours decides about a writer.
func (c Color) colours(w io.Writer) bool {
	if c != Auto {
		return c == Always
	}
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd()) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
