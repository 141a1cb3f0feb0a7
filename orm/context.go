package orm

import (
	"context"
	"sync"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// managerKey is the key of the manager in a context.
type managerKey struct{}

// NewContext returns a context that carries em to where [From] asks for it: the unit
// of work of one request, job or message. Middleware does so; weftweb is one for
// net/http. A function given to Transactional finds the manager of its transaction in
// the context it is given, where that context carried one at all.
func NewContext(ctx context.Context, em *EntityManager) context.Context {
	return context.WithValue(ctx, managerKey{}, em)
}

// From returns the manager that ctx carries. It is never nil: where ctx carries none,
// every operation of the manager fails with ErrNoManager.
func From(ctx context.Context) *EntityManager {
	if em := carried(ctx); em != nil {
		return em
	}
	em := newManager(nowhere())
	em.guard.fault = errNoManager
	return em
}

// carried is the manager in ctx, or nil.
func carried(ctx context.Context) *EntityManager {
	em, _ := ctx.Value(managerKey{}).(*EntityManager)
	return em
}

// carrying makes fn find the manager of its run in its context, as its caller did.
func carrying(ctx context.Context, fn func(context.Context, *EntityManager) error) func(context.Context, *EntityManager) error {
	if carried(ctx) == nil {
		return fn
	}
	return func(ctx context.Context, em *EntityManager) error {
		if carried(ctx) != em {
			ctx = NewContext(ctx, em)
		}
		return fn(ctx, em)
	}
}

var errNoManager = &Error{Class: ErrNoManager, Op: "from", Detail: "middleware such as weftweb.Middleware puts one there, or orm.NewContext"}

// there is the manager, or one that refuses everything where it is nil.
func (em *EntityManager) there() *EntityManager {
	if em != nil {
		return em
	}
	em = newManager(nowhere())
	em.guard.fault = errNilManager
	return em
}

var (
	errNilManager = &Error{Class: ErrInvalidOption, Detail: "the entity manager is nil; DB.Fork makes one"}
	errNilDB      = &Error{Class: ErrInvalidOption, Detail: "the database is nil; orm.Open makes one"}
)

// there is the database, or one that refuses everything where it is nil.
func (db *DB) there() *DB {
	if db != nil {
		return db
	}
	return nowhere()
}

// nowhere is the database of managers that are not there: without entities, and with
// an engine that refuses.
var nowhere = sync.OnceValue(func() *DB {
	registry, err := mapper.Build(mapper.Options{})
	if err != nil {
		registry = &mapper.Registry{}
	}
	db := &DB{registry: registry, engine: noEngine{}, caps: &driver.Caps{Name: "none"}}
	db.describe()
	db.sessions.Engine, db.sessions.Caps = db.engine, db.caps
	db.loads.Registry, db.loads.Compiler, db.loads.Caps, db.loads.Programs = db.registry, db.engine, db.caps, &db.sessions.Programs
	return db
})

// noEngine refuses everything.
type noEngine struct{}

func (noEngine) Compile(qb.Query) (driver.Program, error) { return nil, errNoManager }
func (noEngine) Session(context.Context, driver.SessionOptions) (driver.Session, error) {
	return nil, errNoManager
}
func (noEngine) Caps() *driver.Caps         { return nowhere().caps }
func (noEngine) Ping(context.Context) error { return errNoManager }
func (noEngine) Close() error               { return nil }
