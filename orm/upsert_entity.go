package orm

import (
	"context"
	"unsafe"

	"github.com/weft-orm/weft/orm/internal/unit"
)

const upsertEntity = "upsert entity"

// UpsertEntity inserts an entity, or updates the row with the same unique values by it,
// and returns the managed entity of that row, with what the row holds then: values made
// by the database, and those an existing row keeps (see [ConflictOn], [MergeOnly],
// [MergeExcept] and [KeepExisting]). It writes at once, by the one statement of
// [BulkUpsert] and a read.
//
// What is returned is entity itself, managed from now on, unless the manager had an
// entity of that row already: then that one takes the values of the row, changes that
// were not flushed included. An entity that is managed is changed and flushed instead; it is
// refused with ErrInvalidOption. When the transaction around is rolled back, an entity
// that became managed here is forgotten, and one that was managed has what was stored before,
// but for what was changed since.
func UpsertEntity[T any](ctx context.Context, em *EntityManager, entity *T, opts ...BulkOption) (*T, error) {
	em = em.there()
	o := bulkOptions{op: bulkUpsert}
	for _, opt := range opts {
		opt(&o)
	}
	if o.discard {
		return nil, &Error{Class: ErrInvalidOption, Op: upsertEntity, Detail: "DiscardGenerated leaves the key unknown, by which the row is read"}
	}
	if err := BulkUpsert(ctx, em, []*T{entity}, opts...); err != nil {
		return nil, err
	}
	if err := em.guard.enter(upsertEntity); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	e, x, err := em.locate(upsertEntity, entity)
	if err != nil {
		return nil, err
	}
	key, ok := e.KeyOf(x)
	if !ok {
		return nil, &Error{Class: ErrNotFound, Op: upsertEntity, Entity: e.Name, Detail: "the row that was written could not be found again by its unique values"}
	}
	m := em.unit.Lookup(e, key)
	adopted := m == nil || m.Entity == nil
	if adopted {
		if m, err = em.unit.Merge(e, x); err != nil {
			return nil, told(upsertEntity, err)
		}
		if em.scope.Session != nil {
			em.scope.Undo = append(em.scope.Undo, &forgetting{em.unit, m})
		}
	}
	found, err := em.loader.Refresh(ctx, m)
	if err == nil && !found {
		err = &Error{Class: ErrNotFound, Op: upsertEntity, Entity: e.Name, Key: key, Detail: "the row was written and is hidden by a filter, or gone"}
	}
	if err != nil {
		if adopted {
			em.unit.Forget(m)
		}
		return nil, err
	}
	return (*T)(unsafe.Pointer(m.Entity)), em.loadHooks(ctx, em.loader)
}

// forgetting ends the management of an entity whose row was rolled back.
type forgetting struct {
	unit *unit.Unit
	m    *managed
}

// Undo forgets the entity.
func (f *forgetting) Undo() {
	if f.unit.EntryOf(&f.m.Entry) != nil && f.unit.Find(f.m.Entity) == f.m {
		f.unit.Forget(f.m)
	}
}
