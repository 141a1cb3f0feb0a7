package mongo

import "go.mongodb.org/mongo-driver/v2/mongo/options"

// Option changes how the engine connects.
type Option func(*options.ClientOptions)

// MaxConns is the greatest number of connections to a server; the default is
// 100, or maxPoolSize in the URI.
func MaxConns(n int) Option {
	return func(o *options.ClientOptions) { o.SetMaxPoolSize(uint64(n)) }
}

// Configure gives access to the options of the client, after the other options.
func Configure(fn func(*options.ClientOptions)) Option { return fn }
