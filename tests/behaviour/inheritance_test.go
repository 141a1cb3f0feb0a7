package behaviour_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model/fleet"
)

// hierarchies runs fn on every engine with the fleet in one table, and with a
// table for each of its types.
func hierarchies(t *testing.T, fn func(t *testing.T, e engine)) {
	for _, kind := range []mapper.Inheritance{mapper.SingleTable, mapper.TablePerType} {
		t.Run(kind.String(), func(t *testing.T) { engines(t, fleet.Entities(kind), fn) })
	}
}

func ptr[T any](v T) *T { return &v }

// vehicles are the vehicles that the tests write.
type vehicles struct {
	boat       *fleet.Vehicle
	car        *fleet.Car
	taxi, cab  *fleet.Taxi
	truck      *fleet.Truck
	ulm, linz  *fleet.Garage
	ann, bob   *fleet.Driver
	radio, abs *fleet.Extra
}

// writeFleet writes each type, relations at every level and a ring.
func writeFleet(t *testing.T, e engine) *vehicles {
	t.Helper()
	f := &vehicles{
		boat:  &fleet.Vehicle{Name: "boat"},
		car:   &fleet.Car{Vehicle: fleet.Vehicle{Name: "car", Wheels: ptr(4)}, Doors: 3, Plate: ptr("A 1"), Load: ptr(7)},
		taxi:  &fleet.Taxi{Car: fleet.Car{Vehicle: fleet.Vehicle{Name: "taxi", Wheels: ptr(4)}, Doors: 5, Plate: ptr("A 2")}, Fare: 2.5},
		cab:   &fleet.Taxi{Car: fleet.Car{Vehicle: fleet.Vehicle{Name: "cab"}, Doors: 4}, Fare: 3},
		truck: &fleet.Truck{Vehicle: fleet.Vehicle{Name: "truck", Wheels: ptr(6)}, Axles: 3, Load: 7},
		ulm:   &fleet.Garage{City: "Ulm"}, linz: &fleet.Garage{City: "Linz"},
		ann: &fleet.Driver{Name: "Ann"}, bob: &fleet.Driver{Name: "Bob"},
		radio: &fleet.Extra{Name: "radio"}, abs: &fleet.Extra{Name: "abs"},
	}
	f.car.Garage, f.taxi.Garage, f.truck.Garage = orm.To(f.ulm), orm.To(f.linz), orm.To(f.ulm)
	f.car.Driver, f.taxi.Driver = orm.To(f.ann), orm.To(f.bob)
	f.taxi.Next, f.cab.Next = orm.To(f.cab), orm.To(f.taxi)
	f.ulm.Show = orm.To(&f.taxi.Car)
	f.bob.Escorts = orm.To(f.truck)
	f.car.Extras.Add(f.radio, f.abs)
	f.taxi.Extras.Add(f.radio)
	em := e.db.Fork()
	em.Persist(f.boat, f.car, f.taxi, f.cab, f.truck, f.linz, f.bob)
	ok(t, em.Flush(t.Context()))
	idle(t, em)
	return f
}

// vehicleNames are the names of vehicles found.
func vehicleNames(list []*fleet.Vehicle) []string {
	out := []string{}
	for _, v := range list {
		out = append(out, v.Name)
	}
	return out
}

// TestHierarchyRoundTrip reads a hierarchy by each of its types: values and
// relations are equal, types are right, nothing is dirty.
func TestHierarchyRoundTrip(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		f := writeFleet(t, e)
		em := e.db.Fork()
		all, err := orm.Find[fleet.Vehicle](t.Context(), em, nil, orm.OrderBy("name"))
		ok(t, err)
		same(t, vehicleNames(all), "boat", "cab", "car", "taxi", "truck")
		idle(t, em)
		if _, isCar := orm.As[fleet.Car](em, all[0]); isCar {
			t.Error("the boat is a car")
		}
		taxi, isTaxi := orm.As[fleet.Taxi](em, all[3])
		if !isTaxi || taxi.Fare != 2.5 || taxi.Doors != 5 || *taxi.Plate != "A 2" || *taxi.Wheels != 4 || taxi.Version != 1 || taxi.ID != f.taxi.ID {
			t.Fatalf("the taxi came back as %+v", taxi)
		}
		if car, isCar := orm.As[fleet.Car](em, all[3]); !isCar || car != &taxi.Car {
			t.Error("a taxi is no car")
		}
		cars, err := orm.Find[fleet.Car](t.Context(), em, nil, orm.OrderBy("-name"))
		ok(t, err)
		if len(cars) != 3 || cars[0] != &taxi.Car || *cars[1].Load != 7 || cars[2].Load != nil {
			t.Errorf("the cars came back as %+v", cars)
		}
		trucks, err := orm.Find[fleet.Truck](t.Context(), em, orm.M{"wheels": 6, "axles": 3})
		ok(t, err)
		if len(trucks) != 1 || trucks[0].Load != 7 || &trucks[0].Vehicle != all[4] {
			t.Errorf("the trucks came back as %+v", trucks)
		}
		idle(t, em)
	})
}

// TestHierarchyRelations populates relations from and to every level, by every strategy.
func TestHierarchyRelations(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		writeFleet(t, e)
		for _, strategy := range []string{"select-in", "balanced", "joined"} {
			em := e.db.Fork()
			garages, err := orm.Find[fleet.Garage](t.Context(), em, nil, orm.OrderBy("city"), orm.Strategy(strategy), orm.Populate("vehicles", "show.driver.escorts", "show.extras"))
			ok(t, err)
			ulm := garages[1]
			show := ulm.Show.Get()
			if taxi, is := orm.As[fleet.Taxi](em, show); !is || taxi.Fare != 2.5 || show.Driver.Get().Escorts.Get().Axles != 3 || show.Extras.Len() != 1 {
				t.Errorf("%s: Ulm shows %+v", strategy, show)
			}
			inUlm := vehicleNames(ulm.Vehicles.Items())
			slices.Sort(inUlm)
			same(t, inUlm, "car", "truck")
			if linz := garages[0].Vehicles.Items(); len(linz) != 1 || linz[0] != &show.Vehicle {
				t.Errorf("%s: Linz has %+v", strategy, linz)
			}
			idle(t, em)
		}
		taxis, err := orm.Find[fleet.Taxi](t.Context(), e.db.Fork(), orm.M{"next.name": "taxi", "next.driver.name": "Bob", "next.extras.name": "radio"}, orm.Populate("next.next"))
		ok(t, err)
		if len(taxis) != 1 || taxis[0].Name != "cab" || taxis[0].Next.Get().Next.Get() != taxis[0] {
			t.Errorf("next to the taxi: %+v", taxis)
		}
	})
}

// TestHierarchyUpdateAndDelete changes properties of each level, and deletes.
func TestHierarchyUpdateAndDelete(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		f := writeFleet(t, e)
		em := e.db.Fork()
		v, err := orm.FindOneOrFail[fleet.Vehicle](t.Context(), em, orm.M{"name": "taxi"})
		ok(t, err)
		taxi, _ := orm.As[fleet.Taxi](em, v)
		taxi.Fare = 4
		ok(t, em.Flush(t.Context()))
		taxi.Name, taxi.Doors, taxi.Plate, taxi.Garage = "t", 2, nil, orm.To[fleet.Garage](nil)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		again, err := orm.FindOneOrFail[fleet.Taxi](t.Context(), e.db.Fork(), f.taxi.ID)
		ok(t, err)
		if again.Version != 3 || again.Fare != 4 || again.Name != "t" || again.Doors != 2 || again.Plate != nil || !again.Garage.IsNil() {
			t.Errorf("the taxi came back as %+v", again)
		}
		next, err := orm.FindOneOrFail[fleet.Taxi](t.Context(), em, orm.M{"name": "cab"})
		ok(t, err)
		next.Next = orm.To[fleet.Taxi](nil)
		ulm, err := orm.FindOneOrFail[fleet.Garage](t.Context(), em, orm.M{"city": "Ulm"})
		ok(t, err)
		ulm.Show = orm.To[fleet.Car](nil)
		reborn := &fleet.Car{Vehicle: fleet.Vehicle{Name: "t"}, Plate: ptr("A 1")}
		car, err := orm.FindOneOrFail[fleet.Car](t.Context(), em, orm.M{"plate": "A 1"})
		ok(t, err)
		em.Remove(taxi, car)
		em.Persist(reborn)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		all, err := orm.Find[fleet.Vehicle](t.Context(), e.db.Fork(), nil, orm.OrderBy("name"))
		ok(t, err)
		same(t, vehicleNames(all), "boat", "cab", "t", "truck")
		cars, err := orm.Count[fleet.Car](t.Context(), e.db.Fork(), nil)
		ok(t, err)
		if cars != 2 {
			t.Errorf("%d cars are left", cars)
		}
	})
}

// TestHierarchyFailures refuses a stale row of a subtype and a taken value of a
// subtype's table, after both of which the database and the unit are as before.
func TestHierarchyFailures(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		writeFleet(t, e)
		first, second := e.db.Fork(), e.db.Fork()
		one, err := orm.FindOneOrFail[fleet.Truck](t.Context(), first, orm.M{"name": "truck"})
		ok(t, err)
		two, err := orm.FindOneOrFail[fleet.Truck](t.Context(), second, orm.M{"name": "truck"})
		ok(t, err)
		one.Axles, two.Axles = 4, 5
		ok(t, first.Flush(t.Context()))
		var stale *orm.OptimisticLockError
		if err := second.Flush(t.Context()); !errors.As(err, &stale) {
			t.Errorf("got %v, want a stale truck", err)
		}
		em := e.db.Fork()
		twin := &fleet.Car{Vehicle: fleet.Vehicle{Name: "twin"}, Plate: ptr("A 1")}
		em.Persist(twin)
		if err := em.Flush(t.Context()); !errors.Is(err, driver.ErrUniqueViolation) || !orm.IsUnique(err, "plate") {
			t.Fatalf("got %v, want a plate that is taken", err)
		}
		if e.caps.Transactions && (twin.ID != 0 || twin.Version != 0) {
			t.Errorf("the failed flush left %+v", twin)
		}
		twin.Plate = ptr("A 9")
		ok(t, em.Flush(t.Context()))
		n, err := orm.Count[fleet.Car](t.Context(), e.db.Fork(), orm.M{"plate": "A 9"})
		ok(t, err)
		if n != 1 {
			t.Errorf("%d twins", n)
		}
	})
}
