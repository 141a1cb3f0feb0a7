package orm

import (
	"context"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/load"
)

// Hooks of entities that weft makes from rows.
type (
	// Initializer runs once for every entity weft makes, when its fields have the
	// values of the row and its relations are not loaded yet. It is for what is not
	// mapped: maps, caches, defaults of transient fields.
	Initializer interface {
		OnInit()
	}
	// Loader runs at the end of the read that brought an entity, or refreshed it,
	// when the populated relations are there. An error is that of the read. What it
	// assigns to mapped properties counts as a change. It may use the manager.
	Loader interface {
		OnLoad(ctx context.Context) error
	}
)

// loadHooks runs what is due at the end of a read by l.
func (em *EntityManager) loadHooks(ctx context.Context, l *load.Loader) error {
	for len(l.Arrived) > 0 {
		list := l.Arrived
		l.Arrived = nil
		for _, m := range list {
			if err := em.guard.outside(func() error { return em.onLoad(ctx, m.Meta.Interface(m.Entity)) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// watch says which hooks of reading an entity has.
func watch(s *load.Shape, e *mapper.Entity, subscribed bool) {
	x := e.Interface(e.New())
	if _, ok := x.(Initializer); ok {
		s.Made = func(m *managed) { m.Meta.Interface(m.Entity).(Initializer).OnInit() }
	}
	_, ok := x.(Loader)
	s.Watched = ok || subscribed
}

func (em *EntityManager) onLoad(ctx context.Context, x any) error {
	for i := range em.db.config.subscribers {
		if f := em.db.config.subscribers[i].Load; f != nil {
			if err := f(ctx, em, x); err != nil {
				return err
			}
		}
	}
	if h, ok := x.(Loader); ok {
		return h.OnLoad(ctx)
	}
	return nil
}
