package mysql

import (
	"time"

	"github.com/go-sql-driver/mysql"
)

// Option changes how the engine connects.
type Option func(*config)

type config struct {
	maxConns    int
	maxIdleTime time.Duration
	native      []func(*mysql.Config)
	fault       string // a mistake in the options
}

func newConfig(opts []Option) *config {
	c := &config{maxConns: 16, maxIdleTime: time.Minute}
	for _, o := range opts {
		if o == nil {
			c.fault = "one of the options is nil"
			continue
		}
		o(c)
	}
	return c
}

// MaxConns is the greatest number of connections; the default is 16.
func MaxConns(n int) Option { return func(c *config) { c.maxConns = max(n, 1) } }

// MaxIdleTime is how long an unused connection is kept; the default is one minute.
func MaxIdleTime(d time.Duration) Option { return func(c *config) { c.maxIdleTime = d } }

// Configure gives access to the configuration of the Go driver, after weft's own settings.
func Configure(fn func(*mysql.Config)) Option {
	return func(c *config) {
		if fn == nil {
			c.fault = "the function of Configure is nil"
			return
		}
		c.native = append(c.native, fn)
	}
}
