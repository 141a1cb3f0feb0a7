package null

import (
	"context"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/qb"
)

// Connector opens the engine.
type Connector struct{}

// Connect opens an embedded SQLite that serves as the compiler.
func (Connector) Connect(ctx context.Context) (driver.Engine, error) {
	inner, err := sqlite.Memory().Connect(ctx)
	return &engine{inner}, err
}

type engine struct{ inner driver.Engine }

func (e *engine) Compile(q qb.Query) (driver.Program, error) { return e.inner.Compile(q) }
func (e *engine) Caps() *driver.Caps                         { return e.inner.Caps() }
func (e *engine) Close() error                               { return e.inner.Close() }

func (e *engine) Session(context.Context, driver.SessionOptions) (driver.Session, error) {
	return session{}, nil
}

type session struct{}

func (session) Query(context.Context, driver.Program, []any) (driver.Rows, error) { return rows{}, nil }
func (session) Exec(context.Context, []*driver.Op) error                          { return nil }
func (session) End(context.Context, bool) error                                   { return nil }

type rows struct{}

func (rows) Next() bool       { return false }
func (rows) Scan([]any) error { return nil }
func (rows) Close() error     { return nil }
