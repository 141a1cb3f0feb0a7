package replica

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
)

// engine is the primary's, with replicas beside it.
type engine struct {
	driver.Engine
	nodes []*node
	opts  Options
}

// node is one replica.
type node struct {
	connector driver.Connector
	backoff   time.Duration

	mu     sync.Mutex
	engine driver.Engine // nil before the first connection
	until  time.Time     // the end of the back-off
}

// get returns the engine of the replica, nil while it is skipped.
func (n *node) get(ctx context.Context) driver.Engine {
	n.mu.Lock()
	defer n.mu.Unlock()
	if time.Now().Before(n.until) {
		return nil
	}
	if n.engine == nil {
		e, err := n.connector.Connect(ctx)
		if err != nil {
			n.until = time.Now().Add(n.backoff)
			return nil
		}
		n.engine = e
	}
	return n.engine
}

// fail begins the back-off.
func (n *node) fail() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.until = time.Now().Add(n.backoff)
}

// Unwrap returns the primary.
func (e *engine) Unwrap() driver.Engine { return e.Engine }

// Compile implements driver.Engine; replicas compile with their first read.
func (e *engine) Compile(q qb.Query) (driver.Program, error) {
	p, err := e.Engine.Compile(q)
	if err != nil {
		return nil, err
	}
	s, read := q.(*qb.Select)
	return &program{Program: p, query: q, spread: read && s.Lock.Mode == qb.NoLock}, nil
}

// program is the primary's, and those of the replicas by *node.
type program struct {
	driver.Program
	query  qb.Query
	spread bool // a replica may answer
	others sync.Map
}

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
	s := &session{Session: inner, engine: e, transaction: opts.Transaction}
	if points, ok := inner.(driver.Savepoints); ok {
		return &savepoints{session: s, Savepoints: points}, nil
	}
	return s, nil
}

// Close implements driver.Engine.
func (e *engine) Close() error {
	err := e.Engine.Close()
	for _, n := range e.nodes {
		n.mu.Lock()
		if n.engine != nil {
			err = errors.Join(err, n.engine.Close())
		}
		n.mu.Unlock()
	}
	return err
}
