package orm

import (
	"context"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/flush"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/qb"
)

// LockForUpdate locks the rows of the roots until the end of the transaction,
// and reads them anew. It needs an open transaction. What was changed and not flushed
// is flushed first, or, with FlushCommit, kept as a change of the row as it is now.
func LockForUpdate() FindOption { return lockMode(qb.LockUpdate) }

// LockForShare locks the rows of the roots against changes by others.
func LockForShare() FindOption { return lockMode(qb.LockShare) }

// NoWait fails with driver.ErrLockTimeout instead of waiting for a lock.
func NoWait() FindOption { return func(o *findOptions) { o.Lock.NoWait = true } }

// SkipLocked leaves out rows that others have locked.
func SkipLocked() FindOption { return func(o *findOptions) { o.Lock.SkipLocked = true } }

func lockMode(mode qb.LockMode) FindOption {
	return func(o *findOptions) { o.Lock.Mode, o.Refresh, o.Keep = mode, true, true }
}

// LockVersion checks that a managed entity still has the version the caller
// saw, in memory; the flush checks it against the database.
func (em *EntityManager) LockVersion(_ context.Context, entity any, version any) error {
	em = em.there()
	m, err := em.managedOf("lock", entity)
	if err != nil {
		return err
	}
	v := m.Meta.Version
	if v == nil {
		return &Error{Class: ErrInvalidOption, Op: "lock", Entity: m.Meta.Name, Detail: "it has no version property"}
	}
	want, err := v.Type.Convert(version)
	if err != nil {
		return &Error{Class: mapper.ErrValue, Op: "lock", Entity: m.Meta.Name, Key: m.Key, Path: v.Path, Err: err}
	}
	if !changeset.Same(v.Access.Value(m.Entity), want) {
		return &OptimisticLockError{Entity: m.Meta.Name, Key: m.Key, Expected: want}
	}
	return nil
}

// lockContested locks the rows that earlier runs of the open transaction wanted to
// write, where the engine has row locks. Rows that are gone are left out.
func (em *EntityManager) lockContested(ctx context.Context, c *session.Contest) error {
	if !em.db.caps.RowLocks {
		return nil
	}
	return c.Lock(ctx, flush.CompareKeys, em.lockRows)
}

// lockRows locks rows of one entity in key order; nothing of them becomes managed.
func (em *EntityManager) lockRows(ctx context.Context, e *mapper.Entity, keys []any) error {
	list := make([]any, len(keys))
	for i, key := range keys {
		if list[i] = key; len(e.KeyColumns) > 1 {
			list[i] = mapper.Parts(nil, key)
		}
	}
	opts := []FindOption{ReadOnly(), LockForUpdate()}
	if e.Key[0].Relation == nil && len(e.Key) == 1 {
		opts = append(opts, OrderBy(e.Key[0].Path)) // others are found through the index, in its order
	}
	for _, filter := range em.filtering.of(e) {
		opts = append(opts, WithoutFilter(filter.Name))
	}
	r, err := em.requestOf(e, M{"$in": list}, opts)
	if err == nil {
		_, err = em.reader(&r.opts).Find(ctx, &r.Request) // not a read of the user's: no hook is told
	}
	return err
}

// Lock locks the row of a managed entity until the end of the open transaction and takes the
// row's values for what was not changed here. Without options it is [LockForUpdate];
// NoWait and SkipLocked count too, the latter makes a row that is locked ErrNotFound.
func (em *EntityManager) Lock(ctx context.Context, entity any, opts ...FindOption) error {
	em = em.there()
	m, err := em.managedOf("lock", entity)
	if err != nil {
		return err
	}
	if m.Key == nil {
		return &Error{Class: ErrDetached, Op: "lock", Entity: m.Meta.Name, Detail: "it is new and has no row yet"}
	}
	of := func(*mapper.Registry) (*mapper.Entity, error) { return m.Meta, nil }
	opts = append([]FindOption{LockForUpdate()}, opts...)
	if key, ok := em.unit.KeyOf(m); ok && key != m.Key {
		if err := em.flushRekeyed(ctx, m, opts); err != nil {
			return err
		}
	}
	found, err := em.findOne(ctx, of, keyCondition(m), opts)
	if err == nil && (found == nil || unsafe.Pointer(found) != unsafe.Pointer(m)) {
		err = &Error{Class: ErrNotFound, Op: "lock", Entity: m.Meta.Name, Key: m.Key, Detail: "its row is gone, hidden, or locked by another"}
	}
	return err
}

// flushRekeyed flushes a change of a key before the row is locked, as any other change: the
// row is found by the new key then.
func (em *EntityManager) flushRekeyed(ctx context.Context, m *managed, opts []FindOption) error {
	if err := em.guard.enter("lock"); err != nil {
		return err
	}
	defer em.guard.leave()
	r, err := em.requestOf(m.Meta, keyCondition(m), opts)
	if err != nil {
		return err
	}
	return em.flushBefore(ctx, r)
}

// keyCondition is what the row of an entity meets alone.
func keyCondition(m *managed) M {
	if len(m.Meta.Key) == 1 {
		return M{m.Meta.Key[0].Path: m.Key}
	}
	cond := M{}
	for i, part := range mapper.Parts(nil, m.Key) {
		cond[m.Meta.KeyColumns[i].Property.Path] = part
	}
	return cond
}
