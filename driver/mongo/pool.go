package mongo

import (
	"sync/atomic"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
)

// defaultMaxConns is the client's own default.
const defaultMaxConns = 100

// pool counts the connections to all servers of a deployment; the client tells
// only what happens to them.
type pool struct {
	max         int // to one server
	open, inUse atomic.Int64
}

// watch makes the client report to a new pool, and still to the monitor it had.
func watch(o *options.ClientOptions) *pool {
	p := &pool{max: defaultMaxConns}
	if o.MaxPoolSize != nil {
		p.max = int(*o.MaxPoolSize)
	}
	theirs := o.PoolMonitor
	o.SetPoolMonitor(&event.PoolMonitor{Event: func(e *event.PoolEvent) {
		p.note(e.Type)
		if theirs != nil && theirs.Event != nil {
			theirs.Event(e)
		}
	}})
	return p
}

func (p *pool) note(kind string) {
	switch kind {
	case event.ConnectionCreated:
		p.open.Add(1)
	case event.ConnectionClosed:
		p.open.Add(-1)
	case event.ConnectionCheckedOut:
		p.inUse.Add(1)
	case event.ConnectionCheckedIn:
		p.inUse.Add(-1)
	}
}

// PoolStats implements driver.Pooled; Max counts for each server of the
// deployment, the rest for all of them together.
func (e *engine) PoolStats() []driver.PoolStats {
	open, inUse := int(e.pool.open.Load()), int(e.pool.inUse.Load())
	return []driver.PoolStats{{Max: e.pool.max, Open: open, Idle: max(open-inUse, 0), InUse: inUse}}
}
