package orm

import (
	"context"

	"github.com/weft-orm/weft/orm/internal/session"
)

// Operation is what a [Tracer] is told of. Its fields:
//
//   - Name is "find", "count", "find by cursor", "stream", "populate" or "flush".
//   - Entity is the entity read, or the owner of a populated relation; "" for a flush.
//   - Path is the path populated, from the roots; "" for the others.
type Operation = session.Operation

// Tracer is told when an operation begins. The context it returns is that of the
// operation, so that what happens within is told as a part of it; the function is
// called when it ends, with the error it ended in. It is called by many goroutines at once.
type Tracer = session.Tracer

// Trace tells t of finds, of each relation that is populated, and of flushes that
// have something to look at. Statements are told by connectors: package otel of the module
// of that name has both.
func Trace(t Tracer) Option { return func(c *config) { c.trace = t } }

// traced begins an operation on an entity.
func (em *EntityManager) traced(ctx context.Context, name, entity string) (context.Context, func(error)) {
	return em.db.config.trace.Start(ctx, Operation{Name: name, Entity: entity})
}
