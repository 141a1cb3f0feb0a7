package env

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/address"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
)

// Variables are the environment variables that can hold the address of the
// database, in the order they are looked at.
var Variables = []string{"WEFT_DATABASE", "DATABASE_URL"}

// Address returns the address of the database: that of --database, of the
// environment, or of the configuration. Without one it is an [ErrNoDatabase].
func (e *Env) Address() (*address.Address, error) {
	text := e.database
	for _, name := range Variables {
		if text == "" {
			text = os.Getenv(name)
		}
	}
	if text == "" {
		c, err := e.Config()
		if err != nil {
			return nil, err
		}
		text = c.Database
	}
	if text == "" {
		return nil, Mistake(ErrNoDatabase)
	}
	a, err := address.Parse(text)
	if err != nil {
		return nil, Mistake(err)
	}
	return a, nil
}

// Connector returns the connector of the database; see [Env.Address].
func (e *Env) Connector() (driver.Connector, error) {
	if e.Own != nil && e.Own.Connector != nil {
		return e.Own.Connector, nil
	}
	a, err := e.Address()
	if err != nil {
		return nil, err
	}
	return a.Connector(), nil
}

// Open connects to the database. The caller closes the engine.
func (e *Env) Open(ctx context.Context) (driver.Engine, error) {
	c, err := e.Connector()
	if err != nil {
		return nil, err
	}
	engine, err := c.Connect(ctx)
	return engine, unopened(err)
}

// unopened says how to go on where a database is not there, or cannot be opened as it is.
func unopened(err error) error {
	e, ok := errors.AsType[*driver.Error](err)
	switch {
	case ok && (e.Code == "3D000" || e.Code == "1049"):
		return fmt.Errorf("%w; weft schema create-database makes it", err)
	case ok && e.Engine == "sqlite" && e.Class == driver.ErrReadOnly:
		return fmt.Errorf("%w; nothing was done: a file with a write-ahead log is read where its folder may be written, or as sqlite:file:NAME?immutable=1", err)
	}
	return err
}

// Target is an open database with the entities mapped onto it; it is what package
// schema works on. Close it.
type Target struct {
	registry *mapper.Registry
	engine   driver.Engine
}

// NewTarget puts a registry and an engine together.
func NewTarget(reg *mapper.Registry, engine driver.Engine) *Target { return &Target{reg, engine} }

// Registry returns the metadata of the entities.
func (t *Target) Registry() *mapper.Registry { return t.registry }

// Engine returns the open database.
func (t *Target) Engine() driver.Engine { return t.engine }

// Close closes the engine.
func (t *Target) Close() error { return t.engine.Close() }

// Target reads the entities and opens the database.
func (e *Env) Target(ctx context.Context) (*Target, error) {
	reg, err := e.Registry(ctx)
	if err != nil {
		return nil, err
	}
	engine, err := e.Open(ctx)
	if err != nil {
		return nil, err
	}
	return NewTarget(reg, engine), nil
}

// limits are those of the database that is configured, nil without one.
func (e *Env) limits() (*mapper.Limits, error) {
	c, err := e.Connector()
	switch {
	case isNoDatabase(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	if l, ok := c.(driver.Limiter); ok {
		limits := l.Limits()
		return &limits, nil
	}
	return nil, nil
}

// Dialect finds a dialect of SQL by name, or asks the database for it when name is "".
func (e *Env) Dialect(ctx context.Context, name string) (*sql.Dialect, error) {
	if name == "" {
		engine, err := e.Open(ctx)
		if err != nil {
			return nil, err
		}
		name = engine.Caps().Name
		if err := engine.Close(); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, d := range sql.Dialects() {
		if d.Name() == name {
			return d, nil
		}
		names = append(names, d.Name())
	}
	return nil, Mistakef("%q is no SQL dialect; there are %s%s", name, strings.Join(names, ", "), suggest.Hint(name, names))
}
