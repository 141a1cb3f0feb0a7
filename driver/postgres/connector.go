package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// URL returns the connector of a server: a postgres:// URL or a keyword/value
// string, with the parameters of libpq and pgxpool. What it leaves out comes from
// the PG environment variables; where there are none, an empty one does not connect.
func URL(dsn string, opts ...Option) driver.Connector {
	return &connector{dsn: dsn, opts: opts}
}

type connector struct {
	dsn  string
	opts []Option
}

// Limits implements driver.Limiter.
func (*connector) Limits() mapper.Limits { return caps.Limits }

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Engine, error) {
	if err := c.check(); err != nil {
		return nil, connectError(ctx, err)
	}
	config, err := pgxpool.ParseConfig(c.dsn)
	if err != nil {
		return nil, connectError(ctx, err)
	}
	config.ConnConfig.RuntimeParams["timezone"] = time.UTC.String()
	for _, o := range c.opts {
		o(config)
	}
	readAsText(config)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, connectError(ctx, err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, connectError(ctx, err)
	}
	return &engine{pool: pool}, nil
}

// check refuses what names no server.
func (c *connector) check() error {
	if strings.TrimSpace(c.dsn) == "" && !slices.ContainsFunc([]string{"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGUSER"}, func(name string) bool { return os.Getenv(name) != "" }) {
		return errors.New("the URL is empty, and there is no PGHOST in the environment")
	}
	if slices.ContainsFunc(c.opts, func(o Option) bool { return o == nil }) {
		return errors.New("one of the options is nil")
	}
	return nil
}

func connectError(ctx context.Context, err error) error {
	class := driver.ErrConnection
	if cause := driver.Ended(ctx); cause != nil {
		class, err = driver.ErrCanceled, fmt.Errorf("while connecting: %w", cause)
	}
	e := &driver.Error{Class: class, Engine: caps.Name, Err: err}
	if native, ok := errors.AsType[*pgconn.PgError](err); ok {
		e.Code = native.Code // such as that of a database that does not exist
	}
	return e.At("", -1, -1)
}
