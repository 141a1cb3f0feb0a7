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
// entity of that row already: then that one takes the values of the row, and changes of its own
// that were not flushed are given up, as by [EntityManager.Refresh]. The row is written as
// entity says; what others say of it, a collection that holds it or the other side of a
// one-to-one relation, is theirs: it stays and is written by the next flush. An entity that is
// managed is changed and flushed instead; it is refused with ErrInvalidOption.
//
// When the transaction around is rolled back, nothing of it was: an entity that became managed
// here is forgotten, and one that was managed is as it was before, changes that were not
// flushed included, but for what was changed since.
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
	defer em.scope.ReadCurrent()() // it is read as it was written
	found, err := em.overwrite(ctx, m, adopted)
	if err == nil && !found {
		err = &Error{Class: ErrNotFound, Op: upsertEntity, Entity: e.Name, Key: key, Detail: "the row was written and is hidden by a filter, or gone"}
	}
	if err != nil {
		if adopted {
			em.unit.Forget(m, &homeOf(nil, true).Manager)
		}
		return nil, err
	}
	return (*T)(unsafe.Pointer(m.Entity)), em.loadHooks(ctx, em.loader)
}

// overwrite lets an entity take its row as it was written past the unit. Of one that was there
// before, that is taken back with the open transaction as a flush is.
func (em *EntityManager) overwrite(ctx context.Context, m *managed, adopted bool) (found bool, err error) {
	if adopted || em.scope.Session == nil {
		return em.loader.Refresh(ctx, m)
	}
	journal, err := em.unit.Overwrite(m, func() error {
		found, err = em.loader.Refresh(ctx, m)
		return err
	})
	em.scope.Undo = append(em.scope.Undo, journal)
	return found, err
}

// forgetting ends the management of an entity whose row was rolled back.
type forgetting struct {
	unit *unit.Unit
	m    *managed
}

// Undo forgets the entity.
func (f *forgetting) Undo() {
	if f.unit.EntryOf(&f.m.Entry) != nil && f.unit.Find(f.m.Entity) == f.m {
		f.unit.Forget(f.m, &homeOf(nil, true).Manager)
	}
}
