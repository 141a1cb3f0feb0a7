package replica

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/driver"
)

// session is one of the primary that hands reads to replicas.
type session struct {
	driver.Session
	engine      *engine
	transaction bool
	wrote       context.Context // of the last write, or nil
	opened      []driver.Session
}

type savepoints struct {
	*session
	driver.Savepoints
}

// Unwrap returns the session on the primary.
func (s *session) Unwrap() driver.Session { return s.Session }

// Query implements driver.Session. A replica that fails before it answers is
// skipped, and the read goes to the next one, at last to the primary.
func (s *session) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	compiled, ok := p.(*program)
	if !ok {
		return s.Session.Query(ctx, p, args)
	}
	n := len(s.engine.nodes)
	if n == 0 || !compiled.spread || s.transaction || pinned(ctx, s.engine.opts.Sticky) {
		return s.Session.Query(ctx, compiled.Program, args)
	}
	return (&read{session: s, ctx: ctx, program: compiled, args: args, first: s.engine.opts.Choose(ctx, n)}).from(0)
}

// read is one read on its way through the replicas.
type read struct {
	session *session
	ctx     context.Context
	program *program
	args    []any
	first   int
}

// from asks the replicas from the i-th on, then the primary.
func (r *read) from(i int) (driver.Rows, error) {
	nodes := r.session.engine.nodes
	for ; i < len(nodes); i++ {
		node, next := nodes[(r.first+i)%len(nodes)], i+1
		result, tried, err := r.session.ask(r.ctx, node, r.program, r.args)
		if !tried {
			continue
		}
		if err == nil {
			return &rows{Rows: result, again: func() (driver.Rows, error) {
				node.fail()
				return r.from(next)
			}}, nil
		}
		if !lost(err) {
			return nil, err
		}
		node.fail()
	}
	return r.session.Session.Query(r.ctx, r.program.Program, r.args)
}

// ask reads from a replica; tried is false while that is skipped.
func (s *session) ask(ctx context.Context, n *node, p *program, args []any) (rows driver.Rows, tried bool, err error) {
	e := n.get(ctx)
	if e == nil {
		return nil, false, nil
	}
	own, err := p.on(n, e)
	if err != nil {
		return nil, true, err
	}
	inner, err := e.Session(ctx, driver.SessionOptions{ReadOnly: true})
	if err != nil {
		return nil, true, err
	}
	s.opened = append(s.opened, inner)
	rows, err = inner.Query(ctx, own, args)
	return rows, true, err
}

// Exec implements driver.Session, on the primary.
func (s *session) Exec(ctx context.Context, ops []*driver.Op) error {
	own := make([]*driver.Op, len(ops))
	for i, op := range ops {
		clone := *op
		if p, ok := op.P.(*program); ok {
			clone.P = p.Program
		}
		own[i] = &clone
	}
	err := s.Session.Exec(ctx, own)
	for i, op := range ops {
		op.Affected, op.Returned = own[i].Affected, own[i].Returned
	}
	s.wrote = ctx
	mark(ctx)
	return err
}

// End implements driver.Session.
func (s *session) End(ctx context.Context, commit bool) error {
	err := s.Session.End(ctx, commit)
	for _, inner := range s.opened {
		err = errors.Join(err, inner.End(ctx, commit))
	}
	s.opened = nil
	if s.wrote != nil {
		mark(s.wrote)
	}
	return err
}
