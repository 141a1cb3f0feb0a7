package populate

import (
	"errors"
	"strconv"

	"github.com/weft-orm/weft/internal/suggest"
)

// ErrUnknownPath reports a hint that leads along no relation.
var ErrUnknownPath = errors.New("unknown relation")

// ErrStrategy reports a strategy that does not exist or cannot do what is asked.
var ErrStrategy = errors.New("unusable strategy")

// ErrOption reports an option of a hint that makes no sense where it stands.
var ErrOption = errors.New("unusable option")

// Error is a mistake in a hint.
type Error struct {
	// Class is one of the sentinels of this package, or of package conditions.
	Class error
	// Entity is the root, Path the path of the hint.
	Entity, Path string
	// Piece is the piece of the path at fault.
	Piece string
	// Got says what is wrong where the class does not say all.
	Got string
	// Hint is the nearest name, or "".
	Hint string
	// Err is the underlying error, if there is one.
	Err error
}

// Error returns a text such as
//
//	populate: Author.boks: unknown relation (did you mean "books"?)
func (e *Error) Error() string {
	s := "populate: " + e.Entity + "." + e.Path + ": "
	switch {
	case e.Err != nil:
		s += e.Err.Error()
	case e.Got != "":
		s += e.Got
	default:
		s += e.Class.Error()
	}
	if e.Hint != "" {
		s += " (did you mean " + strconv.Quote(e.Hint) + "?)"
	}
	return s
}

// Unwrap returns the class and the underlying error.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Class}
	}
	return []error{e.Class, e.Err}
}

func nearest(name string, names []string) string { return suggest.Nearest(name, names) }
