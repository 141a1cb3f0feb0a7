package gen

import "errors"

var (
	// errStale reports a file that --check found not to be what gen writes.
	errStale = errors.New("not up to date; run weft gen")
	// errNone reports a package that has entities of other packages only.
	errNone = errors.New("has no entities of its own")
)
