package redis

import "errors"

// ErrAway reports a Redis that failed a moment ago and is left alone for a while.
var ErrAway = errors.New("redis: the cache cannot be reached and is left alone for a while")
