package orm

import (
	"context"
	"iter"
	"unsafe"

	"github.com/weft-orm/weft/orm/internal/load"
)

// Stream reads the entities that match cond without holding all of them: page by page,
// populated, in the order asked for and else in that of their keys, and yields them one
// by one. Neither rows nor a connection are held between two yields: the manager may
// be used there, other streams included, whatever the size of the pool. Strategy
// "joined" joins to-one relations only.
//
// Every page is a query of its own: what others commit meanwhile is seen behind the
// place where the stream stands. A transaction of isolation RepeatableRead shows one
// state. For an order that no cursor can stand in (see [FindByCursor]), and for one that no
// index begins with, the keys of all roots are read first. An entity without a key is read whole.
//
// The entities are managed unless [ReadOnly] is given. When the loop goes on to the
// next page, those that are as they were read are released: the manager forgets them,
// so that memory stays flat. What was changed stays until it is flushed; what other
// reads have met, Persist was called with, or something that stays leads to, is kept;
// inside a transaction that has written nothing is released. A value changed in an
// entity after it was released is an ErrDetached of the next flush.
//
// An error ends the iteration; so does, with the next page at the latest, the end of ctx.
func Stream[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) iter.Seq2[*T, error] {
	em = em.there()
	return func(yield func(*T, error) bool) {
		err := em.stream(ctx, entityOf[T], cond, opts, func(x unsafe.Pointer) bool { return yield((*T)(x), nil) })
		if err != nil {
			yield(nil, err)
		}
	}
}

// stream runs a read chunk by chunk; it stops early when yield returns false.
func (em *EntityManager) stream(ctx context.Context, of lookup, cond any, opts []FindOption, yield func(unsafe.Pointer) bool) (err error) {
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
	return l.Stream(r.opts.logged(ctx), &r.Request, em.streaming(ctx, l, yield))
}

// streaming hands out pages root by root, until yield returns false.
func (em *EntityManager) streaming(ctx context.Context, l *load.Loader, yield func(unsafe.Pointer) bool) *load.Streaming {
	return &load.Streaming{
		Parted: &homeOf(em, true).Manager,
		Keep:   func() bool { return len(em.scope.Undo) > 0 },
		Yield: func(page []unsafe.Pointer) (bool, error) {
			if err := em.loadHooks(ctx, l); err != nil {
				return false, err
			}
			for _, x := range page {
				more := false
				_ = em.guard.outside(func() error { more = yield(x); return nil })
				if !more {
					return false, nil
				}
			}
			return true, nil
		},
	}
}
