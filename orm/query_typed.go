package orm

import (
	"context"
	"iter"
	"unsafe"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
)

// Query is a query about T that ends in All, One, Count, Exec or Stream. Its steps are
// those of [qb.Builder], and like a builder it is immutable: every step returns a new
// query, and two that grew from the same never see each other. It may stand wherever a
// query stands in another one, in conditions too. Make one with [QB].
//
// The ends run it by the manager it was made with, and follow the rules of that: one
// goroutine at a time.
type Query[T any] struct {
	*qb.Builder
	em *EntityManager
}

// QB returns a query about T under an alias.
func QB[T any](em *EntityManager, alias string) *Query[T] {
	em = em.there()
	return &Query[T]{em.builder(entityName[T](em), alias), em}
}

// Untyped returns the builder of the query.
func (q *Query[T]) Untyped() *qb.Builder {
	if q == nil {
		return nil
	}
	return q.Builder
}

// manager is that of the query, or one that refuses everything for a query that is nil.
func (q *Query[T]) manager() *EntityManager {
	if q == nil || q.em == nil {
		return (*EntityManager)(nil).there()
	}
	return q.em
}

// counted is the query that counts, nil for none.
func (q *Query[T]) counted() qb.Source {
	if q == nil || q.Builder == nil {
		return nil
	}
	return q.Builder.Count()
}

// of is the query after a step.
func (q *Query[T]) of(b *qb.Builder) *Query[T] { return &Query[T]{b, q.em} }

// All is the function [All].
func (q *Query[T]) All(ctx context.Context) ([]*T, error) { return All[T](ctx, q.manager(), q) }

// One is the function [One].
func (q *Query[T]) One(ctx context.Context) (*T, error) { return One[T](ctx, q.manager(), q) }

// OneOrFail is One that fails with [ErrNotFound] when there is no row.
func (q *Query[T]) OneOrFail(ctx context.Context) (*T, error) {
	x, err := q.One(ctx)
	if err == nil && x == nil {
		err = &Error{Class: ErrNotFound, Op: "one", Entity: entityName[T](q.manager())}
	}
	return x, err
}

// Count returns the number of roots, or of groups; order, limit and offset do not count.
func (q *Query[T]) Count(ctx context.Context) (int64, error) {
	list, err := Result[int64](ctx, q.manager(), q.counted())
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

// Exec is the function [Exec].
func (q *Query[T]) Exec(ctx context.Context) (int64, error) { return Exec(ctx, q.manager(), q) }

// Stream yields the roots one by one without holding all of them. What is joined can
// restrict the rows; what should come with them is loaded by a find's Populate. The
// manager may be used between two yields. An error ends the iteration.
//
// A query that has conditions only, and an order that is led by the key, a unique
// property or an index of the mapping, or none, is read as [Stream] reads: page by page, without rows or a
// connection held between two yields, and what has passed is released. Any other one,
// with joins, groups, a limit, a lock or another order, is a single statement, whose
// rows, and so a connection, are held until the loop ends, or somebody waits for one in
// vain: see [StreamResult].
func (q *Query[T]) Stream(ctx context.Context) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		err := q.manager().streamQuery(ctx, entityOf[T], q, func(x unsafe.Pointer) bool { return yield((*T)(x), nil) })
		if err != nil {
			yield(nil, err)
		}
	}
}

// streamQuery runs a query chunk by chunk; it stops early when yield returns false.
func (em *EntityManager) streamQuery(ctx context.Context, of lookup, q qb.Source, yield func(unsafe.Pointer) bool) error {
	sel, args, err := em.selection("stream", q)
	if err != nil {
		return err
	}
	e, err := of(em.db.registry)
	if err != nil {
		return err
	}
	if sel.Entity != e {
		return &Error{Class: ErrUnknownEntity, Op: "stream", Detail: "the query is about " + sel.Entity.Name}
	}
	nodes, err := rootNodes(sel)
	if err != nil {
		return err
	}
	if len(nodes) > 0 {
		return &Error{Class: ErrInvalidOption, Op: "stream", Entity: sel.Entity.Name, Path: nodes[0].Path, Detail: "joined rows are read whole; join without reading them, or use All"}
	}
	if err := em.guard.enter("stream"); err != nil {
		return err
	}
	defer em.guard.leave()
	if err := em.flushPending(ctx, "stream"); err != nil {
		return err
	}
	if done, err := em.loader.QueryPages(ctx, sel, args, em.streaming(ctx, em.loader, yield)); done {
		return err
	}
	seen := map[*managed]bool{}
	repeats := len(sel.Joins) > 0 // a root comes once for each row of a join
	return em.loader.StreamQuery(ctx, sel, args, func(rows driver.Rows, chunk []*managed) (bool, error) {
		if err := em.loadHooks(ctx, em.loader); err != nil {
			return false, err
		}
		for _, m := range chunk {
			if repeats && seen[m] {
				continue
			}
			if repeats {
				seen[m] = true
			}
			more := false
			em.loop(rows, func() { more = yield(m.Entity) })
			if !more {
				return false, nil
			}
		}
		return true, nil
	})
}
