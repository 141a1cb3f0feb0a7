package open

import "errors"

// ErrAddress reports text that is no address of a database. No error quotes the text:
// it may hold a password.
var ErrAddress = errors.New("not an address of a database")
