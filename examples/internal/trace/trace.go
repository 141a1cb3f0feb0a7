package trace

import (
	"context"
	"sync"

	"github.com/weft-orm/weft/driver"
)

// Statement is one statement sent to the database.
type Statement struct {
	// SQL is its text.
	SQL string
	// Args are the values of a read, Rows those of a write, one list per row.
	Args []any
	Rows [][]any
}

// Log collects statements. The zero value is ready to use, by any number of goroutines.
type Log struct {
	mu         sync.Mutex
	statements []Statement
}

// Take returns the statements since the last call and forgets them.
func (l *Log) Take() []Statement {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.statements
	l.statements = nil
	return taken
}

func (l *Log) add(s Statement) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.statements = append(l.statements, s)
}

// Connector returns a connector whose statements are noted in the log.
func (l *Log) Connector(inner driver.Connector) driver.Connector { return connector{inner, l} }

type connector struct {
	inner driver.Connector
	log   *Log
}

// Unwrap gives the connector below.
func (c connector) Unwrap() driver.Connector { return c.inner }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Engine, error) {
	e, err := c.inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return engine{e, c.log}, nil
}

type engine struct {
	driver.Engine
	log *Log
}

// Unwrap lets schema tools reach the engine below.
func (e engine) Unwrap() driver.Engine { return e.Engine }

// Session implements driver.Engine.
func (e engine) Session(ctx context.Context, opts driver.SessionOptions) (driver.Session, error) {
	inner, err := e.Engine.Session(ctx, opts)
	if err != nil {
		return nil, err
	}
	s := session{inner, e.log}
	if sp, ok := inner.(driver.Savepoints); ok {
		return savepointSession{s, sp}, nil
	}
	return s, nil
}

type session struct {
	driver.Session
	log *Log
}

type savepointSession struct {
	session
	driver.Savepoints
}

// Query implements driver.Session.
func (s session) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	s.log.add(Statement{SQL: p.String(), Args: append([]any(nil), args...)})
	return s.Session.Query(ctx, p, args)
}

// Exec implements driver.Session.
func (s session) Exec(ctx context.Context, ops []*driver.Op) error {
	for _, op := range ops {
		rows := make([][]any, len(op.Rows))
		for i, row := range op.Rows {
			rows[i] = append([]any(nil), row...)
		}
		s.log.add(Statement{SQL: op.P.String(), Rows: rows})
	}
	return s.Session.Exec(ctx, ops)
}
