package mongo

import (
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
)

// Option changes how the engine connects.
type Option func(*options.ClientOptions)

// MaxConns is the greatest number of connections to a server; the default is
// 100, or maxPoolSize in the URI.
func MaxConns(n int) Option {
	return func(o *options.ClientOptions) { o.SetMaxPoolSize(uint64(n)) }
}

// ReadPreference says which members of a replica set answer reads outside of
// transactions; the default is the primary. See [WithReadPreference] for single reads.
func ReadPreference(p *readpref.ReadPref) Option {
	return func(o *options.ClientOptions) { o.SetReadPreference(p) }
}

// ReadConcern says what reads may see; the default is the server's own, and snapshot in
// transactions. See [WithReadConcern] for single reads.
func ReadConcern(c *readconcern.ReadConcern) Option {
	return func(o *options.ClientOptions) { o.SetReadConcern(c) }
}

// WriteConcern says how many members must have a write; the default is the server's own,
// and majority in transactions. See [WithWriteConcern] for single writes.
func WriteConcern(c *writeconcern.WriteConcern) Option {
	return func(o *options.ClientOptions) { o.SetWriteConcern(c) }
}

// Configure gives access to the options of the client, after the other options.
func Configure(fn func(*options.ClientOptions)) Option { return fn }
