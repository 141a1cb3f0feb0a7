package orm

import (
	"context"
	"reflect"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Subscriber sees what happens to entities of all types. Each function may be nil.
type Subscriber struct {
	// Before runs before an entity is written, After once the flush is published.
	Before, After func(ctx context.Context, em *EntityManager, e Event) error
	// Load runs after an entity was read, see [Loader].
	Load func(ctx context.Context, em *EntityManager, entity any) error
	// Transactions surround transactions.
	Transactions TransactionEvents
	// BeforeFlush and AfterFlush surround every flush that has something to write.
	BeforeFlush, AfterFlush func(ctx context.Context, em *EntityManager) error
	// OnFlush runs when all changes of a flush are known and nothing was sent. It may
	// change entities, persist and remove: changes are computed again, before-hooks run for
	// what is new, and OnFlush runs again as long as there is something it has not seen.
	OnFlush func(ctx context.Context, em *EntityManager, f *FlushEvent) error
	// Written runs when all rows of a flush are written and its transaction is still open:
	// keys are known. It may read and write in the transaction, by SQL, native or bulk writes,
	// and cannot flush. Its error rolls the flush back.
	Written func(ctx context.Context, em *EntityManager, f *FlushEvent) error
}

// Event is what happens to one entity.
type Event struct {
	// Kind is "create", "update" or "delete", and "upsert" for an entity of BulkUpsert.
	Kind string
	// Entity is the *T.
	Entity any

	work   *work
	change *changeset.Change
}

// Change tells what changes. It costs something, and is not to be kept for later: call
// it while the event lasts. For an upsert it has no properties, which nobody knows.
func (e Event) Change() Change {
	if e.work == nil {
		return Change{Kind: e.Kind, Entity: e.Entity}
	}
	return e.work.tell(e.change)
}

// FlushEvent is a flush on its way.
type FlushEvent struct {
	work *work
	seen map[any]string
}

// Changes returns all changes of the flush, in the order of its rows.
func (f *FlushEvent) Changes() []Change { return f.work.list() }

// Plan returns the steps of the flush as [EntityManager.Plan] does, with values or with ?
// in their places; "" in OnFlush, where it is not known yet.
func (f *FlushEvent) Plan(values bool) string {
	if f.work.plan == nil {
		return ""
	}
	return f.work.plan.Text(values)
}

// Fresh returns the changes that the subscriber has not seen in this flush, or not as
// they are now: all of them when OnFlush runs for the first time.
func (f *FlushEvent) Fresh() []Change {
	return slices.DeleteFunc(f.work.list(), func(c Change) bool { return f.seen[c.Entity] == fingerprint(&c) })
}

// maxRounds is how often OnFlush may find something new.
const maxRounds = 50

// onFlush runs the OnFlush of all subscribers; again reports that they were told
// something new, so that changes must be computed again.
func (em *EntityManager) onFlush(ctx context.Context, w *work, seen map[any]string) (again bool, err error) {
	if !em.db.onFlush {
		return false, nil
	}
	f := &FlushEvent{work: w, seen: seen}
	if len(f.Fresh()) == 0 {
		return false, nil
	}
	for _, s := range em.db.config.subscribers {
		if s.OnFlush == nil {
			continue
		}
		em.stage = stageOnFlush
		if err := em.hook(func() error { return s.OnFlush(ctx, em, f) }); err != nil {
			return false, err
		}
	}
	for _, c := range w.list() {
		seen[c.Entity] = fingerprint(&c)
	}
	return true, nil
}

// toldWritten runs the Written of all subscribers in the transaction of the flush.
func (em *EntityManager) toldWritten(ctx context.Context, w *work) error {
	if !em.db.written {
		return nil
	}
	defer em.during(stageWritten)()
	f := &FlushEvent{work: w}
	return em.surround(ctx, func(s Subscriber) func(context.Context, *EntityManager) error {
		if s.Written == nil {
			return nil
		}
		return func(ctx context.Context, em *EntityManager) error { return s.Written(ctx, em, f) }
	})
}

// Subscribe adds a subscriber for all managers.
func Subscribe(s Subscriber) Option {
	return func(c *config) { c.subscribers = append(c.subscribers, s) }
}

// SubscriberOf sees what happens to entities of one type and its subtypes. Each function
// may be nil; they mean what those of [Subscriber] do.
type SubscriberOf[T any] struct {
	Before, After func(ctx context.Context, em *EntityManager, entity *T, e Event) error
	Load          func(ctx context.Context, em *EntityManager, entity *T) error
}

// SubscribeTo adds a subscriber for the entities of one type, for all managers.
func SubscribeTo[T any](s SubscriberOf[T]) Option {
	typed := func(f func(context.Context, *EntityManager, *T, Event) error) func(context.Context, *EntityManager, Event) error {
		if f == nil {
			return nil
		}
		return func(ctx context.Context, em *EntityManager, e Event) error {
			if entity, ok := castTo[T](em, e.Entity); ok {
				return f(ctx, em, entity, e)
			}
			return nil
		}
	}
	of := Subscriber{Before: typed(s.Before), After: typed(s.After)}
	if s.Load != nil {
		of.Load = func(ctx context.Context, em *EntityManager, x any) error {
			if entity, ok := castTo[T](em, x); ok {
				return s.Load(ctx, em, entity)
			}
			return nil
		}
	}
	return func(c *config) {
		c.subscribers = append(c.subscribers, of)
		c.subscribed = append(c.subscribed, reflect.TypeFor[T]())
	}
}

// castTo returns an entity as the T it is, or is a subtype of: the embedded base is the
// first field of its subtypes.
func castTo[T any](em *EntityManager, x any) (*T, bool) {
	if entity, ok := x.(*T); ok {
		return entity, true
	}
	v := reflect.ValueOf(x)
	if v.Kind() != reflect.Pointer {
		return nil, false
	}
	e, want := em.db.registry.ByType(v.Type().Elem()), em.db.registry.ByType(reflect.TypeFor[T]())
	if e == nil || want == nil || !e.IsSubtypeOf(want) {
		return nil, false
	}
	return (*T)(unsafe.Pointer(v.UnsafePointer())), true
}
