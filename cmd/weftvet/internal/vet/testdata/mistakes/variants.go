package mistakes

import (
	"context"

	"github.com/weft-orm/weft/orm"
)

// Ride is by bike or by train.
type Ride struct {
	ID int64
	By any   `orm:",types=Bike|Train"`
	On []any `orm:",types=Bike|Train:rail"`
}

// Bike has gears.
type Bike struct {
	Name  string
	Gears int
	Size  int `orm:"bike_size"`
}

// Train has wagons.
type Train struct {
	Name   string
	Wagons int
	Size   string `orm:"train_size"`
}

func variants(ctx context.Context, em *orm.EntityManager) {
	orm.Find[Ride](ctx, em, orm.M{"by.type": "bike", "by.name": "x", "by.gears >": 3, "by.Train.size": "x", "by": nil}, orm.OrderBy("by.Bike.size"), orm.Fields("by.wagons"))
	orm.Find[Ride](ctx, em, orm.M{"on": orm.M{"type": "rail", "Name": "x"}})
	orm.Find[Ride](ctx, em, orm.M{"by.size": 3})                          // want `ambiguous: Bike and Train have this name for columns of their own`
	orm.Find[Ride](ctx, em, orm.M{"by.geers": 3})                         // want `^conditions: parse: Ride\.by\.geers: unknown property \(did you mean "gears"\?\)$`
	orm.Find[Ride](ctx, em, orm.M{"by.gears": "x"})                       // want `^conditions: bind: Ride\.by\.gears: cannot use string as int: must be an integer$`
	orm.Find[Ride](ctx, em, nil, orm.OrderBy("by.siz"))                   // want `by\.siz`
	orm.NativeUpdate[Ride](ctx, em, orm.M{"id": 1}, orm.M{"by.geers": 1}) // want `by\.geers`
	orm.NativeUpdate[Ride](ctx, em, orm.M{"id": 1}, orm.M{"by": Bike{}})
	orm.Assign(ctx, em, &Ride{}, orm.M{"by": orm.M{"type": "bike", "size": 3, "gears": 2}})
	orm.Assign(ctx, em, &Ride{}, orm.M{"by": orm.M{"type": "bike", "geers": 3}}) // want `by\.geers`
}

// Detour names what is none.
type Detour struct {
	ID int64
	By any `orm:",types=Bike|Trane"` // want `^mapper: mistakes\.Detour\.By: types: no struct "Trane" was given; list it beside the entities, as in orm\.Entities\(\.\.\., Trane\{\}\)$`
}
