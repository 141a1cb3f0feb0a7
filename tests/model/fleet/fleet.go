package fleet

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
)

// Entities returns the entities of the fleet, a hierarchy of three levels with
// relations at each: with a table for each type, or all in one table.
func Entities(inheritance mapper.Inheritance) []any {
	root := mapper.Define(func(e *mapper.Builder[Vehicle]) {
		e.Discriminator("kind")
		if inheritance == mapper.SingleTable {
			e.SingleTable()
		} else {
			e.TablePerType()
		}
	})
	return []any{root, Car{}, Taxi{}, Truck{}, Garage{}, Driver{}, Extra{}}
}

// Vehicle is the root of the hierarchy; it has the version of all its types.
type Vehicle struct {
	ID      int64
	Name    string `orm:",unique,length=40"`
	Wheels  *int
	Garage  rel.Ref[Garage]
	Version int `orm:",version"`
}

// Car is a Vehicle with relations of its own.
type Car struct {
	Vehicle
	Doors  int
	Plate  *string `orm:",unique,length=20"`
	Load   *int    `orm:"car_load"`
	Driver rel.Ref[Driver]
	Extras rel.Collection[Extra]
}

// Taxi is a Car, two levels below the root.
type Taxi struct {
	Car
	Fare float64
	Next rel.Ref[Taxi]
}

// Truck is a Vehicle whose load is not that of a Car.
type Truck struct {
	Vehicle
	Axles    int
	Load     float64                `orm:"truck_load"`
	Escorted rel.Collection[Driver] `orm:",mappedBy=Escorts"`
}

// Garage refers to a type in the middle of the hierarchy.
type Garage struct {
	ID       int64
	City     string
	Show     rel.Ref[Car]
	Vehicles rel.Collection[Vehicle] `orm:",mappedBy=Garage"`
}

// Driver drives cars and may escort a truck.
type Driver struct {
	ID      int64
	Name    string
	Escorts rel.Ref[Truck]
	Cars    rel.Collection[Car] `orm:",mappedBy=Driver"`
}

// Extra is built into cars.
type Extra struct {
	ID   int64
	Name string `orm:",unique,length=40"`
}
