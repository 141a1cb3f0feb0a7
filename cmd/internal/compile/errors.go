package compile

import "errors"

// ErrUnknownTarget reports a name that is no back end.
var ErrUnknownTarget = errors.New("unknown dialect")
