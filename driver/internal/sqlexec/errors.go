package sqlexec

import "errors"

// ErrTurn reports a connection that others had for too long.
var ErrTurn = errors.New("another has the connection")
