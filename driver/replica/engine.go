package replica

import (
	"context"
	"errors"
	"sync"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
)

// engine is the primary's, with replicas beside it. It implements driver.Pooled.
type engine struct {
	driver.Engine
	name  string // of the primary
	nodes []*node
	opts  Options
}

// Unwrap returns the primary.
func (e *engine) Unwrap() driver.Engine { return e.Engine }

// Compile implements driver.Engine; replicas compile with their first read.
func (e *engine) Compile(q qb.Query) (driver.Program, error) {
	p, err := e.Engine.Compile(q)
	if err != nil {
		return nil, err
	}
	return &program{Program: p, query: q, spread: spread(q)}, nil
}

// program is the primary's, and those of the replicas by *node.
type program struct {
	driver.Program
	query  qb.Query
	spread bool // a replica may answer
	others sync.Map
}

// Unwrap returns the program of the primary.
func (p *program) Unwrap() driver.Program { return p.Program }

func (p *program) on(n *node, e driver.Engine) (driver.Program, error) {
	if known, ok := p.others.Load(n); ok {
		return known.(driver.Program), nil
	}
	made, err := e.Compile(p.query)
	if err == nil {
		p.others.Store(n, made)
	}
	return made, err
}

// Session implements driver.Engine.
func (e *engine) Session(ctx context.Context, opts driver.SessionOptions) (driver.Session, error) {
	inner, err := e.Engine.Session(ctx, opts)
	if err != nil {
		return nil, err
	}
	s := &session{Session: inner, engine: e, primary: opts.Transaction || opts.Current, variables: opts.Variables}
	points, hasPoints := inner.(driver.Savepoints)
	text, hasText := inner.(driver.TextExecer)
	switch {
	case hasPoints && hasText:
		return &sqlSession{session: s, Savepoints: points, text: text}, nil
	case hasPoints:
		return &savepoints{session: s, Savepoints: points}, nil
	}
	return s, nil
}

// PoolStats implements driver.Pooled: the pools of the primary, then those of the
// replicas that were reached.
func (e *engine) PoolStats() []driver.PoolStats {
	all := statsOf(e.Engine, e.name)
	for _, n := range e.nodes {
		all = append(all, n.stats()...)
	}
	return all
}

// Close implements driver.Engine.
func (e *engine) Close() error {
	err := e.Engine.Close()
	for _, n := range e.nodes {
		err = errors.Join(err, n.close())
	}
	return err
}
