package schema

import (
	"context"
	stdsql "database/sql"
	"fmt"

	"ariga.io/atlas/sql/migrate"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// Target is a database with the entities mapped onto it; *orm.DB is one.
type Target interface {
	Registry() *mapper.Registry
	Engine() driver.Engine
}

// A live database is one connection to the target's engine with Atlas on top.
// Everything runs on that connection, because an in-memory database, a
// transaction and the session's settings live on it.
type live struct {
	*atlas
	conn *stdsql.Conn
	migrate.Driver
}

// connect opens a live database; the caller must close its conn. part names an
// attached database, "" is the engine's own.
func connect(ctx context.Context, t Target, part string) (*live, error) {
	name := t.Engine().Caps().Name
	handle, ok := driver.EngineAs[driver.SQLHandle](t.Engine())
	a := atlasFor(name)
	if !ok || a == nil {
		return nil, fmt.Errorf("schema: %s: %w", name, ErrNoSchema)
	}
	db := handle.DB()
	if part != "" {
		attached, ok := driver.EngineAs[driver.Attached](t.Engine())
		if !ok {
			return nil, &UnsupportedError{Dialect: name, Object: part, Feature: "a table in a named schema"}
		}
		var err error
		if db, err = attached.AttachedDB(part); err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("schema: %s: %w", name, err)
	}
	drv, err := a.open(conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("schema: %s: %w", name, err)
	}
	return &live{atlas: a, conn: conn, Driver: drv}, nil
}
