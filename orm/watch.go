package orm

import (
	"context"
	"iter"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// WatchEvent is a change of an entity that was committed, by whoever made it.
type WatchEvent[T any] struct {
	// Kind is "create", "update" or "delete".
	Kind string
	// Key is the canonical key.
	Key any
	// Entity is what is stored when the event is read, nil when it is gone by then or
	// hidden by a filter. It is managed by a unit of work of its own.
	Entity *T
	// Properties are the paths of those that an update has written.
	Properties []string
	// Token goes on behind this event, see [WatchAfter].
	Token string
	// At is when the change was committed, in whole seconds.
	At time.Time
}

// WatchOption adds to [Watch].
type WatchOption func(*watchOptions)

type watchOptions struct {
	after string
	find  []FindOption
}

// WatchAfter goes on behind an event that was seen before: also behind a restart of the
// program, as long as the database remembers.
func WatchAfter(token string) WatchOption { return func(o *watchOptions) { o.after = token } }

// WatchFind adds to the reads of the entities of events: what to populate, for instance.
func WatchFind(opts ...FindOption) WatchOption {
	return func(o *watchOptions) { o.find = append(o.find, opts...) }
}

// Watch yields the changes of entities of type T as they are committed, until the context
// ends or the loop is left; an error ends it. It begins with what is committed after the
// loop has begun, or behind a token. Types of a hierarchy are watched by their root. An
// engine or deployment that does not tell of changes is an ErrUnsupported: that is all
// but MongoDB's replica sets and sharded clusters.
func Watch[T any](ctx context.Context, em *EntityManager, opts ...WatchOption) iter.Seq2[WatchEvent[T], error] {
	em = em.there()
	return func(yield func(WatchEvent[T], error) bool) {
		if em.guard.fault != nil {
			yield(WatchEvent[T]{}, em.guard.fault)
			return
		}
		var o watchOptions
		if err := apply("watch", &o, opts); err != nil {
			yield(WatchEvent[T]{}, err)
			return
		}
		changes, err := em.watch(ctx, mapper.EntityOf[T](em.db.registry), o.after)
		if err != nil {
			yield(WatchEvent[T]{}, err)
			return
		}
		defer func() { _ = changes.Close() }() // what ends it has been told
		for {
			event, err := nextEvent[T](ctx, em, changes, &o)
			if !yield(event, err) || err != nil {
				return
			}
		}
	}
}

// watch listens to the changes of an entity.
func (em *EntityManager) watch(ctx context.Context, e *mapper.Entity, after string) (driver.Changes, error) {
	refuse := func(detail string) error {
		out := &Error{Class: ErrUnsupported, Op: "watch", Detail: detail}
		if e != nil {
			out.Entity = e.Name
		}
		return out
	}
	switch w, ok := driver.EngineAs[driver.Watcher](em.db.engine); {
	case e == nil:
		return nil, &Error{Class: ErrUnknownEntity, Op: "watch", Detail: "the type is not among the registered entities"}
	case !ok:
		return nil, refuse(em.db.caps.Name + " does not tell of changes; relay them by an outbox")
	case e.Base != nil:
		return nil, refuse("changes are told of all types of a hierarchy together; watch " + e.Root().Name)
	case e.Table == nil || e.Query != "":
		return nil, refuse("it is read from elsewhere")
	default:
		return w.Watch(ctx, driver.Watched{Entity: e, Schema: em.scope.Schema, After: after})
	}
}

// nextEvent waits for an event, and reads what it is about.
func nextEvent[T any](ctx context.Context, em *EntityManager, changes driver.Changes, o *watchOptions) (WatchEvent[T], error) {
	c, err := changes.Next(ctx)
	if err != nil {
		return WatchEvent[T]{}, err
	}
	event := WatchEvent[T]{Kind: c.Kind, Key: c.Key, Properties: c.Properties, Token: c.Token, At: c.At}
	if c.Kind != "delete" {
		event.Entity, err = FindOne[T](ctx, em.fork(), c.Key, o.find...)
	}
	return event, err
}
