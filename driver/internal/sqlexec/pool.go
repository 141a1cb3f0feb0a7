package sqlexec

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"github.com/weft-orm/weft/driver"
)

// Pool is a pool of connections whose connector is a [Connector].
type Pool struct {
	*sql.DB
	waiting atomic.Int64
	turns   *turns // nil where there are several connections
}

// NewPool returns the pool of a handle.
func NewPool(db *sql.DB) *Pool { return &Pool{DB: db} }

// NewTurns returns the pool of a handle with one connection, which callers have in turn, and
// wait for no longer than that.
func NewTurns(db *sql.DB, wait time.Duration) *Pool {
	db.SetMaxOpenConns(1)
	return &Pool{DB: db, turns: &turns{taken: make(chan struct{}, 1), wait: wait}}
}

// turns lets one at a time have the connection of a pool. A deadline costs more than the
// connection, so that there is none while nobody waits.
type turns struct {
	taken  chan struct{}
	wait   time.Duration
	waits  atomic.Int64
	waited atomic.Int64 // nanoseconds
}

// take waits for the turn of the caller.
func (t *turns) take(ctx context.Context) error {
	select {
	case t.taken <- struct{}{}:
		return nil
	default:
	}
	begun := time.Now()
	defer func() {
		t.waits.Add(1)
		t.waited.Add(int64(time.Since(begun)))
	}()
	timer := time.NewTimer(t.wait)
	defer timer.Stop()
	select {
	case t.taken <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return ErrTurn
	}
}

// give ends a turn.
func (t *turns) give() {
	if t != nil {
		<-t.taken
	}
}

// PoolStats returns the state of the pool.
func (p *Pool) PoolStats(name string) driver.PoolStats {
	s := p.Stats()
	if p.turns != nil {
		s.WaitCount += p.turns.waits.Load()
		s.WaitDuration += time.Duration(p.turns.waited.Load())
	}
	return driver.PoolStats{
		Name: name, Max: s.MaxOpenConnections, Open: s.OpenConnections, Idle: s.Idle, InUse: s.InUse,
		Waiting: int(p.waiting.Load()), Waits: s.WaitCount, Waited: s.WaitDuration,
	}
}

// Lease is a connection taken from a pool.
type Lease struct {
	*Conn
	handle *sql.Conn
	turns  *turns
}

// Acquire takes a connection, and waits for one while all are in use.
func (p *Pool) Acquire(ctx context.Context) (*Lease, error) {
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	if p.turns == nil {
		return p.lease(ctx)
	}
	if err := p.turns.take(ctx); err != nil {
		return nil, err
	}
	l, err := p.lease(ctx)
	if err != nil {
		p.turns.give()
	}
	return l, err
}

func (p *Pool) lease(ctx context.Context) (*Lease, error) {
	handle, err := p.Conn(ctx)
	if err != nil {
		return nil, err
	}
	l := &Lease{handle: handle, turns: p.turns}
	err = handle.Raw(func(c any) error {
		l.Conn = c.(*Conn)
		return nil
	})
	if err != nil {
		_ = handle.Close() // the pool discards the connection itself
		return nil, err
	}
	return l, nil
}

// Release gives the connection back; the pool closes a broken one.
func (l *Lease) Release() {
	_ = l.handle.Close()
	l.turns.give()
}
