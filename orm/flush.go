package orm

import (
	"context"
	"errors"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/exec"
	"github.com/weft-orm/weft/orm/internal/flush"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// work is one flush: what is written, in which order, and how it is taken back.
type work struct {
	flush.Work
	db      *DB
	plan    *plan.Plan
	lost    *lostRow
	journal *unit.Journal
	schema  string
}

// work runs the stages before execution. The work has no plan when there is nothing
// to do. After an error, and where it is not executed, it must be taken back.
func (em *EntityManager) work(ctx context.Context) (*work, error) {
	w := &work{db: em.db, schema: em.scope.Schema}
	if em.unresolved != nil {
		return w, &Error{Class: ErrUnresolved, Op: "flush", Detail: "call Resolve or Clear first"}
	}
	if err := errors.Join(em.mistakes...); err != nil {
		return w, err
	}
	w.Work = flush.Work{Unit: em.unit, Model: em.db.model, Loader: em.loader, Enforced: em.db.caps.ForeignKeys, Now: time.Now()}
	w.journal = em.unit.Record()
	defer em.unit.Stop()
	if err := em.prepare(ctx, w); err != nil {
		return w, err
	}
	if err := em.beforeHooks(ctx, w); err != nil {
		return w, err
	}
	if w.Empty() {
		return w, nil
	}
	var err error
	w.plan, err = plan.Build(w.input(em.db))
	return w, err
}

// prepare finds out what is to be written.
func (em *EntityManager) prepare(ctx context.Context, w *work) error {
	if err := w.Prepare(ctx); err != nil {
		return told("flush", err)
	}
	if err := em.loadHooks(ctx, em.loader); err != nil {
		return err
	}
	return told("flush", w.Compute())
}

// takeBack makes everything as if the flush had not been tried.
func (w *work) takeBack() {
	if w != nil && w.journal != nil {
		w.journal.Undo()
	}
}

// flush runs all stages.
func (em *EntityManager) flush(ctx context.Context) error {
	w, err := em.work(ctx)
	if err != nil {
		w.takeBack()
		return err
	}
	if w.plan == nil {
		em.settle(w)
		return nil
	}
	for _, c := range w.Changes {
		if c.Kind != changeset.Insert {
			em.scope.Contest.Add(c.Entity, c.Key)
		}
	}
	if em.scope.Session != nil {
		return em.flushInside(ctx, w)
	}
	err = em.transact(ctx, func(session driver.Session) error { return w.execute(ctx, session) })
	if err != nil {
		w.findLost(ctx, em, true)
		if errors.Is(err, driver.ErrCommitUnknown) {
			w.Freeze()
			em.unresolved = &unresolved{work: w}
			return err
		}
		w.takeBack()
		return err
	}
	w.Publish(nil)
	return join(em.event(ctx, afterCommit), em.afterHooks(ctx, w))
}

// settle ends a flush that had nothing to write: what it brought together stays so, as
// a rollback of the transaction around it takes back.
func (em *EntityManager) settle(w *work) {
	if em.scope.Session == nil {
		w.Publish(nil)
		return
	}
	w.Publish(w.journal)
	em.scope.Undo = append(em.scope.Undo, w.journal)
}

// flushInside flushes in the open transaction, under a savepoint of its own, and
// keeps the journal with which the outer rollback takes the flush back.
func (em *EntityManager) flushInside(ctx context.Context, w *work) error {
	name, err := em.scope.Save(ctx)
	if err != nil {
		w.takeBack()
		return err
	}
	if err := w.execute(ctx, em.scope.Session); err != nil {
		w.takeBack()
		err = errors.Join(err, em.scope.RollbackTo(context.WithoutCancel(ctx), name))
		w.findLost(ctx, em, name != "")
		return err
	}
	if err := em.scope.Release(ctx, name); err != nil {
		w.takeBack()
		return err
	}
	w.Publish(w.journal)
	em.scope.Undo = append(em.scope.Undo, w.journal)
	return em.afterHooks(ctx, w)
}

// execute runs the plan in a session.
func (w *work) execute(ctx context.Context, session driver.Session) error {
	run := &exec.Runner{Session: session, PerRow: w.db.caps.CountsPerRow, Compile: w.compileStep, Stale: w.stale(session), Taken: w.taken(session), Defer: w.deferring(session)}
	var err error
	w.Outcome, err = run.Run(ctx, w.plan)
	return w.explain(err)
}

// compileStep compiles the write of a step, once per shape.
func (w *work) compileStep(s *plan.Step) (driver.Program, error) {
	db := w.db
	s.Write.Schema = w.schema
	key := session.SchemaKey(append([]byte{'W'}, s.Shape...), w.schema)
	if p, ok := db.sessions.Programs.Get(key).(driver.Program); ok {
		return p, nil
	}
	p, err := db.engine.Compile(s.Write)
	if err == nil {
		db.sessions.Programs.Put(key, p)
	}
	return p, err
}

// unresolved is a flush, or the journals of a transaction, whose COMMIT may or may
// not have happened.
type unresolved struct {
	work *work
	undo []session.Undo
}
