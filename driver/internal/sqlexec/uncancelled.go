package sqlexec

import "context"

// calm is a context that does not end during a statement: what it was made of is
// looked at where nothing has been done yet.
type calm struct {
	context.Context
	outer context.Context
}

// calmed returns ctx without its end.
func calmed(ctx context.Context) context.Context {
	return calm{context.WithoutCancel(ctx), ctx}
}

// Outer returns the context that the caller of a statement gave, whose end a statement
// may have been kept from hearing: a statement that only waits for a lock should.
func Outer(ctx context.Context) context.Context {
	if c, ok := ctx.(calm); ok {
		return c.outer
	}
	return ctx
}
