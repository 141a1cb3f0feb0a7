package orm

import (
	"context"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// Hooks of entities that BulkUpsert writes: of those it is not known whether they are
// created or updated.
type (
	// BeforeUpserter runs before an entity is sent by BulkUpsert. It may change its entity.
	BeforeUpserter interface {
		BeforeUpsert(ctx context.Context) error
	}
	// AfterUpserter runs after BulkUpsert, with the key of the row unless that was discarded.
	AfterUpserter interface {
		AfterUpsert(ctx context.Context) error
	}
)

// beforeUpsert runs what is due before entities are upserted.
func (em *EntityManager) beforeUpsert(ctx context.Context, e *mapper.Entity, list []unsafe.Pointer) error {
	defer em.during(stageBeforeUpsert)()
	for _, at := range list {
		x := e.Interface(at)
		for _, s := range em.db.config.subscribers {
			if s.Before == nil {
				continue
			}
			if err := em.guard.outside(func() error { return s.Before(ctx, em, Event{Kind: "upsert", Entity: x}) }); err != nil {
				return err
			}
		}
		if h, ok := x.(BeforeUpserter); ok {
			if err := em.guard.outside(func() error { return h.BeforeUpsert(ctx) }); err != nil {
				return err
			}
		}
	}
	return em.misuses()
}

// afterUpsert runs what is due after entities were upserted, all of it.
func (em *EntityManager) afterUpsert(ctx context.Context, e *mapper.Entity, list []unsafe.Pointer) error {
	if em.scope.Session != nil {
		defer em.taking(stageAfter)()
	}
	var errs []error
	for _, at := range list {
		x := e.Interface(at)
		var failed []error
		for _, s := range em.db.config.subscribers {
			if s.After != nil {
				failed = append(failed, em.guard.outside(func() error { return s.After(ctx, em, Event{Kind: "upsert", Entity: x}) }))
			}
		}
		if h, ok := x.(AfterUpserter); ok {
			failed = append(failed, em.guard.outside(func() error { return h.AfterUpsert(ctx) }))
		}
		if err := join(failed...); err != nil {
			key, _ := e.KeyOf(at)
			errs = append(errs, &Error{Class: ErrAfterFlush, Op: bulkUpsert, Entity: e.Name, Key: key, Err: err})
		}
	}
	return join(errs...)
}
