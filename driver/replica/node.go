package replica

import (
	"context"
	"sync"
	"time"

	"github.com/weft-orm/weft/driver"
)

// node is one replica.
type node struct {
	connector driver.Connector
	name      string
	opts      *Options

	mu         sync.Mutex
	engine     driver.Engine // nil before the first connection
	connecting bool
	until      time.Time // the end of the back-off
}

// get returns the engine of the replica, nil while it is skipped: during its
// back-off, and while another read waits for the first connection.
func (n *node) get(ctx context.Context) driver.Engine {
	n.mu.Lock()
	known, skip := n.engine, n.connecting || time.Now().Before(n.until)
	n.connecting = n.connecting || known == nil && !skip
	n.mu.Unlock()
	switch {
	case skip:
		return nil
	case known != nil:
		return known
	}
	return n.connect(ctx)
}

// connect opens the engine without holding anybody else up. A caller that gives
// up says nothing about the replica.
func (n *node) connect(ctx context.Context) driver.Engine {
	patient, cancel := context.WithTimeout(ctx, n.opts.Timeout)
	defer cancel()
	e, err := n.connector.Connect(patient)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.connecting = false
	if err == nil {
		n.engine = e
		return e
	}
	if ctx.Err() == nil {
		n.until = time.Now().Add(n.opts.Backoff)
	}
	return nil
}

// blame begins the back-off of a replica that is gone. One that only ended a read
// stays in use.
func (n *node) blame(err error) {
	if !lost(err) {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.until = time.Now().Add(n.opts.Backoff)
}

// stats returns the state of the replica's pools; before it is connected it has none.
func (n *node) stats() []driver.PoolStats {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.engine == nil {
		return nil
	}
	return statsOf(n.engine, n.name)
}

// close closes the engine if there is one.
func (n *node) close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.engine == nil {
		return nil
	}
	return n.engine.Close()
}

// statsOf puts the name of the server before those of its pools.
func statsOf(e driver.Engine, server string) []driver.PoolStats {
	pooled, ok := driver.EngineAs[driver.Pooled](e)
	if !ok {
		return nil
	}
	all := pooled.PoolStats()
	for i := range all {
		if all[i].Name == "" {
			all[i].Name = server
		} else {
			all[i].Name = server + " " + all[i].Name
		}
	}
	return all
}
