package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model/fleet"
)

// TestHierarchyLocks reads rows of every type under a lock, which another
// transaction cannot take where the engine has row locks.
func TestHierarchyLocks(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		if !e.caps.RowLocks || !e.caps.LockOptions {
			t.Skip("the engine has no row locks that can be tried")
		}
		f := writeFleet(t, e)
		ok(t, e.db.Fork().Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			taxis, err := orm.Find[fleet.Taxi](ctx, em, f.taxi.ID, orm.LockForUpdate())
			ok(t, err)
			if len(taxis) != 1 {
				t.Errorf("%d taxis", len(taxis))
			}
			return e.db.Fork().Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				cabs, err := orm.Find[fleet.Taxi](ctx, em, nil, orm.LockForUpdate(), orm.SkipLocked())
				ok(t, err)
				if len(cabs) != 1 || cabs[0].Name != "cab" {
					t.Errorf("free taxis: %+v", cabs)
				}
				free, err := orm.Find[fleet.Vehicle](ctx, em, nil, orm.OrderBy("name"), orm.LockForUpdate(), orm.SkipLocked())
				if errors.Is(err, driver.ErrUnsupported) {
					return nil // the engine locks what is joined as well, and would skip parts of rows
				}
				ok(t, err)
				same(t, vehicleNames(free), "boat", "cab", "car", "truck")
				return nil
			})
		}))
	})
}

// TestRandomHierarchy applies random changes to vehicles of all types and compares
// the database with what the program did.
func TestRandomHierarchy(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		r := rand.New(rand.NewPCG(1, 2))
		want := map[string]string{} // name to what the vehicle is like
		for round := range 15 {
			em := e.db.Fork()
			all, err := orm.Find[fleet.Vehicle](t.Context(), em, nil, orm.OrderBy("name"))
			ok(t, err)
			if len(all) != len(want) {
				t.Fatalf("round %d: %d vehicles, want %d", round, len(all), len(want))
			}
			for _, v := range all {
				if got := likeness(em, v); got != want[v.Name] {
					t.Fatalf("round %d: %s is %s, want %s", round, v.Name, got, want[v.Name])
				}
			}
			idle(t, em)
			for _, v := range all {
				switch r.IntN(4) {
				case 0:
					delete(want, v.Name)
					em.Remove(typed(em, v))
				case 1, 2:
					change(r, em, v)
					want[v.Name] = likeness(em, v)
				}
			}
			for i := range 1 + r.IntN(5) {
				name := fmt.Sprintf("v%d-%d", round, i)
				want[name] = persistAny(r, em, name)
			}
			ok(t, em.Flush(t.Context()))
			idle(t, em)
		}
	})
}

// likeness prints all values of a vehicle but its version.
func likeness(em *orm.EntityManager, v *fleet.Vehicle) string {
	wheels := -1
	if v.Wheels != nil {
		wheels = *v.Wheels
	}
	text := fmt.Sprint("wheels ", wheels)
	if car, is := orm.As[fleet.Car](em, v); is {
		text += fmt.Sprint(" doors ", car.Doors)
	}
	if taxi, is := orm.As[fleet.Taxi](em, v); is {
		text += fmt.Sprint(" fare ", taxi.Fare)
	}
	if truck, is := orm.As[fleet.Truck](em, v); is {
		text += fmt.Sprint(" axles ", truck.Axles)
	}
	return text
}

// change sets some of the properties a vehicle has.
func change(r *rand.Rand, em *orm.EntityManager, v *fleet.Vehicle) {
	if r.IntN(2) == 0 {
		v.Wheels = ptr(r.IntN(10))
	}
	if car, is := orm.As[fleet.Car](em, v); is && r.IntN(2) == 0 {
		car.Doors = r.IntN(10)
	}
	if taxi, is := orm.As[fleet.Taxi](em, v); is && r.IntN(2) == 0 {
		taxi.Fare = float64(r.IntN(10))
	}
	if truck, is := orm.As[fleet.Truck](em, v); is && r.IntN(2) == 0 {
		truck.Axles = r.IntN(10)
	}
}

// persistAny persists a vehicle of some type and returns what it is like.
func persistAny(r *rand.Rand, em *orm.EntityManager, name string) string {
	base := fleet.Vehicle{Name: name}
	n := r.IntN(10)
	switch r.IntN(4) {
	case 0:
		em.Persist(&base)
		return "wheels -1"
	case 1:
		em.Persist(&fleet.Car{Vehicle: base, Doors: n})
		return fmt.Sprint("wheels -1 doors ", n)
	case 2:
		em.Persist(&fleet.Taxi{Car: fleet.Car{Vehicle: base, Doors: n}, Fare: float64(n)})
		return fmt.Sprint("wheels -1 doors ", n, " fare ", n)
	}
	em.Persist(&fleet.Truck{Vehicle: base, Axles: n})
	return fmt.Sprint("wheels -1 axles ", n)
}
