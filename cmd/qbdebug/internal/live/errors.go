package live

import "errors"

// ErrDSN reports an address that names no database. Messages never repeat the
// address: it may hold a password.
var ErrDSN = errors.New("unusable database address")
