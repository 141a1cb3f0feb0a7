package session

import "context"

// Operation is what a tracer is told of.
type Operation struct {
	// Name is "find", "count", "find by cursor", "stream", "populate" or "flush".
	Name string
	// Entity is the entity read, the owner of a populated relation; "" for a flush.
	Entity string
	// Path is the path populated, from the roots; "" for the others.
	Path string
}

// Tracer is told when an operation begins. The context it returns is that of the
// operation; the function is called when it ends, with the error it ended in.
type Tracer func(ctx context.Context, op Operation) (context.Context, func(err error))

// Start tells a tracer, which may be nil, of an operation.
func (t Tracer) Start(ctx context.Context, op Operation) (context.Context, func(error)) {
	if t == nil {
		return ctx, untold
	}
	return t(ctx, op)
}

func untold(error) {}
