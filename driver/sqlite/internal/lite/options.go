package lite

import (
	"strconv"
	"strings"
	"time"
)

// Option changes how a database is opened.
type Option func(*config)

type config struct {
	busy    time.Duration
	readers int
	pragmas []pragma
	attach  []attachment
	fault   string // a mistake in the options
}

type pragma struct{ name, value string }

type attachment struct{ schema, path string }

func newConfig(opts []Option) *config {
	c := &config{busy: 5 * time.Second, readers: 8}
	for _, o := range opts {
		if o == nil {
			c.mistake("one of the options is nil")
			continue
		}
		o(c)
	}
	return c
}

// mistake notes what keeps the options from being used, the first one.
func (c *config) mistake(text string) {
	if c.fault == "" {
		c.fault = text
	}
}

// BusyTimeout is the option of the package sqlite.
func BusyTimeout(d time.Duration) Option { return func(c *config) { c.busy = d } }

// Readers is the option of the package sqlite.
func Readers(n int) Option { return func(c *config) { c.readers = max(n, 1) } }

// Pragma is the option of the package sqlite.
func Pragma(name, value string) Option {
	if ms, err := strconv.Atoi(value); err == nil && strings.EqualFold(name, "busy_timeout") {
		return BusyTimeout(time.Duration(max(ms, 0)) * time.Millisecond)
	}
	return func(c *config) {
		if name == "" || strings.ContainsRune(name+value, 0) {
			c.mistake("a pragma has no name, or holds NUL")
		}
		c.pragmas = append(c.pragmas, pragma{name, value})
	}
}

// Attach is the option of the package sqlite.
func Attach(schema, path string) Option {
	return func(c *config) {
		if schema == "" || strings.ContainsRune(schema+path, 0) {
			c.mistake("an attached file has no schema, or a name that holds NUL")
		}
		c.attach = append(c.attach, attachment{schema, path})
	}
}
