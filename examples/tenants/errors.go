package main

import "errors"

// errNoTenant is what belongs to nobody, or to somebody else.
var errNoTenant = errors.New("not of this tenant")
