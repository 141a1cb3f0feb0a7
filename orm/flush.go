package orm

import (
	"context"
	"errors"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/exec"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// work is what one flush is about, from discovery to publication.
type work struct {
	unit    *unit
	now     time.Time
	changes []*changeset.Change
	links   []*linkWork
	plan    *plan.Plan
	outcome *exec.Outcome
	schema  string
}

// work runs the stages before execution. It returns nil when there is nothing to do.
func (em *EntityManager) work(ctx context.Context) (*work, error) {
	if em.scope.unresolved != nil {
		return nil, &Error{Class: ErrUnresolved, Op: "flush", Detail: "call Resolve or Clear first"}
	}
	if err := em.unit.failures(); err != nil {
		return nil, err
	}
	if err := em.prepare(ctx); err != nil {
		return nil, err
	}
	if err := em.loadHooks(ctx, em.unit); err != nil {
		return nil, err
	}
	w := &work{unit: em.unit, now: time.Now(), schema: em.scope.schema}
	if err := w.compute(); err != nil {
		return nil, err
	}
	if err := em.beforeHooks(ctx, w); err != nil {
		return nil, err
	}
	if len(w.changes) == 0 && len(w.links) == 0 {
		return nil, nil
	}
	in := plan.Input{Registry: em.db.registry, Model: em.db.model, Changes: w.changes, Whole: em.db.caps.WholeEntities}
	for _, l := range w.links {
		in.Links = append(in.Links, l.change)
	}
	var err error
	w.plan, err = plan.Build(in)
	return w, err
}

// flush runs all stages.
func (em *EntityManager) flush(ctx context.Context) error {
	w, err := em.work(ctx)
	if err != nil {
		return err
	}
	if w == nil {
		em.unit.pending = false
		return nil
	}
	em.scope.contest.add(w.changes)
	if em.scope.session != nil {
		return em.flushInside(ctx, w)
	}
	err = em.transact(ctx, func(session driver.Session) error { return w.execute(ctx, session) })
	if err != nil {
		if errors.Is(err, driver.ErrCommitUnknown) {
			em.scope.unresolved = &unresolved{work: w}
		}
		return err
	}
	w.publish(nil)
	return join(em.event(ctx, afterCommit), em.afterHooks(ctx, w))
}

// flushInside flushes in the open transaction, under a savepoint of its own, and
// keeps a record with which the outer rollback takes the publication back.
func (em *EntityManager) flushInside(ctx context.Context, w *work) error {
	name, err := em.scope.save(ctx)
	if err != nil {
		return err
	}
	if err := w.execute(ctx, em.scope.session); err != nil {
		return errors.Join(err, em.scope.rollbackTo(context.WithoutCancel(ctx), name))
	}
	if err := em.scope.release(ctx, name); err != nil {
		return err
	}
	r := &record{unit: em.unit}
	w.publish(r)
	em.scope.undo = append(em.scope.undo, r)
	return em.afterHooks(ctx, w)
}

// execute runs the plan in a session.
func (w *work) execute(ctx context.Context, session driver.Session) error {
	db := w.unit.db
	run := &exec.Runner{Session: session, PerRow: db.caps.CountsPerRow, Compile: w.compileStep, Stale: w.stale(session)}
	var err error
	w.outcome, err = run.Run(ctx, w.plan)
	return w.explain(err)
}

// compileStep compiles the write of a step, once per shape.
func (w *work) compileStep(s *plan.Step) (driver.Program, error) {
	db := w.unit.db
	key := append([]byte{'W'}, s.Shape...)
	if w.schema != "" {
		s.Write.Schema = w.schema
		key = append(append(append(key, 0), w.schema...), 'S')
	}
	if p, ok := db.cache.get(key).(driver.Program); ok {
		return p, nil
	}
	p, err := db.engine.Compile(s.Write)
	if err == nil {
		db.cache.put(key, p)
	}
	return p, err
}
