package replica

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
)

// random chooses the replica to ask first, where the options do not.
func random(_ context.Context, n int) int { return rand.IntN(n) }

// spread reports what a replica may answer. A user's statement may have effects that
// nobody knows of, so that it must say so.
func spread(q qb.Query) bool {
	switch q := q.(type) {
	case *qb.Select:
		return q.Lock.Mode == qb.NoLock
	case *qb.Text:
		return q.Spread && !q.Mutates
	}
	return false
}

// Query implements driver.Session. A replica that fails before it answers is
// skipped, and the read goes to the next one, at last to the primary.
func (s *session) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	compiled, ok := p.(*program)
	if !ok {
		return s.Session.Query(ctx, p, args)
	}
	r := &read{session: s, ctx: ctx, program: compiled, args: args}
	at := len(s.engine.nodes)
	if at > 0 && compiled.spread && !s.primary && !pinned(ctx, s.engine.opts.Sticky) {
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

// lost reports a replica that is gone, or not ready to answer.
func lost(err error) bool { return errors.Is(err, driver.ErrConnection) }

// elsewhere reports a read that another server may answer: the replica is gone,
// or has ended the read because it was in the way of what it replays.
func elsewhere(err error) bool { return lost(err) || errors.Is(err, driver.ErrSerialization) }
