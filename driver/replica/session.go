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
	variables   []driver.Variable
	wrote       context.Context // of the last write, or nil
	opened      []driver.Session
}

// savepoints is a session on an engine with savepoints.
type savepoints struct {
	*session
	driver.Savepoints
}

// sqlSession is a session on an engine with savepoints and a language. What users
// write may have effects, so that it goes to the primary.
type sqlSession struct {
	*session
	driver.Savepoints
	text driver.TextExecer
}

// ExecText implements driver.TextExecer, on the primary.
func (s *sqlSession) ExecText(ctx context.Context, text string, args ...any) (int64, error) {
	defer s.written(ctx)
	return s.text.ExecText(ctx, text, args...)
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
	r := &read{session: s, ctx: ctx, program: compiled, args: args}
	at := len(s.engine.nodes)
	if at > 0 && compiled.spread && !s.transaction && !pinned(ctx, s.engine.opts.Sticky) {
		r.first, at = max(s.engine.opts.Choose(ctx, at), 0), 0
	}
	result, err := r.from(at)
	if err != nil {
		return nil, err
	}
	return result, nil
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
func (r *read) from(i int) (*rows, error) {
	nodes := r.session.engine.nodes
	for ; i < len(nodes); i++ {
		node, next := nodes[(r.first+i)%len(nodes)], i+1
		result, tried, err := r.session.ask(r.ctx, node, r.program, r.args)
		if !tried {
			continue
		}
		if err == nil {
			return &rows{Rows: result, server: node.name, again: func(err error) (*rows, error) {
				node.blame(err)
				return r.from(next)
			}}, nil
		}
		if !elsewhere(err) {
			return nil, err
		}
		node.blame(err)
	}
	result, err := r.session.Session.Query(r.ctx, r.program.Program, r.args)
	if err != nil {
		return nil, err
	}
	return &rows{Rows: result, server: r.session.engine.name}, nil
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
	inner, err := e.Session(ctx, driver.SessionOptions{ReadOnly: true, Variables: s.variables})
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
		op.Affected, op.Returned, op.Sent = own[i].Affected, own[i].Returned, own[i].Sent
	}
	s.written(ctx)
	return err
}

// written remembers the time of a write, and again at the end of the session.
func (s *session) written(ctx context.Context) {
	s.wrote = ctx
	mark(ctx)
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
