package orm

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/load"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
)

// DB is a connected database together with the entities mapped onto it. It is
// safe for concurrent use and lives as long as the application.
type DB struct {
	registry *mapper.Registry
	engine   driver.Engine
	caps     *driver.Caps
	model    *constraint.Model
	loads    load.Database
	facts    []facts       // by Entity.Ordinal
	units    []*unit.Shape // the same for units of work
	sessions session.Database
	config   config
	serial   map[*mapper.Entity]*serialRules
	filters  bool // some entity declares a filter
	guards   bool // some declared filter is a guard
	wildcard bool // some table lies in the schema "*"
	// added are the filters that managers forked from now on have beside those of the mapping, nil for none.
	added atomic.Pointer[addedFilters]
	// adding is held while they change.
	adding sync.Mutex
	// onFlush, written and after report subscribers of these moments.
	onFlush, written, after bool
	// begun and attended report subscribers of transactions that weft makes by itself: of their
	// begin, and of any moment between that and the commit.
	begun, attended bool
}

// Open builds the registry and connects. All mistakes in the mapping, what the
// database could not keep among them, are reported together, before the
// connection is tried. The caller owns the DB and closes it.
func Open(ctx context.Context, c driver.Connector, opts ...Option) (*DB, error) {
	db := &DB{}
	for _, opt := range opts {
		if opt == nil {
			return nil, &Error{Class: ErrInvalidOption, Op: "open", Detail: "one of the options is nil"}
		}
		opt(&db.config)
	}
	if c == nil {
		return nil, &Error{Class: ErrInvalidOption, Op: "open", Detail: "the connector is nil; sqlite.File and its kin make one"}
	}
	start := time.Now()
	limits, known := db.config.limits(c)
	if err := db.buildRegistry(limits); err != nil {
		return nil, err
	}
	if len(db.registry.Entities()) == 0 {
		return nil, &Error{Class: ErrInvalidOption, Op: "open", Detail: "there are no entities; name them by orm.Entities"}
	}
	if err := join(db.checkRepositories(), db.checkSerialization(), db.declareFilters(), qb.CheckFixed(db.registry)); err != nil {
		return nil, err
	}
	db.config.log.discovered(ctx, len(db.registry.Entities()), time.Since(start))
	engine, err := c.Connect(ctx)
	if err != nil {
		return nil, err
	}
	db.engine, db.caps = engine, engine.Caps()
	if !known { // only the engine tells
		if err := db.buildRegistry(&db.caps.Limits); err != nil {
			return nil, errors.Join(err, engine.Close())
		}
		if err := db.declareFilters(); err != nil { // anew: they are about the entities of the registry
			return nil, errors.Join(err, engine.Close())
		}
	}
	if err := db.checkChecks(engine); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	if checker, ok := driver.EngineAs[driver.RegistryChecker](engine); ok {
		if err := checker.CheckRegistry(ctx, db.registry); err != nil {
			return nil, errors.Join(err, engine.Close())
		}
	}
	if err := db.checkSubscribers(); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	db.describe()
	if db.config.log != nil {
		db.engine, db.sessions.Log = describing{engine}, sessionLog{db.config.log}
	}
	db.sessions.Engine, db.sessions.Caps = db.engine, db.caps
	db.loads.Registry, db.loads.Compiler, db.loads.Caps, db.loads.Programs = db.registry, db.engine, db.caps, &db.sessions.Programs
	db.loads.Trace, db.loads.Steady = db.config.trace, db.config.cache != nil // whose keys have the statement in them
	return db, nil
}

// describe works out what managers want to know about the entities.
func (db *DB) describe() {
	db.loads.MappedAuto = slices.ContainsFunc(db.registry.Entities(), func(e *mapper.Entity) bool {
		return slices.ContainsFunc(e.Leaves, func(p *mapper.Property) bool { return p.Relation != nil && p.Relation.Strategy == "auto" })
	})
	db.model, db.wildcard = constraint.New(db.registry), hasWildcard(db.registry)
	db.onFlush = slices.ContainsFunc(db.config.subscribers, func(s Subscriber) bool { return s.OnFlush != nil })
	db.written = slices.ContainsFunc(db.config.subscribers, func(s Subscriber) bool { return s.Written != nil })
	db.after = slices.ContainsFunc(db.config.subscribers, func(s Subscriber) bool { return s.After != nil })
	db.begun = slices.ContainsFunc(db.config.subscribers, func(s Subscriber) bool { return s.Transactions.AfterBegin != nil })
	db.attended = db.begun || db.written || slices.ContainsFunc(db.config.subscribers, func(s Subscriber) bool { return s.Transactions.BeforeCommit != nil })
	loads := slices.ContainsFunc(db.config.subscribers, func(s Subscriber) bool { return s.Load != nil })
	for _, e := range db.registry.Entities() {
		shape := load.NewShape(e)
		watch(shape, e, loads)
		db.loads.Shapes = append(db.loads.Shapes, shape)
		db.facts, db.units = append(db.facts, newFacts(e)), append(db.units, unit.NewShape(e))
		db.filters = db.filters || len(e.Filters) > 0
		db.guards = db.guards || slices.ContainsFunc(e.Filters, isGuard)
	}
}

// checkSubscribers refuses subscribers of types that are not entities.
func (db *DB) checkSubscribers() error {
	for _, t := range db.config.subscribed {
		if db.registry.ByType(t) == nil {
			return &Error{Class: ErrUnknownEntity, Op: "open", Detail: "SubscribeTo is about " + t.String()}
		}
	}
	return nil
}

// limits are what the mapping has to keep within: what was asked for, or what the
// connector knows of its database.
func (o *config) limits(c driver.Connector) (limits *mapper.Limits, known bool) {
	if o.mapping.Limits != nil {
		return o.mapping.Limits, true
	}
	if l, ok := driver.ConnectorAs[driver.Limiter](c); ok {
		own := l.Limits()
		return &own, true
	}
	return &mapper.Limits{}, false
}

// buildRegistry builds the registry within limits, or holds a ready one against them.
func (db *DB) buildRegistry(limits *mapper.Limits) (err error) {
	if db.registry = db.config.registry; db.registry != nil {
		if db.config.mapping.Each != nil {
			return &Error{Class: ErrInvalidOption, Op: "open", Detail: "EachEntity adds to mappings, and the registry is built already; give it to mapper.Build as Options.Each"}
		}
		return db.registry.Check(*limits)
	}
	options := db.config.mapping
	options.Limits = limits
	db.registry, err = mapper.Build(options, db.config.entities...)
	return err
}

// Registry returns the metadata of the entities.
func (db *DB) Registry() *mapper.Registry { return db.there().registry }

// Engine returns the connected engine, for tools.
func (db *DB) Engine() driver.Engine {
	engine := db.there().engine
	if d, ok := engine.(describing); ok {
		return d.Engine
	}
	return engine
}

// Ping asks the database for a sign of life, for health checks. An error matches
// driver.ErrConnection, or ErrCanceled when the context ended first. Of a replicated
// database it asks the primary.
func (db *DB) Ping(ctx context.Context) error {
	if db == nil {
		return errNilDB
	}
	p, ok := driver.EngineAs[driver.Pinger](db.engine)
	if !ok {
		return &Error{Class: driver.ErrUnsupported, Op: "ping", Detail: "the engine " + db.caps.Name + " has no sign of life"}
	}
	return p.Ping(ctx)
}

// Close releases the connections. Managers must not be used afterwards.
func (db *DB) Close() error {
	if db == nil {
		return errNilDB
	}
	return db.engine.Close()
}
