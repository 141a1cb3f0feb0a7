package address

import "errors"

// ErrAddress reports an address that names no database. Messages never repeat the
// address: it may hold a password.
var ErrAddress = errors.New("unusable database address")
