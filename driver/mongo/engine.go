package mongo

import (
	"context"
	"math"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/conditions/check"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb"
	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

var caps = driver.Caps{
	Name:          "mongo",
	Transactions:  true,
	NativeScan:    true,
	ReturnsRows:   true,
	KeyArrays:     true,
	WholeEntities: true,
	Revisions:     true,
	Isolations:    []driver.Isolation{driver.RepeatableRead},
	Limits:        mapper.Limits{Name: naming.MaxMongo, Digits: 34, TimePrecision: 3, Years: mapper.Years{First: -271_820, Last: 275_759}, Uint: math.MaxInt64, Marks: "$", ColumnMarks: ".", KeyName: "_id", SystemTables: "system."},
}

// engine implements driver.Engine, driver.SchemaEnsurer and driver.Pooled.
type engine struct {
	client *mongo.Client
	db     *mongo.Database
	caps   driver.Caps
	pool   *pool
	wishes wishes // of the connector
}

// program implements driver.Program.
type program struct {
	*weftmongo.Command
	plan *plan
}

// Compile implements driver.Engine.
func (e *engine) Compile(q qb.Query) (driver.Program, error) {
	command, err := weftmongo.Compile(q)
	if err != nil {
		return nil, (&driver.Error{Class: driver.ErrUnsupported, Engine: caps.Name, Err: err}).At("", -1, -1)
	}
	return &program{Command: command, plan: newPlan(command.Cells)}, nil
}

// collection returns a collection of a database, "" being the connection's own.
func (e *engine) collection(database, name string) *mongo.Collection {
	return e.wished(context.Background(), database, name)
}

// wished is collection with what the context asks of statements.
func (e *engine) wished(ctx context.Context, database, name string) *mongo.Collection {
	db := e.db
	if database != "" {
		db = e.client.Database(database)
	}
	w := wishesOf(ctx)
	if w == (wishes{}) {
		return db.Collection(name)
	}
	o := options.Collection()
	if w.prefer != nil {
		o.SetReadPreference(w.prefer)
	}
	if w.read != nil {
		o.SetReadConcern(w.read)
	}
	if w.write != nil {
		o.SetWriteConcern(w.write)
	}
	return db.Collection(name, o)
}

// Session implements driver.Engine.
func (e *engine) Session(_ context.Context, opts driver.SessionOptions) (driver.Session, error) {
	if e.caps.Transactions {
		if err := e.caps.Check(opts); err != nil {
			return nil, err
		}
	} else {
		opts.Transaction = false
	}
	return &session{engine: e, opts: opts}, nil
}

// Caps implements driver.Engine.
func (e *engine) Caps() *driver.Caps { return &e.caps }

// Native implements driver.Native.
func (e *engine) Native() []any { return []any{e.db, e.client} }

// Ping implements driver.Pinger.
func (e *engine) Ping(ctx context.Context) error {
	if _, err := hasTransactions(ctx, e.client); err != nil {
		return connectError(ctx, err)
	}
	return nil
}

// Close implements driver.Engine.
func (e *engine) Close() error { return e.client.Disconnect(context.Background()) }

// UnheldChecks implements driver.CheckHolder.
func (*engine) UnheldChecks(reg *mapper.Registry) []driver.UnheldCheck {
	var list []driver.UnheldCheck
	for _, c := range check.Refused(reg) {
		list = append(list, driver.UnheldCheck{Entity: c.Entity, Check: c.From, Why: c.Refused()})
	}
	return list
}
