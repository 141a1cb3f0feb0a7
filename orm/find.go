package orm

import (
	"context"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/load"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// Find returns the entities that match cond, managed by em. A nil condition
// matches all. Without OrderBy and Limit no order is promised.
func Find[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) ([]*T, error) {
	em = em.there()
	list, err := em.find(ctx, "find", entityOf[T], cond, opts)
	if err != nil {
		return nil, err
	}
	return typed[T](list), nil
}

// FindOne returns the first entity that matches cond, nil when there is none.
// An empty condition needs OrderBy. A condition that is a primary key is answered
// from the identity map when the entity is there and loaded. A new entity that is not
// flushed is found by its key and by its unique properties in every flush mode, and one
// that is to be removed is not.
func FindOne[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) (*T, error) {
	em = em.there()
	m, err := em.findOne(ctx, entityOf[T], cond, opts)
	if err != nil || m == nil {
		return nil, err
	}
	return (*T)(m.Entity), nil
}

// FindOneOrFail is FindOne that fails with ErrNotFound when no entity matches.
func FindOneOrFail[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) (*T, error) {
	em = em.there()
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
	em = em.there()
	return em.count(ctx, entityOf[T], cond, opts)
}

// FindAndCount returns what Find returns, and the number of entities without limit and offset.
func FindAndCount[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) ([]*T, int64, error) {
	em = em.there()
	if found, n, ok, err := em.findAndCount(ctx, entityOf[T], cond, opts); ok {
		if err != nil {
			return nil, 0, err
		}
		return typed[T](found), n, nil
	}
	n, err := em.count(ctx, entityOf[T], cond, opts)
	if err != nil {
		return nil, 0, err
	}
	list, err := Find[T](ctx, em, cond, opts...)
	return list, n, err
}

// findAndCount asks for roots and their number in one round trip; ok is false where that
// cannot be, and nothing was asked.
func (em *EntityManager) findAndCount(ctx context.Context, of lookup, cond any, opts []FindOption) (found []unsafe.Pointer, n int64, ok bool, err error) {
	if em.db.config.cache != nil || !em.db.caps.Pipelines {
		return nil, 0, false, nil
	}
	err = em.finding(ctx, "find", of, cond, opts, func(ctx context.Context, l *load.Loader, r *request) (err error) {
		found, n, ok, err = l.EntitiesAndCount(ctx, &r.Request)
		return err
	})
	return found, n, ok || err != nil, err
}

// entityOf returns the metadata of T.
func entityOf[T any](r *mapper.Registry) (*mapper.Entity, error) {
	if e := mapper.EntityOf[T](r); e != nil {
		return e, nil
	}
	var zero *T
	return nil, &Error{Class: ErrUnknownEntity, Op: "find", Detail: typeName(zero)[1:]}
}

// entityIn is entityOf for a manager, which may refuse to work.
func entityIn[T any](em *EntityManager) (*mapper.Entity, error) {
	if em.guard.fault != nil {
		return nil, em.guard.fault
	}
	return entityOf[T](em.db.registry)
}

// lookup finds the metadata of the type asked for.
type lookup func(*mapper.Registry) (*mapper.Entity, error)

// find returns the addresses of the roots.
func (em *EntityManager) find(ctx context.Context, op string, of lookup, cond any, opts []FindOption) (found []unsafe.Pointer, err error) {
	err = em.finding(ctx, op, of, cond, opts, func(ctx context.Context, l *load.Loader, r *request) (err error) {
		g, err := em.image(ctx, l, r)
		switch {
		case err != nil:
			return err
		case g == nil:
			found, err = l.Entities(ctx, &r.Request)
			return err
		}
		list, err := l.Apply(g)
		found = unit.Addresses(list)
		return err
	})
	return found, err
}

// findManaged is find for those who want more than addresses.
func (em *EntityManager) findManaged(ctx context.Context, op string, of lookup, cond any, opts []FindOption) (found []*managed, err error) {
	err = em.finding(ctx, op, of, cond, opts, func(ctx context.Context, l *load.Loader, r *request) (err error) {
		found, err = em.answer(ctx, l, r)
		return err
	})
	return found, err
}

// finding does what belongs to every find around the read itself.
func (em *EntityManager) finding(ctx context.Context, op string, of lookup, cond any, opts []FindOption, read func(context.Context, *load.Loader, *request) error) (err error) {
	if err := em.guard.enter(op); err != nil {
		return err
	}
	defer em.guard.leave()
	r, err := em.request(of, cond, opts)
	if err != nil {
		return err
	}
	ctx, end := em.traced(ctx, "find", r.Entity.Name)
	defer func() { end(err) }()
	if err := em.flushBefore(ctx, r); err != nil {
		return err
	}
	l := em.reader(&r.opts)
	em.repeated(ctx, r)
	if err := read(r.opts.logged(ctx), l, r); err != nil {
		return err
	}
	return em.loadHooks(ctx, l)
}

// request is one read of roots, with its options.
type request struct {
	load.Request
	opts findOptions
}

// request resolves the options of a read.
func (em *EntityManager) request(of lookup, cond any, opts []FindOption) (*request, error) {
	e, err := of(em.db.registry)
	if err != nil {
		return nil, err
	}
	return em.requestOf(e, orAll(cond), opts)
}

func (em *EntityManager) requestOf(e *mapper.Entity, cond any, opts []FindOption) (*request, error) {
	r := &request{Request: load.Request{Entity: e, Cond: cond}}
	r.Options = &r.opts.Options
	r.opts.set(&em.filtering, opts)
	if r.opts.err != nil {
		return nil, r.opts.err
	}
	if err := r.opts.excluding(e); err != nil {
		return nil, err
	}
	return r, em.scope.CanLock(r.opts.Lock)
}

// reader returns what reads: the manager's own, or, for a read-only find, one whose
// entities nobody manages.
func (em *EntityManager) reader(o *findOptions) *load.Loader {
	if !o.readOnly {
		return em.loader
	}
	o.Apart = true
	u := unit.ReadOnly(em.db.units, &homeOf(em, true).Manager)
	return load.New(&em.db.loads, u, em.scope, &em.filtering)
}

// orAll replaces no condition with the empty one.
func orAll(cond any) any {
	if cond == nil {
		return M{}
	}
	return cond
}

func (em *EntityManager) findOne(ctx context.Context, of lookup, cond any, opts []FindOption) (found *managed, err error) {
	if err := em.guard.enter("find"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	r, err := em.request(of, cond, opts)
	if err != nil {
		return nil, err
	}
	ctx, end := em.traced(ctx, "find", r.Entity.Name)
	defer func() { end(err) }()
	key, byKey := r.key()
	if byKey {
		if m, ok := em.known(r, key); ok {
			return m, em.populateKnown(ctx, m, r)
		}
	}
	if empty(r.Cond) && len(r.opts.OrderBy) == 0 {
		return nil, &Error{Class: ErrEmptyCondition, Op: "find one", Entity: r.Entity.Name, Detail: "give a condition, or OrderBy to choose the first"}
	}
	// A key finds one row at most. SQLite prepares a statement with a bound limit
	// again for each execution, so that a limit would double what the read costs.
	if !byKey && (r.opts.Limit < 0 || r.opts.Limit > 1) {
		r.opts.Limit = 1
	}
	if err := em.flushBefore(ctx, r); err != nil {
		return nil, err
	}
	switch m, removed := em.pendingOne(em.identifying(r, key, byKey)); {
	case removed:
		return nil, nil
	case m != nil:
		return m, em.populateKnown(ctx, m, r)
	}
	l := em.reader(&r.opts)
	em.repeated(ctx, r)
	list, err := em.answer(r.opts.logged(ctx), l, r)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], em.loadHooks(ctx, l)
}

// key returns the canonical primary key that is the condition of the request.
func (r *request) key() (any, bool) {
	switch r.Cond.(type) {
	case M, D, map[string]string:
		return nil, false
	}
	key, err := r.Entity.KeyFrom(r.Cond)
	return key, err == nil
}

// typed returns addresses as what they are.
func typed[T any](list []unsafe.Pointer) []*T {
	if len(list) == 0 {
		return []*T{}
	}
	return unsafe.Slice((**T)(unsafe.Pointer(&list[0])), len(list))
}

// pointersOf returns the addresses of managed entities as typed pointers.
func pointersOf[T any](list []*managed) []*T {
	out := make([]*T, len(list))
	for i, m := range list {
		out[i] = (*T)(unsafe.Pointer(m.Entity))
	}
	return out
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

func (em *EntityManager) count(ctx context.Context, of lookup, cond any, opts []FindOption) (n int64, err error) {
	if err := em.guard.enter("count"); err != nil {
		return 0, err
	}
	defer em.guard.leave()
	r, err := em.request(of, cond, opts)
	if err != nil {
		return 0, err
	}
	ctx, end := em.traced(ctx, "count", r.Entity.Name)
	defer func() { end(err) }()
	if err := em.flushBefore(ctx, r); err != nil {
		return 0, err
	}
	return em.counted(r.opts.logged(ctx), r)
}
