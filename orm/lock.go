package orm

import (
	"context"

	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/qb"
)

// LockForUpdate locks the rows of the roots until the end of the transaction,
// and reads them anew. It needs an open transaction. What was changed and not flushed
// is flushed first, or, with FlushCommit, kept as a change of the row as it is now.
func LockForUpdate() FindOption { return lockMode(qb.LockUpdate) }

// LockForShare locks the rows of the roots against changes by others.
func LockForShare() FindOption { return lockMode(qb.LockShare) }

// NoWait fails with driver.ErrLockTimeout instead of waiting for a lock.
func NoWait() FindOption { return func(o *findOptions) { o.lock.NoWait = true } }

// SkipLocked leaves out rows that others have locked.
func SkipLocked() FindOption { return func(o *findOptions) { o.lock.SkipLocked = true } }

func lockMode(mode qb.LockMode) FindOption {
	return func(o *findOptions) { o.lock.Mode, o.refresh, o.keep = mode, true, true }
}

// LockVersion checks that a managed entity still has the version the caller
// saw, in memory; the flush checks it against the database.
func (em *EntityManager) LockVersion(_ context.Context, entity any, version any) error {
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
		return err
	}
	if !changeset.Same(v.Access.Value(m.Entity), want) {
		return &OptimisticLockError{Entity: m.Meta.Name, Key: m.Key, Expected: want}
	}
	return nil
}

// lockKey appends a lock to the shape of a statement.
func lockKey(key []byte, l qb.Lock) []byte {
	b := byte(l.Mode) << 2
	if l.NoWait {
		b |= 1
	}
	if l.SkipLocked {
		b |= 2
	}
	return append(key, 'L', b)
}
