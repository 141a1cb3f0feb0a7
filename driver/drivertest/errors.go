package drivertest

import "errors"

var errNoTables = errors.New("the kit has no tables for this dialect: set Options.Create")
