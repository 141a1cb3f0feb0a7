package exec

import (
	"context"
	"errors"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// Runner runs plans in one session.
type Runner struct {
	Session driver.Session
	// Compile returns the program of a step; it is expected to cache by Step.Shape.
	Compile func(*plan.Step) (driver.Program, error)
	// Batch is the greatest number of rows of an operation, 0 for any.
	Batch int
	// PerRow reports that counts come row by row (driver.Caps.CountsPerRow).
	PerRow bool
	// Stale finds the stale row of a step when the engine only counted all rows
	// together. sure is false for a guess: another may have written what this flush writes.
	Stale func(context.Context, *plan.Step) (c *changeset.Change, sure bool, err error)
	// Taken returns those of the values asked for that rows have, in the session. It is
	// needed for plans with free values.
	Taken func(context.Context, *Question) ([]any, error)
	// Defer puts off the checks of unique constraints to the end of the transaction, and
	// with on false makes up for them. It is needed for plans that defer constraints.
	Defer func(ctx context.Context, list []*constraint.Unique, on bool) error
	// Stays reports that no transaction takes back what was done when a later step fails:
	// the error is a [*PartialError] then.
	Stays bool

	left PartialError
}

// Run executes the steps in order. Compiling comes first, so that a statement
// no engine form exists for fails before any I/O.
func (r *Runner) Run(ctx context.Context, p *plan.Plan) (*Outcome, error) {
	out, err := r.run(ctx, p)
	if err != nil && r.Stays && len(r.left.Written)+len(r.left.Unsure) > 0 {
		r.left.Err = err
		return nil, &r.left
	}
	return out, err
}

func (r *Runner) run(ctx context.Context, p *plan.Plan) (*Outcome, error) {
	programs := make([]driver.Program, len(p.Steps))
	for i, s := range p.Steps {
		var err error
		if programs[i], err = r.Compile(s); err != nil {
			return nil, err
		}
	}
	out := &Outcome{changes: p.Changes}
	r.left.Outcome = out
	if err := r.choose(ctx, p.Free, out); err != nil {
		return nil, err
	}
	if len(p.Deferred) > 0 {
		if err := r.Defer(ctx, p.Deferred, true); err != nil {
			return nil, err
		}
	}
	for from := 0; from < len(p.Steps); {
		to := independent(p, from)
		if err := r.send(ctx, p.Steps[from:to], programs[from:to], out); err != nil {
			return nil, err
		}
		from = to
	}
	if len(p.Deferred) > 0 {
		if err := r.Defer(ctx, p.Deferred, false); err != nil {
			return nil, &OpError{Err: err, Deferred: p.Deferred}
		}
	}
	return out, nil
}

// independent returns the end of the run of steps from from on that need no
// result of each other. A locked step ends a run: its count decides whether
// anything after it makes sense.
func independent(p *plan.Plan, from int) int {
	steps := p.Steps
	if from == len(steps)-1 {
		return len(steps)
	}
	pending := make([]bool, p.Changes)
	for i := from; i < len(steps); i++ {
		locked := false
		for _, op := range steps[i].Ops {
			if i > from && needs(op, pending) {
				return i
			}
			locked = locked || op.Locked
		}
		if locked || i == len(steps)-1 {
			return i + 1
		}
		for _, op := range steps[i].Ops {
			if op.MakesKey() {
				pending[op.Change.Number] = true
			}
		}
	}
	return len(steps)
}

// needs reports an operation with a key that a pending one makes.
func needs(op *plan.Op, pending []bool) bool {
	return waits(op.Values, pending) || slices.ContainsFunc(op.Lists(), func(l *changeset.LinkChange) bool {
		return waits(l.Owner, pending) || slices.ContainsFunc(l.Added, func(to changeset.Link) bool { return waits(to.Target, pending) })
	})
}

func waits(values []any, pending []bool) bool {
	for _, v := range values {
		if h, ok := v.(changeset.Handle); ok && pending[h.Of.Number] {
			return true
		}
	}
	return false
}

func (r *Runner) send(ctx context.Context, steps []*plan.Step, programs []driver.Program, out *Outcome) error {
	ops := make([]*driver.Op, len(steps))
	for i, s := range steps {
		ops[i] = &driver.Op{P: programs[i], Rows: rows(s, out), Uncounted: !s.Ops[0].Locked}
	}
	if err := r.exec(ctx, ops); err != nil {
		out.keys(steps, ops)
		r.left.leaveSome(steps, err)
		return failed(steps, err)
	}
	for i, s := range steps {
		out.Statements++
		for k, op := range s.Ops {
			if len(op.Returning) > 0 && k < len(ops[i].Returned) {
				out.put(op, ops[i].Returned[k])
			}
		}
		if err := r.check(ctx, s, ops[i].Affected); err != nil {
			if stale, ok := errors.AsType[*StaleError](err); ok {
				r.left.leaveBut(s, stale)
			}
			return err
		}
		if r.Stays {
			r.left.leave(s)
		}
	}
	return nil
}

// rows are the values of a step: those of its operations where they are known, else
// copies in which they are resolved.
func rows(s *plan.Step, out *Outcome) [][]any {
	n := s.Rows()
	list := make([][]any, 0, n)
	width := len(s.Ops[0].Set) + len(s.Ops[0].Match)
	var memory []any
	room := func() []any {
		if cap(memory) < width {
			memory = make([]any, 0, width*(n-len(list)))
		}
		row := memory[:0:width]
		memory = memory[width:width]
		return row
	}
	add := func(row []any) {
		for k, v := range row {
			row[k] = out.Resolve(v)
		}
		list = append(list, row)
	}
	var owner []any
	for _, op := range s.Ops {
		for _, l := range op.Lists() {
			owner = owner[:0]
			for _, v := range l.Owner {
				owner = append(owner, out.Resolve(v))
			}
			for k := range l.Added {
				row := op.Link(room(), l, &l.Added[k])
				copy(row, owner)
				add(row)
			}
		}
		switch {
		case op.Lists() != nil:
		case slices.ContainsFunc(op.Values, unresolved):
			add(append(room(), op.Values...))
		default:
			list = append(list, op.Values)
		}
	}
	return list
}

// unresolved reports what stands for a value.
func unresolved(v any) bool {
	switch v.(type) {
	case changeset.Handle, *plan.Free:
		return true
	}
	return false
}

// failed adds the operation to an engine's error.
func failed(steps []*plan.Step, err error) error {
	e := &OpError{Err: err}
	var engine *driver.Error
	if errors.As(err, &engine) && engine.Op >= 0 && engine.Op < len(steps) {
		e.Step = steps[engine.Op]
		if engine.Row >= 0 {
			e.Op = e.Step.At(engine.Row)
		}
	}
	return e
}
