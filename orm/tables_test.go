package orm_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/model/fleet"
)

// fleet is a bench with a table for each type of the fleet.
func newFleet(t *testing.T) *bench { return newBench(t, fleet.Entities(mapper.TablePerType)...) }

func ptr[T any](v T) *T { return &v }

// TestTablesPerTypeStatements writes entities of several types: rows of one shape
// go together, a table gets only the columns it has, and only when they changed.
func TestTablesPerTypeStatements(t *testing.T) {
	b := newFleet(t)
	em := b.db.Fork()
	car := &fleet.Car{Vehicle: fleet.Vehicle{Name: "car"}, Doors: 3}
	taxi := &fleet.Taxi{Car: fleet.Car{Vehicle: fleet.Vehicle{Name: "taxi"}, Doors: 5}, Fare: 2.5}
	truck := &fleet.Truck{Vehicle: fleet.Vehicle{Name: "truck"}, Axles: 4}
	em.Persist(car, taxi, truck)
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`INSERT INTO "vehicles" ("name", "wheels", "garage_id", "version", "kind") VALUES (?, ?, ?, ?, ?) ['car' null null 1 'car'] ['taxi' null null 1 'taxi'] ['truck' null null 1 'truck']`,
		`INSERT INTO "cars" ("id", "doors", "plate", "car_load", "driver_id") VALUES (?, ?, ?, ?, ?) [1 3 null null null] [2 5 null null null]`,
		`INSERT INTO "taxis" ("id", "fare", "next_id") VALUES (?, ?, ?) [2 2.5 null]`,
		`INSERT INTO "trucks" ("id", "axles", "truck_load") VALUES (?, ?, ?) [3 4 0]`,
		`commit`,
	)
	b.ok(em.Flush(b.ctx))
	b.sent()
	taxi.Doors = 4
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`UPDATE "vehicles" SET "version" = ? WHERE "id" = ? AND "version" = ? [2 2 1]`,
		`UPDATE "cars" SET "doors" = ? WHERE "id" = ? [4 2]`,
		`commit`,
	)
	if taxi.Version != 2 {
		t.Errorf("the version is %d after a change of the middle table", taxi.Version)
	}
	taxi.Name, taxi.Fare = "cab", 3
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`UPDATE "vehicles" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['cab' 3 2 2]`,
		`UPDATE "taxis" SET "fare" = ? WHERE "id" = ? [3 2]`,
		`commit`,
	)
	em.Remove(taxi, car)
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`DELETE FROM "taxis" WHERE "id" = ? [2]`,
		`DELETE FROM "cars" WHERE "id" = ? [1] [2]`,
		`DELETE FROM "vehicles" WHERE "id" = ? AND "version" = ? [1 1] [2 3]`,
		`commit`,
	)
}

// TestTablesPerTypePlan prints what a flush of a hierarchy would do, rings and
// reused unique values among it.
func TestTablesPerTypePlan(t *testing.T) {
	b := newFleet(t)
	em := b.db.Fork()
	old := &fleet.Taxi{Car: fleet.Car{Vehicle: fleet.Vehicle{Name: "old"}, Plate: ptr("A 1")}}
	em.Persist(old)
	b.flush(em)
	em.Remove(old)
	first := &fleet.Taxi{Car: fleet.Car{Vehicle: fleet.Vehicle{Name: "old"}, Plate: ptr("A 1")}, Fare: 1}
	second := &fleet.Taxi{Car: fleet.Car{Vehicle: fleet.Vehicle{Name: "second"}}, Fare: 2}
	first.Next, second.Next = orm.To(second), orm.To(first)
	garage := &fleet.Garage{City: "Ulm", Show: orm.To(&first.Car)}
	first.Garage = orm.To(garage)
	em.Persist(first, second)
	plan, err := em.Plan(b.ctx)
	b.ok(err)
	b.sent()
	golden.Check(t, "tables-per-type-plan.txt", plan)
	b.flush(em)

	em = b.db.Fork()
	taxis, err := orm.Find[fleet.Taxi](b.ctx, em, orm.M{}, orm.OrderBy("name"), orm.Populate("next", "garage.show"))
	b.ok(err)
	if len(taxis) != 2 || taxis[0].Next.Get() != taxis[1] || taxis[1].Next.Get() != taxis[0] || *taxis[0].Plate != "A 1" {
		t.Fatalf("taxis: %+v", taxis)
	}
	if show := taxis[0].Garage.Get().Show.Get(); show != &taxis[0].Car {
		t.Errorf("the garage shows %+v", show)
	}
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent()
}

// TestTablesPerTypeFailure lets the last table refuse its row: nothing is
// published, and the mended unit can be flushed.
func TestTablesPerTypeFailure(t *testing.T) {
	b := newFleet(t)
	em := b.db.Fork()
	em.Persist(&fleet.Car{Vehicle: fleet.Vehicle{Name: "first"}, Plate: ptr("A 1")})
	b.flush(em)
	twin := &fleet.Car{Vehicle: fleet.Vehicle{Name: "second"}, Plate: ptr("A 1")}
	em = b.db.Fork()
	em.Persist(twin)
	err := em.Flush(b.ctx)
	var violated *orm.ConstraintError
	if !errors.As(err, &violated) || violated.Entity != "Car" || !orm.IsUnique(err, "plate") {
		t.Fatalf("got %v, want a plate that is taken", err)
	}
	if twin.ID != 0 || twin.Version != 0 {
		t.Errorf("the failed flush left the key %d and the version %d", twin.ID, twin.Version)
	}
	twin.Plate = nil
	b.ok(em.Flush(b.ctx))
	if twin.ID != 2 || twin.Version != 1 {
		t.Errorf("key %d, version %d", twin.ID, twin.Version)
	}
	if n, err := orm.Count[fleet.Vehicle](b.ctx, b.db.Fork(), nil); err != nil || n != 2 {
		t.Errorf("%d vehicles, %v", n, err)
	}
}

// TestTablesPerTypeRollback takes a flush of several tables back.
func TestTablesPerTypeRollback(t *testing.T) {
	b := newFleet(t)
	em := b.db.Fork()
	car := &fleet.Car{Vehicle: fleet.Vehicle{Name: "car"}, Doors: 3}
	stop := errors.New("stop")
	err := em.Transactional(b.ctx, func(_ context.Context, em *orm.EntityManager) error {
		em.Persist(car)
		b.ok(em.Flush(b.ctx))
		car.Doors = 5
		b.ok(em.Flush(b.ctx))
		return stop
	})
	if !errors.Is(err, stop) || car.ID != 0 || car.Version != 0 || car.Doors != 5 {
		t.Fatalf("%v, %+v", err, car)
	}
}

// TestTablesPerTypeStale changes the table of a subtype under a version that
// another unit took.
func TestTablesPerTypeStale(t *testing.T) {
	b := newFleet(t)
	em := b.db.Fork()
	em.Persist(&fleet.Truck{Vehicle: fleet.Vehicle{Name: "truck"}, Axles: 2})
	b.flush(em)
	first, second := b.db.Fork(), b.db.Fork()
	one := must(orm.FindOneOrFail[fleet.Truck](b.ctx, first, int64(1)))
	two := must(orm.FindOneOrFail[fleet.Truck](b.ctx, second, int64(1)))
	one.Axles, two.Axles = 3, 4
	b.flush(first)
	var stale *orm.OptimisticLockError
	if err := second.Flush(b.ctx); !errors.As(err, &stale) || stale.Entity != "Truck" || stale.Key != int64(1) {
		t.Fatalf("got %v, want a stale truck", err)
	}
	b.rec.Take()
	second.Remove(two)
	if err := second.Flush(b.ctx); !errors.As(err, &stale) {
		t.Errorf("got %v, want a stale truck", err)
	}
	if n, err := orm.Count[fleet.Truck](b.ctx, b.db.Fork(), orm.M{"axles": 3}); err != nil || n != 1 {
		t.Errorf("%d trucks, %v", n, err)
	}
}

type part struct {
	_    struct{} `orm:"inheritance=joined"`
	Code string   `orm:",pk"`
}

type screw struct {
	part
	Size  int
	Grade int `orm:",default=7,optional"`
	Packs rel.Ref[carton]
}

type carton struct {
	part
}

// TestTablesPerTypeKeys has keys of the application, a value the database makes
// for a subtype, and a type without columns of its own.
func TestTablesPerTypeKeys(t *testing.T) {
	b := newBench(t, part{}, screw{}, carton{})
	em := b.db.Fork()
	s := &screw{part: part{Code: "s"}, Size: 4, Packs: orm.To(&carton{part: part{Code: "p"}})}
	em.Persist(s)
	b.ok(em.Flush(b.ctx))
	if s.Grade != 7 {
		t.Errorf("the default grade came back as %d", s.Grade)
	}
	if lines := strings.Join(b.rec.Take(), "\n"); !strings.Contains(lines, `INSERT INTO "cartons" ("code") VALUES (?) ['p']`) {
		t.Errorf("sent %s", lines)
	}
	s.Code = "t"
	if err := em.Flush(b.ctx); !errors.Is(err, driver.ErrUnsupported) || !strings.Contains(err.Error(), "screw") {
		t.Errorf("a new key: %v", err)
	}
	b.sent()
}
