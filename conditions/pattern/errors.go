package pattern

import "errors"

// ErrPattern is the class of errors about a pattern that cannot be used.
var ErrPattern = errors.New("invalid pattern")

var errLoneBackslash = &Error{Reason: "the pattern ends in a lone backslash"}

// Error says what is wrong with a pattern. It is an [ErrPattern].
type Error struct {
	// Reason says what is wrong.
	Reason string
	// Piece is the piece at fault.
	Piece string
}

// Error returns reason and piece.
func (e *Error) Error() string {
	if e.Piece == "" {
		return e.Reason
	}
	return e.Reason + ": " + e.Piece
}

// Unwrap gives the class of the error.
func (e *Error) Unwrap() error { return ErrPattern }
