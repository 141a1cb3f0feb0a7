package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Option changes how the engine connects.
type Option func(*pgxpool.Config)

// MaxConns is the greatest number of connections; the default is pgx's, the
// greater of 4 and the number of CPUs, or pool_max_conns in the URL.
func MaxConns(n int) Option {
	return func(c *pgxpool.Config) { c.MaxConns = int32(n) }
}

// Pooler makes the engine work behind a pooler in transaction mode: no statement
// outlives its transaction on the server, which costs parsing it each time.
func Pooler() Option {
	return func(c *pgxpool.Config) {
		c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		c.ConnConfig.StatementCacheCapacity = 0
	}
}

// Configure gives access to the whole configuration of the pool, after the other options.
func Configure(fn func(*pgxpool.Config)) Option { return fn }
