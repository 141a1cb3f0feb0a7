package driver

import "context"

// Read is a compiled read with its arguments.
type Read struct {
	// P is a program compiled from a *qb.Select.
	P Program
	// Args are its canonical values by slot number.
	Args []any
}

// Pipeliner is implemented by sessions that send several reads in one round trip
// (Caps.Pipelines). A session that wraps another and does not implement it is asked for one
// read after the other.
type Pipeliner interface {
	// Pipeline runs reads that do not need each other's results, and calls take with the rows
	// of each, in order. take closes them; nothing else may use the session meanwhile. The
	// first error, of a read or of take, ends the pipeline.
	Pipeline(ctx context.Context, reads []Read, take func(i int, rows Rows) error) error
}
