package outbox

import (
	"context"
	"time"
)

// Handler delivers a message. An error, or a panic, is a failure: the message comes
// again later, and those of its key wait for it. It may be called for a message that was
// delivered before: its ID tells. The context ends with the lease.
type Handler func(ctx context.Context, m *Message) error

// Options are those of a [Relay]; the zero value of each is the default.
type Options struct {
	// Workers is how many messages are delivered at once; 1 by default.
	Workers int
	// Batch is how many messages a worker takes at most; 50 by default.
	Batch int
	// Lease is how long a worker has for what it took; a minute by default. When it is over,
	// another may take it: deliveries should be shorter, and clocks agree as well as that.
	Lease time.Duration
	// Poll is how long a worker waits when there is nothing to do; a second by default.
	// Relay.Wake shortens it.
	Poll time.Duration
	// Backoff is how long a message waits after a number of failures; by default a second,
	// doubled each time up to an hour.
	Backoff func(failures int) time.Duration
	// MaxAttempts is the number of failures after which a message is given up: it stays in
	// the table as Dead, and its key goes on. 0, the default, is never.
	MaxAttempts int
	// OnError is told of failed deliveries, with their message, and of failures of the
	// database, with nil.
	OnError func(ctx context.Context, m *Message, err error)
}

func (o *Options) defaults() {
	if o.Workers <= 0 {
		o.Workers = 1
	}
	if o.Batch <= 0 {
		o.Batch = 50
	}
	if o.Lease <= 0 {
		o.Lease = time.Minute
	}
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.Backoff == nil {
		o.Backoff = func(failures int) time.Duration {
			return min(time.Second<<min(failures-1, 12), time.Hour)
		}
	}
	if o.OnError == nil {
		o.OnError = func(context.Context, *Message, error) {}
	}
}
