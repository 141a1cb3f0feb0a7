package orm

import (
	"context"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Hooks are methods of entities. A before hook that fails fails the flush; it may
// change its entity, and what it changes is written by the same flush. An after
// hook runs when the flush is published: its error comes back as ErrAfterFlush, and
// what was written stays written, unless an open transaction is rolled back for it.
type (
	// BeforeCreator runs before an entity is inserted.
	BeforeCreator interface {
		BeforeCreate(ctx context.Context) error
	}
	// AfterCreator runs after an entity was inserted, with its key.
	AfterCreator interface {
		AfterCreate(ctx context.Context) error
	}
	// BeforeUpdater runs before a changed entity is updated.
	BeforeUpdater interface {
		BeforeUpdate(ctx context.Context) error
	}
	// AfterUpdater runs after an entity was updated.
	AfterUpdater interface {
		AfterUpdate(ctx context.Context) error
	}
	// BeforeDeleter runs before an entity is deleted.
	BeforeDeleter interface {
		BeforeDelete(ctx context.Context) error
	}
	// AfterDeleter runs after an entity was deleted.
	AfterDeleter interface {
		AfterDelete(ctx context.Context) error
	}
)

var eventKinds = map[changeset.Kind]string{changeset.Insert: "create", changeset.Update: "update", changeset.Delete: "delete"}

// facts is what a flush wants to know about the hooks of an entity type.
type facts struct {
	// hooks reports methods that are hooks, touched values that are made on update.
	hooks, touched bool
}

func newFacts(e *mapper.Entity) facts {
	f := facts{hooks: hasHooks(e)}
	for _, p := range e.Leaves {
		f.touched = f.touched || p.OnUpdate != nil
	}
	return f
}

// hooked reports whether entities of this type have anything to call.
func (db *DB) hooked(e *mapper.Entity) bool {
	return db.facts[e.Ordinal].hooks || len(db.config.subscribers) > 0
}

// hasHooks reports methods that are hooks.
func hasHooks(e *mapper.Entity) bool {
	switch e.Interface(e.New()).(type) {
	case BeforeUpserter, AfterUpserter, BeforeCreator, AfterCreator, BeforeUpdater, AfterUpdater, BeforeDeleter, AfterDeleter:
		return true
	}
	return false
}

// hook runs user code before a flush. What it does is as if it had been done before the flush: it
// stays when that is taken back.
func (em *EntityManager) hook(f func() error) error {
	defer em.unit.Pause()()
	return em.guard.outside(f)
}

// before runs the hooks of one change.
func (em *EntityManager) before(ctx context.Context, w *work, c *changeset.Change) error {
	if !em.db.hooked(c.Entity) {
		return nil
	}
	x := c.Entity.Interface(c.Current)
	for _, s := range em.db.config.subscribers {
		if s.Before != nil {
			if err := s.Before(ctx, em, w.event(c, x)); err != nil {
				return err
			}
		}
	}
	switch c.Kind {
	case changeset.Insert:
		if h, ok := x.(BeforeCreator); ok {
			return h.BeforeCreate(ctx)
		}
	case changeset.Update:
		if h, ok := x.(BeforeUpdater); ok {
			return h.BeforeUpdate(ctx)
		}
	case changeset.Delete:
		if h, ok := x.(BeforeDeleter); ok {
			return h.BeforeDelete(ctx)
		}
	}
	return nil
}

// after runs the hooks of one published change of an entity that has some.
func (em *EntityManager) after(ctx context.Context, w *work, c *changeset.Change) error {
	x := c.Entity.Interface(c.Current)
	for _, s := range em.db.config.subscribers {
		if s.After != nil {
			if err := s.After(ctx, em, w.event(c, x)); err != nil {
				return err
			}
		}
	}
	switch c.Kind {
	case changeset.Insert:
		if h, ok := x.(AfterCreator); ok {
			return h.AfterCreate(ctx)
		}
	case changeset.Update:
		if h, ok := x.(AfterUpdater); ok {
			return h.AfterUpdate(ctx)
		}
	case changeset.Delete:
		if h, ok := x.(AfterDeleter); ok {
			return h.AfterDelete(ctx)
		}
	}
	return nil
}

// surround runs the hooks around a flush.
func (em *EntityManager) surround(ctx context.Context, pick func(Subscriber) func(context.Context, *EntityManager) error) error {
	for _, s := range em.db.config.subscribers {
		if f := pick(s); f != nil {
			if err := em.hook(func() error { return f(ctx, em) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// hookedChange is a change whose hooks have run: an entity that was changed may be removed by another's.
type hookedChange struct {
	m    *managed
	kind changeset.Kind
}

// beforeHooks runs the hooks of all changes, once for each entity and kind. What they
// change or persist is computed again, until there is nothing new.
func (em *EntityManager) beforeHooks(ctx context.Context, w *work) error {
	if w.Empty() {
		return nil
	}
	em.stage = stageBeforeFlush
	if err := em.surround(ctx, func(s Subscriber) func(context.Context, *EntityManager) error { return s.BeforeFlush }); err != nil {
		return err
	}
	seen, told := map[hookedChange]bool{}, map[any]string{}
	for range maxRounds {
		if err := em.beforeEach(ctx, w, seen); err != nil || w.Empty() {
			return err
		}
		again, err := em.onFlush(ctx, w, told)
		if err != nil || !again {
			return err
		}
		if err := em.prepare(ctx, w); err != nil || w.Empty() {
			return err
		}
	}
	return &Error{Class: ErrFlushLoop, Op: "flush", Detail: "OnFlush makes new changes each time it runs; let it look at Fresh"}
}

// beforeEach runs the hooks of the changes that have not been seen.
func (em *EntityManager) beforeEach(ctx context.Context, w *work, seen map[hookedChange]bool) error {
	for {
		ran := false
		for _, c := range w.Changes {
			is := hookedChange{w.At(c), c.Kind}
			if seen[is] || !em.db.hooked(c.Entity) && !(c.Kind == changeset.Update && em.db.facts[c.Entity.Ordinal].touched) {
				continue
			}
			seen[is], ran = true, true
			if err := w.Regenerate(c); err != nil {
				return err
			}
			em.stage = stageBefore
			if err := em.hook(func() error { return em.before(ctx, w, c) }); err != nil {
				return err
			}
		}
		if !ran {
			return nil
		}
		if err := em.prepare(ctx, w); err != nil {
			return err
		}
	}
}

// event tells of a change.
func (w *work) event(c *changeset.Change, entity any) Event {
	return Event{Kind: eventKinds[c.Kind], Entity: entity, work: w, change: c}
}

// afterHooks runs the hooks of a published flush, all of them: one that fails does
// not keep the others from what happened.
func (em *EntityManager) afterHooks(ctx context.Context, w *work) error {
	if em.scope.Session != nil {
		defer em.taking(stageAfter)()
	}
	var errs []error
	for _, c := range w.Changes {
		if !em.db.hooked(c.Entity) {
			continue
		}
		if err := em.guard.outside(func() error { return em.after(ctx, w, c) }); err != nil {
			errs = append(errs, &Error{Class: ErrAfterFlush, Op: "flush", Entity: c.Entity.Name, Key: w.Outcome.Key(c), Err: err})
		}
	}
	err := em.surround(ctx, func(s Subscriber) func(context.Context, *EntityManager) error { return s.AfterFlush })
	if err != nil {
		errs = append(errs, &Error{Class: ErrAfterFlush, Op: "flush", Err: err})
	}
	return join(errs...)
}
