package memory

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/weft-orm/weft/conditions/check"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

var caps = driver.Caps{
	Name:          "memory",
	Transactions:  true,
	Savepoints:    true,
	ForeignKeys:   true,
	CountsPerRow:  true,
	WholeEntities: true,
	ReturnsRows:   true,
	Isolations:    []driver.Isolation{driver.Serializable},
	Limits:        mapper.Limits{TimePrecision: 9},
}

// New returns the connector of databases in memory: each connected engine has one
// of its own.
func New() driver.Connector { return connector{} }

type connector struct{}

// Limits implements driver.Limiter.
func (connector) Limits() mapper.Limits { return caps.Limits }

// Connect implements driver.Connector.
func (connector) Connect(context.Context) (driver.Engine, error) {
	return &engine{writer: make(chan struct{}, 1), committed: snapshot{}}, nil
}

// engine implements driver.Engine.
type engine struct {
	// writer is held by the transaction that writes.
	writer chan struct{}
	closed atomic.Bool

	mu sync.Mutex
	// schemas are the tables by what stands for the wildcard schema.
	schemas   map[string]*schema
	committed snapshot
}

// Compile implements driver.Engine.
func (e *engine) Compile(q qb.Query) (driver.Program, error) {
	switch q := q.(type) {
	case *qb.Select:
		if err := checkSelect(q); err != nil {
			return nil, err
		}
		return &selectProgram{query: q, schema: e.learn(q.Registry, q.Schema)}, nil
	case *qb.Write:
		p := &writeProgram{write: q, schema: e.learn(q.Registry, q.Schema)}
		return p, p.check()
	}
	switch q.(type) {
	case *qb.Text:
		return nil, unsupported("statements in SQL")
	case *qb.Pipeline:
		return nil, unsupported("aggregation pipelines")
	}
	return nil, unsupported("queries of type %T", q)
}

// learn returns the tables of a registry; wildcard stands for the schema "*". An
// engine serves one registry.
func (e *engine) learn(reg *mapper.Registry, wildcard string) *schema {
	e.mu.Lock()
	defer e.mu.Unlock()
	if base := e.schemas[""]; base == nil || base.registry != reg {
		e.schemas = map[string]*schema{"": newSchema(reg, "", nil)}
	}
	if e.schemas[wildcard] == nil {
		e.schemas[wildcard] = newSchema(reg, wildcard, e.schemas[""])
	}
	return e.schemas[wildcard]
}

// Session implements driver.Engine.
func (e *engine) Session(_ context.Context, opts driver.SessionOptions) (driver.Session, error) {
	if err := caps.Check(opts); err != nil {
		return nil, err
	}
	return &session{engine: e, opts: opts}, nil
}

// Caps implements driver.Engine.
func (e *engine) Caps() *driver.Caps { return &caps }

// Ping implements driver.Pinger.
func (e *engine) Ping(ctx context.Context) error {
	if cause := driver.Ended(ctx); cause != nil {
		return failure(driver.ErrCanceled, "%w", cause)
	}
	return e.open()
}

// open refuses what is asked of a database that was closed.
func (e *engine) open() error {
	if e.closed.Load() {
		return failure(driver.ErrConnection, "the database is closed")
	}
	return nil
}

// Close implements driver.Engine. What comes after it is refused, as a server's engine refuses it.
func (e *engine) Close() error {
	e.closed.Store(true)
	return nil
}

func (e *engine) current() snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.committed
}

func (e *engine) publish(s snapshot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.committed = s
}

// UnheldChecks implements driver.CheckHolder.
func (*engine) UnheldChecks(reg *mapper.Registry) []driver.UnheldCheck {
	var list []driver.UnheldCheck
	for _, c := range check.Refused(reg) {
		list = append(list, driver.UnheldCheck{Entity: c.Entity, Check: c.From, Why: c.Refused()})
	}
	return list
}
