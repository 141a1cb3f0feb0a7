package histories_test

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// world is a database with the tables of some entities.
type world struct {
	*testing.T
	ctx  context.Context
	db   *orm.DB
	caps *driver.Caps
	// connector and entities make the database anew.
	connector driver.Connector
	entities  []any
	// units are those that this part made.
	units *[]*orm.EntityManager
}

// openWorld connects and makes the tables; they are dropped when the test ends,
// because servers are shared by all inputs. refused is why the engine cannot hold
// the entities, a driver.ErrUnsupported.
func openWorld(t *testing.T, c driver.Connector, entities []any) (w *world, refused error) {
	t.Helper()
	db, err := orm.Open(t.Context(), c, orm.Entities(entities...), orm.TimePrecision(3), orm.IgnoreChecks()) // one of them is for databases alone
	if err != nil {
		t.Fatal(err)
	}
	w = &world{t, t.Context(), db, db.Engine().Caps(), c, entities, new([]*orm.EntityManager)}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		if err := schema.Drop(ctx, db); err != nil && !errors.Is(err, schema.ErrNoSchema) && !errors.Is(err, driver.ErrUnsupported) {
			t.Error(err)
		}
		closeDB(t, db)
	})
	err = schema.Create(w.ctx, db)
	switch {
	case errors.Is(err, driver.ErrUnsupported):
		return w, err
	case err != nil && !errors.Is(err, schema.ErrNoSchema): // some engines make tables when they are used
		t.Fatal(err)
	}
	return w, nil
}

// closeDB closes a database, and reports a connection that never came back instead
// of waiting for it.
func closeDB(t *testing.T, db *orm.DB) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- db.Close() }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(3 * time.Second):
		t.Error("a connection is still in use")
	}
}

// recovers turns a panic of a sub-test into its failure, so that the others run.
func recovers(t *testing.T) {
	if r := recover(); r != nil {
		t.Errorf("panic: %v\n%s", r, debug.Stack())
	}
}

// each runs a part of an input in a sub-test, on empty tables.
func (w *world) each(name string, part func(w *world)) {
	w.Run(name, func(t *testing.T) {
		defer recovers(t)
		own := *w
		own.T, own.ctx = t, t.Context()
		if w.caps.Name == "memory" {
			again, err := openWorld(t, w.connector, w.entities)
			own.ok(err)
			own = *again
		} else {
			clean(t, w.db)
		}
		own.units = new([]*orm.EntityManager)
		defer own.leave()
		part(&own)
	})
}

// leave ends transactions that a failed part has left open, so that they are in
// nobody's way.
func (w *world) leave() {
	for _, em := range *w.units {
		for n := 0; em.InTransaction() && n < 3; n++ {
			_ = guarded(func() error { return em.Rollback(w.ctx) })
		}
	}
}

// em returns a new unit.
func (w *world) em() *orm.EntityManager {
	em := w.db.Fork()
	*w.units = append(*w.units, em)
	return em
}

// store writes new entities in a unit of its own and forgets them there.
func (w *world) store(entities ...any) {
	w.Helper()
	em := w.em()
	em.Persist(entities...)
	w.ok(em.Flush(w.ctx))
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// flush expects a flush to succeed and to leave nothing to do.
func (w *world) flush(em *orm.EntityManager) {
	w.Helper()
	w.ok(em.Flush(w.ctx))
	w.idle(em)
}

// idle expects a flush to send nothing.
func (w *world) idle(em *orm.EntityManager) {
	w.Helper()
	ctx, stats := orm.WithStats(w.ctx)
	plan, _ := em.Plan(w.ctx)
	w.ok(em.Flush(ctx))
	if n := stats.Statements(); n != 0 {
		w.Errorf("a flush without changes sent %d statements:\n%s", n, plan)
	}
}

// back runs steps in a transaction, flushes, and rolls back.
func (w *world) back(em *orm.EntityManager, steps func()) {
	w.Helper()
	w.ok(em.Begin(w.ctx))
	steps()
	w.ok(em.Flush(w.ctx))
	w.ok(em.Rollback(w.ctx))
}

// is compares two values as text.
func (w *world) is(what string, got, want any) {
	w.Helper()
	if g, s := fmt.Sprint(got), fmt.Sprint(want); g != s {
		w.Errorf("%s: %q, want %q", what, g, s)
	}
}

// fails expects an error of a class whose text names all these.
func (w *world) fails(err error, class error, names ...string) {
	w.Helper()
	if !errors.Is(err, class) {
		w.Errorf("error is %v, want one of class %q", err, class)
		return
	}
	for _, name := range names {
		if text := fmt.Sprint(err); !strings.Contains(strings.ToLower(text), strings.ToLower(name)) {
			w.Errorf("error is %q, it does not name %q", text, name)
		}
	}
}

// get reads an entity by key.
func get[T any](w *world, em *orm.EntityManager, key any, opts ...orm.FindOption) *T {
	w.Helper()
	x, err := orm.FindOneOrFail[T](w.ctx, em, key, opts...)
	w.ok(err)
	return x
}

// inputConnector returns what opens the database of each input: one for all of
// them on a server, where making databases takes its time.
func inputConnector(t *testing.T, e testengine.Engine) func(t *testing.T) driver.Connector {
	if !e.Server {
		return func(t *testing.T) driver.Connector { return e.Connector(t) }
	}
	shared := e.Connector(t)
	return func(*testing.T) driver.Connector { return shared }
}
