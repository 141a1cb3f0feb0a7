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
	batch   int
	// stays reports that no transaction takes back what a failed flush has written.
	stays bool
	// published reports that the outcome is the state of the unit already, while the transaction
	// is open: what was written can be read there, and what subscribers change is a further change.
	published bool
	// gone are the deletions as they were told before publication.
	gone map[*changeset.Change]Change
}

// work runs the stages before execution. The work has no plan when there is nothing
// to do. After an error, and where it is not executed, it must be taken back; after a panic
// of user code it was.
func (em *EntityManager) work(ctx context.Context) (*work, error) {
	w := &work{db: em.db, schema: em.scope.Schema, batch: em.batch, stays: !em.db.caps.Transactions || em.loose && em.scope.Session == nil}
	if em.unresolved != nil {
		return w, &Error{Class: ErrUnresolved, Op: "flush", Detail: "call Resolve or Clear first"}
	}
	if err := errors.Join(em.mistakes...); err != nil {
		return w, err
	}
	w.Work = flush.Work{Unit: em.unit, Model: em.db.model, Loader: em.loader, Finder: em.loader, Enforced: em.db.caps.ForeignKeys, OwnReferences: em.db.caps.OwnReferences, KeyArrays: em.db.caps.KeyArrays, Engine: em.db.caps.Name, Now: time.Now()}
	w.journal = em.unit.Record()
	ran := false
	defer func() {
		em.unit.Stop()
		if !ran { // user code panicked
			w.takeBack()
		}
	}()
	defer em.during(stageLoad)()
	defer em.scope.ReadCurrent()()
	err := join(em.planned(ctx, w), em.misuses())
	ran = true
	return w, err
}

// planned finds out what is to be written, in which order, and runs the hooks that come before.
func (em *EntityManager) planned(ctx context.Context, w *work) (err error) {
	if err := em.prepare(ctx, w); err != nil {
		return err
	}
	if err := em.beforeHooks(ctx, w); err != nil {
		return err
	}
	if w.Empty() {
		return nil
	}
	if err := em.guarded(ctx, w); err != nil {
		return err
	}
	w.plan, err = plan.Build(w.input(em.db))
	return err
}

// prepare finds out what is to be written.
func (em *EntityManager) prepare(ctx context.Context, w *work) error {
	em.stage = stageLoad
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
		w.Unmark()
		w.journal.Undo()
	}
}

// flush runs all stages.
func (em *EntityManager) flush(ctx context.Context) (err error) {
	ctx, end := em.traced(ctx, "flush", "")
	defer func() {
		err = join(err, em.misuses())
		end(err)
	}()
	w, err := em.work(ctx)
	if err != nil {
		w.takeBack()
		for _, m := range w.Gone {
			em.unit.Forget(m, &homeOf(em, true).Manager)
		}
		return err
	}
	if w.plan == nil {
		em.settle(w)
		return nil
	}
	em.wroteChanges(w)
	for _, c := range w.Changes {
		if c.Kind != changeset.Insert {
			em.scope.Contest.Add(c.Entity, c.Key)
		}
	}
	if em.scope.Session != nil {
		return em.flushInside(ctx, w)
	}
	return em.flushOwn(ctx, w)
}

// flushOwn flushes in a transaction of its own.
func (em *EntityManager) flushOwn(ctx context.Context, w *work) (err error) {
	ran := false
	defer func() {
		if ran {
			return
		}
		if em.loose && w.published {
			em.takeBack()
		}
		w.takeBack() // user code panicked
		if em.loose {
			em.dropWritten(ctx) // it may have been stored
		}
	}()
	o := driver.SessionOptions{Transaction: true, Alone: w.plan.Alone() && !w.remakes() && len(em.db.config.subscribers) == 0}
	execute := func(session driver.Session) error {
		if !em.db.attended {
			return w.execute(ctx, session)
		}
		return em.send(ctx, w, session, em.unit.Record())
	}
	if em.db.begun {
		w.Freeze() // what is changed when the transaction has begun is not written
	}
	if em.loose {
		err = em.untransacted(ctx, execute)
	} else {
		err = clashing(ctx, func() error { return em.transact(ctx, o, execute) })
	}
	ran = true
	if err != nil {
		w.findLost(ctx, em, true)
		if errors.Is(err, driver.ErrCommitUnknown) || em.loose {
			em.dropWritten(ctx) // it may have been stored
		}
		if errors.Is(err, driver.ErrCommitUnknown) {
			if !w.published && !em.db.begun {
				w.Freeze()
			}
			em.unresolved = &unresolved{work: w, undo: em.scope.Undo}
			em.scope.Undo = nil
			em.scope.Tell()
			return err
		}
		if em.loose && w.published {
			em.takeBack()
		}
		w.takeBack()
		return err
	}
	if w.published {
		em.scope.Undo = nil
		em.unit.Settled()
	} else {
		w.keep()
		w.Publish(nil)
	}
	if em.loose {
		em.dropWritten(ctx)
		return em.afterHooks(ctx, w)
	}
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

// send executes the plan and publishes it, before its transaction has ended and into a journal
// that is taken back with it: so what subscribers read there are the entities that were written,
// and what they change is pending.
func (em *EntityManager) send(ctx context.Context, w *work, session driver.Session, journal *unit.Journal) error {
	w.published = false
	if err := w.execute(ctx, session); err != nil {
		return err
	}
	w.keep()
	w.Publish(journal)
	w.published = true
	em.scope.Undo = append(em.scope.Undo, journal)
	return join(em.toldWritten(ctx, w), em.misuses())
}

// flushInside flushes in the open transaction, under a savepoint of its own, and
// keeps the journal with which the outer rollback takes the flush back.
func (em *EntityManager) flushInside(ctx context.Context, w *work) error {
	mark := len(em.scope.Undo)
	name, ran := "", false
	defer func() {
		if !ran { // user code panicked
			em.takeBackFrom(mark, w)
			_ = em.scope.RollbackTo(context.WithoutCancel(ctx), name)
		}
	}()
	name, err := em.scope.Save(ctx)
	if err != nil {
		ran = true
		w.takeBack()
		return err
	}
	err = em.send(ctx, w, em.scope.Session, w.journal)
	ran = true
	if err != nil {
		em.takeBackFrom(mark, w)
		err = errors.Join(err, em.scope.RollbackTo(context.WithoutCancel(ctx), name))
		w.findLost(ctx, em, name != "")
		return err
	}
	if err := em.scope.Release(ctx, name); err != nil {
		em.takeBackFrom(mark, w)
		return err
	}
	return em.afterHooks(ctx, w)
}

// takeBackFrom undoes a flush of the open transaction, and what subscribers have done in it.
func (em *EntityManager) takeBackFrom(mark int, w *work) {
	if !w.published {
		w.takeBack()
		return
	}
	em.takeBackTo(mark)
}

// execute runs the plan in a session.
func (w *work) execute(ctx context.Context, session driver.Session) error {
	run := &exec.Runner{Session: session, Batch: w.batch, PerRow: w.db.caps.CountsPerRow, Compile: w.compileStep, Stays: w.stays}
	if !run.PerRow {
		run.Stale = w.stale(session)
	}
	if len(w.plan.Free) > 0 {
		run.Taken = w.taken(session)
	}
	if len(w.plan.Deferred) > 0 {
		run.Defer = w.deferring(session)
	}
	var err error
	if w.Outcome, err = run.Run(ctx, w.plan); err == nil {
		err = w.readGenerated(ctx, session)
	}
	return w.explain(err)
}

// compileStep compiles the write of a step, once per shape.
func (w *work) compileStep(s *plan.Step) (driver.Program, error) {
	db := w.db
	key := session.SchemaKey(append(append(make([]byte, 0, 128), 'W'), s.Shape...), w.schema)
	if p, ok := db.sessions.Programs.Get(key).(driver.Program); ok {
		return p, nil
	}
	write := s.Write(db.registry)
	write.Schema = w.schema
	p, err := db.engine.Compile(write)
	if err == nil {
		db.sessions.Programs.Put(key, p)
	}
	return p, err
}

// unresolved is a flush, and the journals of its transaction or of one around, whose COMMIT
// may or may not have happened.
type unresolved struct {
	work *work
	undo []session.Undo
}
