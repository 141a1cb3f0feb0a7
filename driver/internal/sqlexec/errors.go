package sqlexec

import "errors"

// ErrTurn reports a connection that others had for too long, see [NewTurns].
var ErrTurn = errors.New("another has the connection")
