package mongo

import (
	"context"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
)

type wishesKey struct{}

// wishes are what a context asks of the statements on it.
type wishes struct {
	prefer *readpref.ReadPref
	read   *readconcern.ReadConcern
	write  *writeconcern.WriteConcern
}

func wishesOf(ctx context.Context) wishes {
	w, _ := ctx.Value(wishesKey{}).(wishes)
	return w
}

// WithReadPreference returns a context whose reads outside of transactions go where p says.
// Transactions read on the primary, always.
func WithReadPreference(ctx context.Context, p *readpref.ReadPref) context.Context {
	w := wishesOf(ctx)
	w.prefer = p
	return context.WithValue(ctx, wishesKey{}, w)
}

// WithReadConcern returns a context whose reads outside of transactions, and whose
// transactions when they begin, have a read concern.
func WithReadConcern(ctx context.Context, c *readconcern.ReadConcern) context.Context {
	w := wishesOf(ctx)
	w.read = c
	return context.WithValue(ctx, wishesKey{}, w)
}

// WithWriteConcern returns a context whose writes outside of transactions, and whose
// transactions when they begin, have a write concern.
func WithWriteConcern(ctx context.Context, c *writeconcern.WriteConcern) context.Context {
	w := wishesOf(ctx)
	w.write = c
	return context.WithValue(ctx, wishesKey{}, w)
}

// transaction returns the options of a transaction: snapshot reads and majority writes
// where neither the context nor the connector says otherwise.
func (e *engine) transaction(ctx context.Context) *options.TransactionOptionsBuilder {
	read, write := readconcern.Snapshot(), writeconcern.Majority()
	for _, w := range []wishes{e.wishes, wishesOf(ctx)} {
		if w.read != nil {
			read = w.read
		}
		if w.write != nil {
			write = w.write
		}
	}
	return options.Transaction().SetReadConcern(read).SetWriteConcern(write).SetReadPreference(readpref.Primary())
}

type causalKey struct{}

// clock is the time up to which a causal context has seen the deployment.
type clock struct {
	mu        sync.Mutex
	operation *bson.Timestamp
	cluster   bson.Raw
}

// Causal returns a context, of one request say, on which statements see what those before
// them wrote and read, wherever they are sent: reads on secondaries wait until they have
// it. It needs a replica set or a sharded cluster, and majority concerns to outlive the
// loss of a primary.
func Causal(ctx context.Context) context.Context {
	return context.WithValue(ctx, causalKey{}, &clock{})
}

func clockOf(ctx context.Context) *clock {
	c, _ := ctx.Value(causalKey{}).(*clock)
	return c
}

// set lets a client's session begin where the clock stands. The nil clock has no time.
func (c *clock) set(s *mongo.Session) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cluster != nil {
		_ = s.AdvanceClusterTime(c.cluster) // fails for a session that has ended only
	}
	if c.operation != nil {
		_ = s.AdvanceOperationTime(c.operation)
	}
}

// note moves the clock on to what a session has seen.
func (c *clock) note(s *mongo.Session) {
	if c == nil || s == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := s.OperationTime(); t != nil && (c.operation == nil || t.After(*c.operation)) {
		c.operation = t
	}
	if t := s.ClusterTime(); t != nil {
		c.cluster = t
	}
}
