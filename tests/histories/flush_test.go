package histories_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// flush flushes and expects what the model says.
func (r *run) flush(st step) bool {
	out := r.m.settle()
	if out.unclear != "" || r.cannot(out) {
		return false
	}
	before := r.wire.writes
	err := guarded(func() error { return r.em.Flush(r.ctx) })
	r.judge(out, err, before)
	return true
}

// cannot reports what an engine has no means to refuse, so that nobody can say what
// becomes of it.
func (r *run) cannot(out *outcome) bool {
	return !r.caps.ForeignKeys && slices.Contains(out.errs, driver.ErrForeignKeyViolation)
}

// judge compares how a flush ended with how it should.
func (r *run) judge(out *outcome, err error, before int) {
	switch {
	case len(out.errs) > 0 && err == nil:
		r.fail("the flush should have failed: %v", out.errs)
	case len(out.errs) > 0 && !matches(err, out.errs):
		r.fail("the flush failed with %v, want one of %v", err, out.errs)
	case len(out.errs) > 0:
		r.refusals++
		r.cameToNothing([]int{r.at})
		r.doomed(r.wire.writes != before)
	case err != nil:
		r.fail("the flush failed: %v", err)
	case !out.writes && !out.wipes && r.wire.writes != before:
		r.fail("a flush without changes wrote")
	default:
		r.flushed(out)
	}
}

// flushed takes over what a flush did, and compares everything.
func (r *run) flushed(out *outcome) {
	if out.writes {
		r.flushes++
	}
	r.become(out.next)
	r.compareMemory()
	r.compareTables()
	r.traces[r.at] = r.trace(r.m.objects(), nil)
	ctx, stats := orm.WithStats(r.ctx)
	if err := guarded(func() error { return r.em.Flush(ctx) }); err != nil {
		r.fail("a second flush failed: %v", err)
	}
	if n := stats.Statements(); n != 0 {
		r.fail("a second flush sent %d statements", n)
	}
}

// doomed rolls back a transaction that no engine without savepoints goes on with.
func (r *run) doomed(sent bool) {
	if len(r.scopes) > 0 && !r.caps.Savepoints && sent {
		r.rollBack()
	}
}

var digits = regexp.MustCompile(`\d+`)

// cameToNothing notes steps whose flush or transaction left nothing behind: the same
// history without them must look alike from here on.
func (r *run) cameToNothing(positions []int) {
	for _, i := range positions {
		r.ghosts[i] = true
	}
	r.m.resolved()
	out := r.m.settle()
	t := r.trace(r.m.objects(), r.m.pending())
	if t.planned = r.plans && out.unclear == "" && len(out.errs) == 0; t.planned {
		t.plan, t.unsure = r.plan(), r.m.unlinks()
	}
	r.traces[r.at] = t
}

// plan is what a flush would do, without the numbers that databases make (see plans_test.go).
func (r *run) plan() string {
	var plan string
	err := guarded(func() (err error) {
		plan, err = r.em.Plan(r.ctx)
		return err
	})
	if r.m != nil {
		r.m.looked()
	}
	if err != nil {
		plan = "an error"
	}
	return digits.ReplaceAllString(plan, "N")
}

// enter notes that a scope begins.
func (r *run) enter(at int, nested bool) {
	if len(r.scopes) == 0 {
		outside := r.m.db.clone()
		r.m.outside = &outside
	}
	r.scopes = append(r.scopes, &scope{saved: r.m.clone(), begin: at, nested: nested})
}

// exit ends the innermost scope, with what the model is then.
func (r *run) exit(next *model) *scope {
	s := r.scopes[len(r.scopes)-1]
	if r.scopes = r.scopes[:len(r.scopes)-1]; len(r.scopes) == 0 {
		next.outside, next.given = nil, map[int]bool{}
		r.upserted = map[int][]any{}
	}
	return s
}

// begin opens a transaction.
func (r *run) begin(st step) bool {
	if len(r.scopes) > 0 || !r.caps.Transactions {
		return false
	}
	if err := guarded(func() error { return r.em.Begin(r.ctx) }); err != nil {
		r.fail("begin failed: %v", err)
	}
	r.enter(r.at, false)
	return true
}

// commit ends it, in one of the ways a commit can end.
func (r *run) commit(st step) bool {
	if len(r.scopes) != 1 || r.scopes[0].nested {
		return false
	}
	out := r.m.settle()
	way := commitFault(st.N)
	if out.unclear != "" || r.cannot(out) || way != commitWell && len(out.errs) > 0 {
		return false
	}
	r.wire.commit = way
	err := guarded(func() error { return r.em.Commit(r.ctx) })
	happened := r.wire.commit == commitWell
	r.wire.calm()
	switch {
	case way == commitRefused && happened:
		r.refused(err, driver.ErrOther)
	case way != commitWell && happened:
		if !errors.Is(err, driver.ErrCommitUnknown) {
			r.fail("commit: %v, want %v", err, driver.ErrCommitUnknown)
			return true
		}
		r.em.Resolve(way == commitLostAfter)
		if way == commitLostAfter {
			r.committed(out)
			return true
		}
		r.rolledBack()
	case len(out.errs) > 0:
		r.refused(err, out.errs...)
	case err != nil:
		r.fail("commit failed: %v", err)
	default:
		r.committed(out)
	}
	return true
}

// refused expects an error that rolled everything back.
func (r *run) refused(err error, classes ...error) {
	if !matches(err, classes) {
		r.fail("commit: %v, want one of %v", err, classes)
	}
	r.rolledBack()
}

// committed takes over what the last flush did.
func (r *run) committed(out *outcome) {
	s := r.exit(out.next)
	if len(r.scopes) > 0 {
		outer := r.scopes[len(r.scopes)-1]
		outer.ends = append(append(outer.ends, s.ends...), s.begin, r.at)
	}
	r.flushed(out)
}

// nest plays steps in Transactional until one that ends it.
func (r *run) nest(i int) int {
	if !r.caps.Savepoints || len(r.scopes) > 2 {
		return i + 1
	}
	r.done[i] = true
	next, ended, left := i+1, false, false
	var out *outcome
	r.enter(i, true)
	err := guarded(func() error {
		return r.em.Transactional(r.ctx, func(context.Context, *orm.EntityManager) error {
			for r.failure == "" && !ended && r.has(next) {
				switch r.at = next; r.steps[next].Do {
				case "leave", "back":
					r.done[next] = true
					ended, left = true, r.steps[next].Do == "leave"
					next++
				default:
					next = r.step(next)
				}
			}
			out = r.m.settle()
			if !left || out.unclear != "" || r.cannot(out) {
				left = false
				return errBack
			}
			return nil
		})
	})
	if !ended {
		r.at = next // behind the last step
	}
	switch {
	case r.failure != "":
	case !left && !errors.Is(err, errBack):
		r.fail("a nested transaction that was rolled back: %v", err)
	case !left:
		r.rolledBack()
	case len(out.errs) > 0:
		r.refused(err, out.errs...)
	case err != nil:
		r.fail("leaving failed: %v", err)
	default:
		r.committed(out)
	}
	return next
}

// flushFault is a flush whose operation N fails, or whose commit does.
func (r *run) flushFault(st step) bool {
	out := r.m.settle()
	if out.unclear != "" || len(out.errs) > 0 || !out.writes {
		return false
	}
	class := driver.ErrOther
	before := r.wire.writes
	switch st.F {
	case "commit":
		if len(r.scopes) > 0 {
			return false
		}
		if r.wire.commit = commitFault(st.N); st.N != int(commitRefused) {
			class = driver.ErrCommitUnknown
		}
	case "deadlock":
		if len(r.scopes) > 0 {
			return false // which ends the transaction
		}
		class = driver.ErrDeadlock
		fallthrough
	default:
		r.wire.failAt, r.wire.failWith = r.wire.writes+st.N, class
	}
	err := guarded(func() error { return r.em.Flush(r.ctx) })
	happened := r.wire.failAt == 0 && r.wire.commit == commitWell
	r.wire.calm()
	switch {
	case !happened:
		r.judge(out, err, before)
	case !errors.Is(err, class):
		r.fail("the flush ended with %v, want %v", err, class)
	case class == driver.ErrCommitUnknown:
		r.em.Resolve(st.N == int(commitLostAfter))
		if st.N == int(commitLostAfter) {
			r.flushed(out)
			break
		}
		fallthrough
	default:
		r.cameToNothing([]int{r.at})
		r.compareTables()
		r.doomed(true)
	}
	return true
}

// ownBack is Transactional whose function flushes and rolls back itself.
func (r *run) ownBack(st step) bool {
	out := r.m.settle()
	if len(r.scopes) > 0 || !r.caps.Transactions || out.unclear != "" || len(out.errs) > 0 {
		return false
	}
	err := guarded(func() error {
		return r.em.Transactional(r.ctx, func(ctx context.Context, em *orm.EntityManager) error {
			if err := em.Flush(ctx); err != nil {
				return fmt.Errorf("flush: %w", err)
			}
			return em.Rollback(ctx)
		})
	})
	if err != nil && !errors.Is(err, orm.ErrTransaction) {
		r.fail("Transactional that was rolled back inside: %v", err)
	}
	r.cameToNothing([]int{r.at})
	r.compareTables()
	return true
}

var _ = declare(
	&action{name: "flush", whole: (*run).flush, weight: 14, draw: func(g *drawing) (step, bool) { return step{Do: "flush"}, true }},
	&action{name: "flushFault", whole: (*run).flushFault, weight: 4, draw: drawFault},
	&action{name: "ownBack", whole: (*run).ownBack, weight: 1, draw: func(g *drawing) (step, bool) { return step{Do: "ownBack"}, g.scopes == 0 }},
	&action{name: "begin", whole: (*run).begin, weight: 4, draw: func(g *drawing) (step, bool) { return step{Do: "begin"}, g.scopes == 0 }},
	&action{name: "commit", whole: (*run).commit, weight: 4, draw: drawCommit},
	&action{name: "rollback", whole: (*run).rollbackStep, weight: 4, draw: func(g *drawing) (step, bool) { return step{Do: "rollback"}, g.begun() }},
	&action{name: "nest", weight: 3, draw: func(g *drawing) (step, bool) { return step{Do: "nest"}, g.scopes < 3 }},
	&action{name: "leave", whole: nowhere, weight: 6, draw: func(g *drawing) (step, bool) { return step{Do: "leave"}, g.nested() }},
	&action{name: "back", whole: nowhere, weight: 6, draw: func(g *drawing) (step, bool) { return step{Do: "back"}, g.nested() }},
)

// nowhere is the end of a nested transaction that is not there.
func nowhere(*run, step) bool { return false }

func (r *run) rollbackStep(step) bool {
	if len(r.scopes) != 1 || r.scopes[0].nested {
		return false
	}
	r.rollBack()
	return true
}

func drawFault(g *drawing) (step, bool) {
	switch g.below(6) {
	case 0:
		return step{Do: "flushFault", F: "deadlock", N: 1 + g.below(3)}, g.scopes == 0
	case 1, 2:
		return step{Do: "flushFault", F: "commit", N: 1 + g.below(3)}, g.scopes == 0
	}
	return step{Do: "flushFault", N: 1 + g.below(5)}, true
}

func drawCommit(g *drawing) (step, bool) {
	n := 0
	if g.below(3) == 0 {
		n = 1 + g.below(3)
	}
	return step{Do: "commit", N: n}, g.begun()
}
