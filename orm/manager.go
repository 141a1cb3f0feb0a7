package orm

import (
	"context"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/orm/internal/load"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// EntityManager is a unit of work with its identity map: within it one row is
// one pointer. It belongs to one goroutine at a time and is meant to live as
// long as a request; get one from DB.Fork. Use by two goroutines at once is
// reported as ErrConcurrentUse where it is noticed.
type EntityManager struct {
	db   *DB
	unit *unit.Unit
	// filtering is what every read starts from.
	filtering filtering
	// mistakes of Persist and Remove, reported together by the flush.
	mistakes []error
	scope    *session.Scope
	loader   *load.Loader
	guard    guard
	home     *home
	mode     FlushMode
	// strict refuses what happens implicitly; loose flushes without a transaction.
	strict, loose bool
	// stored says that a transaction was committed, or may have been, since a retry began its run.
	stored bool
	// stage says where in a write user code runs, misuse what it did there that is not possible.
	stage stage
	// turn says where user code runs that must not end, or begin, the transaction around it: in after
	// hooks, and before the transaction begins or commits.
	turn   stage
	misuse []error
	// batch is the greatest number of rows of an operation of a flush, 0 for any.
	batch int
	// written are the entity types that the open transaction, or the write under way, wrote.
	written map[string]bool
	// batches collect the lazy loads of a shared manager, nil for others.
	batches *batches
	// unresolved is the flush, or the transaction, whose COMMIT may or may not have happened.
	unresolved *unresolved
	// lazy counts lazy loads by relation, for the log and Strict.
	lazy map[string]int
}

func newManager(db *DB) *EntityManager {
	// The parts live as long as each other, so that one piece of memory holds them.
	m := &struct {
		EntityManager
		home   home
		unit   unit.Unit
		scope  session.Scope
		loader load.Loader
	}{}
	em := &m.EntityManager
	m.home.of(em, false)
	m.unit.Init(db.units, &m.home.Manager)
	m.scope.Init(&db.sessions)
	em.filtering = filtering{db: db, schema: &m.scope.Schema, added: db.added.Load()}
	m.loader.Init(&db.loads, &m.unit, &m.scope, &em.filtering)
	em.db, em.home, em.unit, em.scope, em.loader = db, &m.home, &m.unit, &m.scope, &m.loader
	return em
}

// DB returns the database the manager was forked from.
func (em *EntityManager) DB() *DB {
	em = em.there()
	return em.db
}

// Clear forgets all entities but those given, pending work and mistakes
// included. References to forgotten entities stay as they are and cannot be loaded any more.
// Called by a hook before the flush around it is committed it does nothing, and the flush
// fails with [ErrInsideFlush].
func (em *EntityManager) Clear(keep ...any) {
	em = em.there()
	if em.misused("clear") {
		return
	}
	kept := make([]*managed, 0, len(keep))
	for _, x := range keep {
		if _, p, err := em.locate("clear", x); err == nil {
			if m := em.unit.Find(p); m != nil {
				kept = append(kept, m)
			}
		}
	}
	em.home.cleared = true
	em.home = homeOf(em, false)
	em.unit.Clear(&em.home.Manager, kept)
	em.loader.Arrived, em.mistakes, em.unresolved = nil, nil, nil
}

// Forget ends the management of entities without writing anything: what was
// persisted is not inserted, changes are not updated. What others lead to in a forgotten entity that
// has a row is that row from then on: a flush stores its key, a reference to it counts as not
// loaded, and when the row is read again all that lead to the former instance lead to the new one.
// Called by a hook before the flush around it is committed it does nothing, and the flush
// fails with [ErrInsideFlush].
func (em *EntityManager) Forget(entities ...any) {
	em = em.there()
	if em.misused("forget") {
		return
	}
	left := &homeOf(em, true).Manager
	for _, x := range entities {
		if _, p, err := em.locate("forget", x); err == nil {
			if m := em.unit.Find(p); m != nil {
				em.unit.Forget(m, left)
			}
		}
	}
	em.mistakes = nil
}

// Contains reports whether the manager knows the entity.
func (em *EntityManager) Contains(entity any) bool {
	em = em.there()
	_, p, err := em.locate("contains", entity)
	if err != nil {
		return false
	}
	m := em.unit.Find(p)
	return m != nil && m.State != unit.Loose && m.State != unit.Dropped
}

// Managed is how many entities the manager knows: the size of its identity map.
func (em *EntityManager) Managed() int {
	em = em.there()
	return em.unit.Size()
}

// managedOf returns the place of an entity handed in by the user.
func (em *EntityManager) managedOf(op string, entity any) (*managed, error) {
	e, p, err := em.locate(op, entity)
	if err != nil {
		return nil, err
	}
	if m := em.unit.Find(p); m != nil && m.State != unit.Loose {
		return m, nil
	}
	return nil, &Error{Class: ErrDetached, Op: op, Entity: e.Name, Detail: "read it with this manager first"}
}

// Flush writes what changed: new entities, changed ones and removed ones, in one
// transaction and in the order the database needs. A flush with nothing to do
// sends nothing. When it fails, entities, snapshots and pending work are as they
// were: fix the value and flush again.
func (em *EntityManager) Flush(ctx context.Context) error {
	em = em.there()
	if err := em.guard.enter("flush"); err != nil {
		return err
	}
	defer em.guard.leave()
	if err := em.refused("flush", flushesLater); err != nil {
		return err
	}
	return em.flush(ctx)
}

// Plan returns what Flush would do, as text, without doing it.
func (em *EntityManager) Plan(ctx context.Context) (string, error) {
	em = em.there()
	if err := em.guard.enter("plan"); err != nil {
		return "", err
	}
	defer em.guard.leave()
	if err := em.refused("plan", "FlushEvent.Plan tells it in Written"); err != nil {
		return "", err
	}
	w, err := em.work(ctx)
	if !planted.Is(planted.UndoPlan) {
		defer w.takeBack()
	}
	if err != nil || w.plan == nil {
		return "", err
	}
	return w.plan.String(), nil
}
