package viewing

import "errors"

// errFailed reports a program that ended with a failure, which it has told.
var errFailed = errors.New("the studio failed")
