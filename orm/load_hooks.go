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

// arrivals are entities whose hooks run at the end of the read.
type arrivals struct{ loaded []*managed }

// arrived runs the hooks of an entity that was made from a row, or remembers them
// for the end of the read.
func (l *arrivals) arrived(db *DB, m *managed, made bool) {
	s := db.shape(m.Meta)
	if made && s.inits {
		m.Meta.Interface(m.Entity).(Initializer).OnInit()
	}
	if s.loads {
		l.loaded = append(l.loaded, m)
	}
}

// loadHooks runs what is due at the end of a read.
func (em *EntityManager) loadHooks(ctx context.Context, f *finder) error {
	for len(f.arrivals.loaded) > 0 {
		list := f.arrivals.loaded
		f.arrivals.loaded = nil
		for _, m := range list {
			if err := em.guard.outside(func() error { return em.onLoad(ctx, m.Meta.Interface(m.Entity)) }); err != nil {
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
