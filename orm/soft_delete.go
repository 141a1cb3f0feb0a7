package orm

import (
	"context"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// SoftDeleteFilter is the name of the filter that hides removed rows of entities with
// softDelete: WithoutFilter(SoftDeleteFilter) reads them as well.
const SoftDeleteFilter = mapper.SoftDeleteFilter

// WithoutSoftDelete lets a native update or delete see removed rows.
func WithoutSoftDelete() NativeOption {
	return func(q *qb.Builder) *qb.Builder { return q.WithoutFilter(SoftDeleteFilter) }
}

// Restore makes the removed rows of T that match cond living again, in one statement
// past the unit of work, as [NativeUpdate] does. An empty condition needs AllowAll. It
// returns the number of rows. What was removed along with them is not restored. For an
// entity without softDelete the error is an ErrInvalidOption.
func Restore[T any](ctx context.Context, em *EntityManager, cond any, opts ...NativeOption) (int64, error) {
	em = em.there()
	if em.guard.fault != nil {
		return 0, em.guard.fault
	}
	e, err := entityOf[T](em.db.registry)
	if err != nil {
		return 0, err
	}
	p := e.SoftDelete
	if p == nil {
		return 0, &Error{Class: ErrInvalidOption, Op: "restore", Entity: e.Name, Detail: "no property has the option softDelete"}
	}
	q, err := native[T](em, cond, append([]NativeOption{WithoutSoftDelete()}, opts...))
	if err != nil {
		return 0, err
	}
	if !empty(orAll(cond)) {
		q = q.AndWhere(M{"$not": M{p.Path: e.LivingMark()}})
	}
	return Exec(ctx, em, q.Update(M{p.Path: e.LivingMark()}))
}
