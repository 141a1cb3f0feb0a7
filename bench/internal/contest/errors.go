package contest

import "errors"

// errNoPlace is a page without the comments between which the tables stand.
var errNoPlace = errors.New("there is no place for the tables")
