package orm

import (
	"context"
	"iter"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/session"
)

// Stream reads the entities that match cond without holding all rows in memory:
// it reads and populates them in chunks and yields them one by one. They are
// managed unless ReadOnly is given. The manager may be used between two yields.
// An error ends the iteration; so does, with the next chunk at the latest, the end
// of ctx.
func Stream[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		err := em.stream(ctx, entityOf[T], cond, opts, func(m *managed) bool { return yield((*T)(m.Entity), nil) })
		if err != nil {
			yield(nil, err)
		}
	}
}

// stream runs a read chunk by chunk; it stops early when yield returns false.
func (em *EntityManager) stream(ctx context.Context, of lookup, cond any, opts []FindOption, yield func(*managed) bool) (err error) {
	if err := em.guard.enter("stream"); err != nil {
		return err
	}
	defer em.guard.leave()
	r, err := em.request(of, cond, opts)
	if err != nil {
		return err
	}
	ctx, end := em.traced(ctx, "stream", r.Entity.Name)
	defer func() { end(err) }()
	if err := em.flushBefore(ctx, r); err != nil {
		return err
	}
	l := em.reader(&r.opts)
	return l.Stream(ctx, &r.Request, func(rows driver.Rows, chunk []*managed) (bool, error) {
		if err := em.loadHooks(ctx, l); err != nil {
			return false, err
		}
		for _, m := range chunk {
			more := false
			session.Outside(rows, func() {
				_ = em.guard.outside(func() error { more = yield(m); return nil })
			})
			if !more {
				return false, nil
			}
		}
		return true, nil
	})
}
