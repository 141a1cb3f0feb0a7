package histories_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-orm/weft/orm"
)

// Steps on transactions that join, and on what takes part in a flush.

// joins says what a part of a transaction that does nothing comes to, by the way it propagates.
type joins int

const (
	joinsNothing joins = iota // it runs and leaves all as it is
	joinsFlush                // it ends with a flush
	joinsRefused              // it is orm.ErrTransaction
)

// ways are the propagations but Nested, which has steps of its own, with what they come to
// inside of a transaction and without one.
var ways = []struct {
	mode            orm.Propagation
	inside, without joins
}{
	{orm.Required, joinsFlush, joinsFlush},
	{orm.RequiresNew, joinsNothing, joinsFlush},
	{orm.Supports, joinsFlush, joinsNothing},
	{orm.Mandatory, joinsFlush, joinsRefused},
	{orm.Never, joinsRefused, joinsNothing},
	{orm.NotSupported, joinsNothing, joinsNothing},
}

// propagate runs a function that does nothing, or fails, as a part of what is open.
func (r *run) propagate(st step) bool {
	way := ways[st.N%len(ways)]
	open, fails := len(r.scopes) > 0, st.F == "fails"
	what := way.without
	if open {
		what = way.inside
	}
	if !r.caps.Transactions || open && way.mode == orm.RequiresNew && !r.caps.RowLocks { // one writer at a time
		return false
	}
	out := r.m.settle()
	if what == joinsFlush && (out.unclear != "" || r.cannot(out)) {
		return false
	}
	before := r.wire.writes
	tx := r.wire.tx
	err := guarded(func() error {
		return r.em.Transactional(r.ctx, func(context.Context, *orm.EntityManager) error {
			if fails {
				return errBack
			}
			return nil
		}, orm.Propagate(way.mode))
	})
	r.wire.tx = tx // that of a fork is over
	switch {
	case what == joinsFlush && !fails:
		r.judge(out, err, before)
		return true
	case what == joinsRefused && !errors.Is(err, orm.ErrTransaction):
		r.fail("%v: %v, want %v", st, err, orm.ErrTransaction)
	case what != joinsRefused && fails && !errors.Is(err, errBack), what == joinsNothing && !fails && err != nil:
		r.fail("%v: %v", st, err)
	case r.wire.writes != before:
		r.fail("%v wrote", st)
	}
	if r.em.InTransaction() != open {
		r.fail("%v: in a transaction: %t, want %t", st, r.em.InTransaction(), open)
	}
	r.cameToNothing([]int{r.at})
	return true
}

// hookKey is the key of what the hooks of entities do, in the context of a flush.
type hookKey struct{}

func hooked(ctx context.Context) error {
	if do, ok := ctx.Value(hookKey{}).(func()); ok {
		do()
	}
	return nil
}

// BeforeCreate and BeforeUpdate do what the context of the flush says.
func (*actor) BeforeCreate(ctx context.Context) error { return hooked(ctx) }
func (*actor) BeforeUpdate(ctx context.Context) error { return hooked(ctx) }
func (*board) BeforeUpdate(ctx context.Context) error { return hooked(ctx) }

// hasHooks reports a type whose hooks run before a row is inserted, or updated.
func (t *typ) hasHooks(fresh bool) bool { return t.name == "actor" || t.name == "board" && !fresh }

// flushHooked flushes with a hook that persists another entity.
func (r *run) flushHooked(st step) error {
	x := r.make(st)
	persisted := false
	ctx := context.WithValue(r.ctx, hookKey{}, func() {
		if !persisted {
			r.em.Persist(x)
		}
		persisted = true
	})
	err := guarded(func() error { return r.em.Flush(ctx) })
	if err == nil && !persisted {
		return fmt.Errorf("no hook ran")
	}
	return err
}

// hookStep is a flush in which a hook persists.
func (r *run) hookStep(st step) bool {
	t := r.m.unborn(st)
	if len(r.scopes) > 0 || t == nil || len(t.needs()) > 0 || !t.madeKey || !r.m.settle().hooks {
		return false
	}
	with := r.m.clone()
	with.born(st, t, true)
	out := with.settle()
	if out.unclear != "" || len(out.errs) > 0 {
		return false
	}
	r.m = with
	before := r.wire.writes
	r.judge(out, r.flushHooked(st), before)
	return true
}

var propagating = &action{
	name: "propagate", weight: 3, whole: (*run).propagate,
	draw: func(g *drawing) (step, bool) {
		st := step{Do: "propagate", N: g.below(len(ways))}
		if g.below(4) == 0 {
			st.F = "fails"
		}
		return st, true
	},
}

var hooking = &action{
	name: "hooked", weight: 4, whole: (*run).hookStep,
	draw: func(g *drawing) (step, bool) {
		t := g.typ()
		return step{Do: "hooked", H: g.next(), T: t.name, V: g.values(t)}, g.scopes == 0 && len(t.needs()) == 0 && t.madeKey && g.r.m.settle().hooks
	},
}

var _ = declare(propagating, hooking)
