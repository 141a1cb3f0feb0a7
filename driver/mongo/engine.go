package mongo

import (
	"context"
	"math"

	"go.mongodb.org/mongo-driver/v2/mongo"

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
	Isolations:    []driver.Isolation{driver.RepeatableRead},
	Limits:        mapper.Limits{Name: naming.MaxMongo, Digits: 34, TimePrecision: 3, Uint: math.MaxInt64, Marks: "$"},
}

// engine implements driver.Engine, driver.SchemaEnsurer and driver.Pooled.
type engine struct {
	client *mongo.Client
	db     *mongo.Database
	caps   driver.Caps
	pool   *pool
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
	if database == "" {
		return e.db.Collection(name)
	}
	return e.client.Database(database).Collection(name)
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
