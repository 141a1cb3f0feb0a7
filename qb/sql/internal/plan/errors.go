package plan

import "errors"

// Classes of errors; package sql exports them under its own names.
var (
	// ErrQuery reports a logical query that contradicts itself.
	ErrQuery = errors.New("invalid query")
	// ErrUnsupported reports that the engine cannot do what the query asks.
	ErrUnsupported = errors.New("not supported by this engine")
)
