package replica

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/weft-orm/weft/driver"
)

// Options configure [New]; the zero value is usable.
type Options struct {
	// Choose returns the index of the replica to ask first, in [0, n); the others
	// follow in order. The default chooses at random. It is called by many goroutines.
	Choose func(ctx context.Context, n int) int
	// Backoff is how long a replica that failed is skipped; the default is 5 seconds.
	Backoff time.Duration
	// Timeout is how long a replica may take to connect, which only its first
	// read waits for; the default is 2 seconds.
	Timeout time.Duration
	// Sticky is how long after a write reads on the same tracked context go to the
	// primary, see [Track]; 0 is not at all.
	Sticky time.Duration
}

// Named gives the server of a connector a name, for logs and statistics. [New]
// calls the others "primary", "replica1", "replica2", by their place.
func Named(name string, c driver.Connector) driver.Connector {
	if c == nil {
		return nil // which does not connect
	}
	return named{c, name}
}

// named implements driver.Named.
type named struct {
	driver.Connector
	name string
}

// Name implements driver.Named.
func (n named) Name() string { return n.name }

func nameOf(c driver.Connector, standard string) string {
	if n, ok := c.(driver.Named); ok {
		return n.Name()
	}
	return standard
}

// New returns a connector of a primary and its replicas. A replica that cannot be
// reached is tried again after the back-off; the primary must be there.
func New(primary driver.Connector, replicas []driver.Connector, opts Options) driver.Connector {
	if opts.Choose == nil {
		opts.Choose = random
	}
	if opts.Backoff <= 0 {
		opts.Backoff = 5 * time.Second
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 2 * time.Second
	}
	return &connector{primary: primary, replicas: replicas, opts: opts}
}

type connector struct {
	primary  driver.Connector
	replicas []driver.Connector
	opts     Options
}

// Unwrap gives the connector of the primary.
func (c *connector) Unwrap() driver.Connector { return c.primary }

// Connect implements driver.Connector. Only the primary is reached; replicas
// connect with their first read.
func (c *connector) Connect(ctx context.Context) (driver.Engine, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	primary, err := c.primary.Connect(ctx)
	if err != nil {
		return nil, err
	}
	e := &engine{Engine: primary, name: nameOf(c.primary, "primary"), opts: c.opts}
	for i, r := range c.replicas {
		name := nameOf(r, fmt.Sprintf("replica%d", i+1))
		e.nodes = append(e.nodes, &node{connector: r, name: name, opts: &e.opts})
	}
	return e, nil
}

// check refuses servers that nobody gave a connector.
func (c *connector) check() error {
	missing := ""
	if i := slices.Index(c.replicas, nil); i >= 0 {
		missing = fmt.Sprintf("replica %d", i+1)
	}
	if c.primary == nil {
		missing = "the primary"
	}
	if missing == "" {
		return nil
	}
	return (&driver.Error{Class: driver.ErrConnection, Engine: "replica", Err: errors.New(missing + " has no connector")}).At("", -1, -1)
}
