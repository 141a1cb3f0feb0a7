package orm

import (
	"context"
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

// arrived runs the hooks of an entity that was made from a row, or remembers them
// for the end of the read.
func (u *unit) arrived(m *managed, made bool) {
	s := u.db.shape(m.meta)
	if made && s.inits {
		m.meta.Interface(m.Entity).(Initializer).OnInit()
	}
	if s.loads {
		u.loaded = append(u.loaded, m)
	}
}

// loadHooks runs what is due at the end of a read.
func (em *EntityManager) loadHooks(ctx context.Context, u *unit) error {
	for len(u.loaded) > 0 {
		list := u.loaded
		u.loaded = nil
		for _, m := range list {
			if err := em.guard.outside(func() error { return em.onLoad(ctx, m.meta.Interface(m.Entity)) }); err != nil {
				return err
			}
		}
	}
	return nil
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
