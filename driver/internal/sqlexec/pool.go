package sqlexec

import (
	"context"
	"database/sql"
	"sync/atomic"

	"github.com/weft-orm/weft/driver"
)

// Pool is a pool of connections whose connector is a [Connector].
type Pool struct {
	*sql.DB
	waiting atomic.Int64
}

// NewPool returns the pool of a handle.
func NewPool(db *sql.DB) *Pool { return &Pool{DB: db} }

// PoolStats returns the state of the pool.
func (p *Pool) PoolStats(name string) driver.PoolStats {
	s := p.Stats()
	return driver.PoolStats{
		Name: name, Max: s.MaxOpenConnections, Open: s.OpenConnections, Idle: s.Idle, InUse: s.InUse,
		Waiting: int(p.waiting.Load()), Waits: s.WaitCount, Waited: s.WaitDuration,
	}
}

// Lease is a connection taken from a pool.
type Lease struct {
	*Conn
	handle *sql.Conn
}

// Acquire takes a connection, and waits for one while all are in use.
func (p *Pool) Acquire(ctx context.Context) (*Lease, error) {
	p.waiting.Add(1)
	handle, err := p.Conn(ctx)
	p.waiting.Add(-1)
	if err != nil {
		return nil, err
	}
	l := &Lease{handle: handle}
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
func (l *Lease) Release() { _ = l.handle.Close() }
