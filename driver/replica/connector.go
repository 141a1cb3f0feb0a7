package replica

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/weft-orm/weft/driver"
)

// Options configure [New]; the zero value is usable.
type Options struct {
	// Choose returns the index of the replica to ask first, in [0, n). The default
	// chooses at random. It is called by many goroutines.
	Choose func(ctx context.Context, n int) int
	// Backoff is how long a replica that failed is skipped; the default is 5 seconds.
	Backoff time.Duration
	// Sticky is how long after a write reads on the same tracked context go to the
	// primary, see [Track]; 0 is not at all.
	Sticky time.Duration
}

// New returns a connector of a primary and its replicas. A replica that cannot be
// reached is tried again after the back-off; the primary must be there.
func New(primary driver.Connector, replicas []driver.Connector, opts Options) driver.Connector {
	if opts.Choose == nil {
		opts.Choose = func(_ context.Context, n int) int { return rand.IntN(n) }
	}
	if opts.Backoff <= 0 {
		opts.Backoff = 5 * time.Second
	}
	return &connector{primary: primary, replicas: replicas, opts: opts}
}

type connector struct {
	primary  driver.Connector
	replicas []driver.Connector
	opts     Options
}

// Connect implements driver.Connector. Only the primary is reached; replicas
// connect with their first read.
func (c *connector) Connect(ctx context.Context) (driver.Engine, error) {
	primary, err := c.primary.Connect(ctx)
	if err != nil {
		return nil, err
	}
	e := &engine{Engine: primary, opts: c.opts}
	for _, r := range c.replicas {
		e.nodes = append(e.nodes, &node{connector: r, backoff: c.opts.Backoff})
	}
	return e, nil
}

func lost(err error) bool { return errors.Is(err, driver.ErrConnection) }
