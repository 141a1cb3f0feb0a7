package schema

import (
	"context"
	stdsql "database/sql"
	"fmt"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"

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
// transaction and the session's settings live on it. Without a connection it is
// what a snapshot keeps, and nothing can be applied.
type live struct {
	*atlas
	conn *stdsql.Conn
	kept *Snapshot
	// questions are those of Atlas, asked on conn.
	questions *querier
	// database is the name of the database the connection is to, where a schema is a database.
	database string
	migrate.Driver
}

// close gives the connection back, whatever was left open on it.
func (l *live) close() {
	l.questions.cancel()
	l.conn.Close()
}

// connect opens a live database; the caller must close it. part names an
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
	l := &live{atlas: a, conn: conn, questions: &querier{atlas: a, ctx: ctx, conn: conn}}
	if l.Driver, err = a.open(l.questions); err == nil && a.databaseName != "" {
		err = conn.QueryRowContext(ctx, a.databaseName).Scan(&l.database)
	}
	if err != nil {
		l.close()
		return nil, fmt.Errorf("schema: %s: %w", name, err)
	}
	return l, nil
}

// described is the desired state for this database.
func (l *live) described(reg *mapper.Registry, o options) (*schema.Realm, error) {
	o.database = l.database
	return l.desired(reg, o)
}
