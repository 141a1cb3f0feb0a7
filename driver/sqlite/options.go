package sqlite

import (
	"time"
)

// Option changes how a database is opened.
type Option func(*config)

type config struct {
	busy    time.Duration
	readers int
	pragmas []pragma
	attach  []attachment
}

type pragma struct{ name, value string }

type attachment struct{ schema, path string }

func newConfig(opts []Option) *config {
	c := &config{busy: 5 * time.Second, readers: 8}
	for _, o := range opts {
		o(c)
	}
	return c
}

// BusyTimeout is how long a writer waits for its turn before the error
// driver.ErrLockTimeout; the default is 5 seconds.
func BusyTimeout(d time.Duration) Option { return func(c *config) { c.busy = d } }

// Readers is the greatest number of connections for reading; the default is 8.
func Readers(n int) Option { return func(c *config) { c.readers = max(n, 1) } }

// Pragma sets a pragma on each connection, after those of the driver:
// Pragma("synchronous", "normal").
func Pragma(name, value string) Option {
	return func(c *config) { c.pragmas = append(c.pragmas, pragma{name, value}) }
}

// Attach makes the tables of another database file available under a schema name.
// ":memory:" is a fresh database in memory.
func Attach(schema, path string) Option {
	return func(c *config) { c.attach = append(c.attach, attachment{schema, path}) }
}
