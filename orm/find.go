package orm

import (
	"context"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
)

// Find returns the entities that match cond, managed by em. A nil condition
// matches all. Without OrderBy and Limit no order is promised.
func Find[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) ([]*T, error) {
	list, err := em.find(ctx, "find", entityOf[T], cond, opts)
	if err != nil {
		return nil, err
	}
	return pointersOf[T](list), nil
}

// FindOne returns the first entity that matches cond, nil when there is none.
// An empty condition needs OrderBy. A condition that is a primary key is answered
// from the identity map when the entity is there and loaded.
func FindOne[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) (*T, error) {
	m, err := em.findOne(ctx, entityOf[T], cond, opts)
	if err != nil || m == nil {
		return nil, err
	}
	return (*T)(m.Entity), nil
}

// FindOneOrFail is FindOne that fails with ErrNotFound when no entity matches.
func FindOneOrFail[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) (*T, error) {
	m, err := em.findOne(ctx, entityOf[T], cond, opts)
	if err != nil {
		return nil, err
	}
	if m == nil {
		e, _ := entityOf[T](em.db.registry)
		return nil, &Error{Class: ErrNotFound, Op: "find", Entity: e.Name}
	}
	return (*T)(m.Entity), nil
}

// Count returns the number of entities that match cond; limits do not count.
func Count[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) (int64, error) {
	return em.count(ctx, entityOf[T], cond, opts)
}

// FindAndCount returns what Find returns, and the number of entities without limit and offset.
func FindAndCount[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) ([]*T, int64, error) {
	n, err := em.count(ctx, entityOf[T], cond, opts)
	if err != nil {
		return nil, 0, err
	}
	list, err := Find[T](ctx, em, cond, opts...)
	return list, n, err
}

// entityOf returns the metadata of T.
func entityOf[T any](r *mapper.Registry) (*mapper.Entity, error) {
	if e := mapper.EntityOf[T](r); e != nil {
		return e, nil
	}
	var zero *T
	return nil, &Error{Class: ErrUnknownEntity, Op: "find", Detail: typeName(zero)[1:]}
}

// lookup finds the metadata of the type asked for.
type lookup func(*mapper.Registry) (*mapper.Entity, error)

func (em *EntityManager) find(ctx context.Context, op string, of lookup, cond any, opts []FindOption) ([]*managed, error) {
	if err := em.guard.enter(op); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	r, err := em.request(of, cond, opts)
	if err != nil {
		return nil, err
	}
	if err := em.flushBefore(ctx, r); err != nil {
		return nil, err
	}
	f, l := em.readers(&r.opts)
	list, err := f.find(ctx, r, l)
	if err != nil {
		return nil, err
	}
	return list, em.loadHooks(ctx, f)
}

// request resolves the options of a read.
func (em *EntityManager) request(of lookup, cond any, opts []FindOption) (*request, error) {
	e, err := of(em.db.registry)
	if err != nil {
		return nil, err
	}
	r := &request{meta: e, cond: orAll(cond)}
	r.opts.set(opts)
	return r, nil
}

// orAll replaces no condition with the empty one.
func orAll(cond any) any {
	if cond == nil {
		return M{}
	}
	return cond
}

func (em *EntityManager) findOne(ctx context.Context, of lookup, cond any, opts []FindOption) (*managed, error) {
	if err := em.guard.enter("find"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	r, err := em.request(of, cond, opts)
	if err != nil {
		return nil, err
	}
	key, byKey := r.key()
	if byKey {
		if m, ok := em.known(r, key); ok {
			return m, em.populateKnown(ctx, m, r)
		}
	}
	if empty(r.cond) && len(r.opts.order) == 0 {
		return nil, &Error{Class: ErrEmptyCondition, Op: "find one", Entity: r.meta.Name, Detail: "give a condition, or OrderBy to choose the first"}
	}
	// A key finds one row at most. SQLite prepares a statement with a bound limit
	// again for each execution, so that a limit would double what the read costs.
	if !byKey && (r.opts.limit < 0 || r.opts.limit > 1) {
		r.opts.limit = 1
	}
	if err := em.flushBefore(ctx, r); err != nil {
		return nil, err
	}
	f, l := em.readers(&r.opts)
	list, err := f.find(ctx, r, l)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], em.loadHooks(ctx, f)
}

// key returns the canonical primary key that is the condition of the request.
func (r *request) key() (any, bool) {
	switch r.cond.(type) {
	case M, D, map[string]string:
		return nil, false
	}
	key, err := r.meta.KeyFrom(r.cond)
	return key, err == nil
}

// known answers a read by primary key from the identity map.
func (em *EntityManager) known(r *request, key any) (*managed, bool) {
	if r.opts.refresh || r.opts.lock.Mode != qb.NoLock || r.opts.readOnly || r.opts.offset > 0 || em.finder.hides(r.meta, &r.opts) {
		return nil, false
	}
	m := em.unit.Lookup(r.meta, key)
	if m == nil || m.Entity == nil || m.Loaded != nil || m.State == unit.Removed {
		return nil, false
	}
	return m, m.Meta.IsSubtypeOf(r.meta)
}

func (em *EntityManager) populateKnown(ctx context.Context, m *managed, r *request) error {
	if err := em.loader.hints(ctx, r.meta, []*managed{m}, &r.opts); err != nil {
		return err
	}
	return em.loadHooks(ctx, em.finder)
}

func empty(cond any) bool {
	switch c := cond.(type) {
	case M:
		return len(c) == 0
	case D:
		return len(c) == 0
	}
	return false
}

func (em *EntityManager) count(ctx context.Context, of lookup, cond any, opts []FindOption) (int64, error) {
	if err := em.guard.enter("count"); err != nil {
		return 0, err
	}
	defer em.guard.leave()
	r, err := em.request(of, cond, opts)
	if err != nil {
		return 0, err
	}
	if err := em.flushBefore(ctx, r); err != nil {
		return 0, err
	}
	return em.finder.count(ctx, r)
}
