package sql

import (
	"errors"

	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// Classes of errors of this package; test with errors.Is.
var (
	// ErrUnsupported reports that the engine cannot do what the query asks.
	ErrUnsupported = plan.ErrUnsupported
	// ErrQuery reports a logical query that contradicts itself.
	ErrQuery = plan.ErrQuery
	// ErrIdentifier reports a name that cannot be written in SQL.
	ErrIdentifier = errors.New("invalid identifier")
	// ErrArgument reports a missing argument, or one that does not fit its place.
	ErrArgument = errors.New("invalid argument")
)
