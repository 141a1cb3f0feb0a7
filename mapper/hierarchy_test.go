package mapper_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/tests/model/fleet"
)

func TestMeaning(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, fleet.Entities(mapper.TablePerType)...)
	if err != nil {
		t.Fatal(err)
	}
	vehicle, car, taxi, truck := reg.Entity("Vehicle"), reg.Entity("Car"), reg.Entity("Taxi"), reg.Entity("Truck")
	if m := vehicle.Meaning("Name"); m.Property != vehicle.Property("name") {
		t.Errorf("a property of its own: %+v", m)
	}
	if m := vehicle.Meaning("fare"); m.Property != taxi.Property("fare") {
		t.Errorf("a property two levels below: %+v", m)
	}
	if m := vehicle.Meaning("doors"); m.Property != car.Property("doors") {
		t.Errorf("a property that a grandchild inherits: %+v", m)
	}
	if m := vehicle.Meaning("Taxi"); m.Subtype != taxi || m.Property != nil {
		t.Errorf("a type: %+v", m)
	}
	if m := car.Meaning("Truck"); m.Subtype != nil || m.Property != nil || m.Several != nil {
		t.Errorf("a type that is no subtype: %+v", m)
	}
	m := vehicle.Meaning("load")
	if !slices.Equal(m.Several, []*mapper.Property{car.Property("load"), truck.Property("load")}) {
		t.Errorf("several: %+v", m)
	}
	if found, remedy := m.Ambiguity("garage.vehicles"); found != "Car.load and Truck.load have this name" ||
		remedy != `write "garage.vehicles.Car.load" or "garage.vehicles.Truck.load"` {
		t.Errorf("%s; %s", found, remedy)
	}
	if names := car.Names(); !slices.Contains(names, "fare") || !slices.Contains(names, "Taxi") || slices.Contains(names, "axles") {
		t.Errorf("names: %q", names)
	}
	if !slices.Equal(taxi.StoredIn(), []*mapper.Entity{vehicle, car, taxi}) || len(reg.Entity("Garage").StoredIn()) != 1 {
		t.Errorf("a taxi is stored in %v", taxi.StoredIn())
	}
	if k := taxi.TableKey[0]; k.References != car.TableKey[0] || car.TableKey[0].References != vehicle.KeyColumns[0] {
		t.Errorf("the table key of a taxi refers to %v", k.References)
	}
	if !vehicle.TellsType(vehicle.Property("kind")) || taxi.TellsType(taxi.Property("kind")) || vehicle.TellsType(vehicle.Property("name")) {
		t.Error("TellsType")
	}
}

// TestIndexOverTwoTables: an index cannot cover columns of a base and its subtype.
func TestIndexOverTwoTables(t *testing.T) {
	type Base struct {
		_    struct{} `orm:"inheritance=joined"`
		ID   int64
		Name string
	}
	type Sub struct {
		_ struct{} `orm:"unique=name|size"`
		Base
		Size int
	}
	_, err := mapper.Build(mapper.Options{}, Base{}, Sub{})
	var mistakes *mapper.MappingError
	if !errors.As(err, &mistakes) || !strings.Contains(err.Error(), "index: name stands in the table bases of Base") {
		t.Errorf("%v", err)
	}
}
