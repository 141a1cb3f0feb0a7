package cli

import "errors"

// errNowhere reports that no dialect can run the query; the reasons were printed.
var errNowhere = errors.New("no dialect can express this")

// errQuit ends a session.
var errQuit = errors.New("quit")
