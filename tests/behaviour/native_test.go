package behaviour_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model/fleet"
)

// TestHierarchyNativeWrites updates and deletes rows of a hierarchy by condition.
func TestHierarchyNativeWrites(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		writeFleet(t, e)
		em := e.db.Fork()
		rows := func(n int64, err error) func(want int64, what string) {
			return func(want int64, what string) {
				t.Helper()
				if err != nil || n != want {
					t.Errorf("%s: %d rows, %v", what, n, err)
				}
			}
		}
		rows(orm.NativeUpdate[fleet.Car](t.Context(), em, cond{"name": "taxi"}, cond{"doors": 6}))(1, "own column")
		rows(orm.NativeUpdate[fleet.Car](t.Context(), em, cond{"doors >": 3}, cond{"wheels": 8}))(2, "column of the base")
		rows(orm.NativeUpdate[fleet.Vehicle](t.Context(), em, cond{"doors": 3}, cond{"wheels": 3}))(1, "condition on a subtype")
		rows(orm.NativeUpdate[fleet.Taxi](t.Context(), em, cond{"next.driver": nil}, cond{"fare": 9}))(1, "through a relation")
		count := func(want int64, where cond) {
			t.Helper()
			rows(orm.Count[fleet.Vehicle](t.Context(), e.db.Fork(), where))(want, "count")
		}
		count(1, cond{"doors": 6, "wheels": 8, "fare": 9, "name": "taxi"})
		count(1, cond{"wheels": 8, "fare": 3, "name": "cab"})
		count(1, cond{"wheels": 3, "name": "car"})
		count(1, cond{"wheels": 6, "name": "truck"})

		rows(orm.NativeUpdate[fleet.Taxi](t.Context(), em, cond{"fare >": 0}, cond{"next": nil}))(2, "reference")
		rows(orm.NativeUpdate[fleet.Garage](t.Context(), em, cond{"city": "Ulm"}, cond{"show": nil}))(1, "reference")
		rows(orm.NativeDelete[fleet.Taxi](t.Context(), em, cond{"name": "cab"}))(1, "delete of a leaf")
		count(4, cond{})
		rows(orm.Count[fleet.Car](t.Context(), e.db.Fork(), nil))(2, "cars")
		rows(orm.NativeDelete[fleet.Vehicle](t.Context(), em, cond{"name": "boat"}))(1, "delete of the root's rows")
		rows(orm.NativeDelete[fleet.Car](t.Context(), em, nil, orm.AllowAll()))(2, "delete of all cars")
		count(1, cond{})
		count(1, cond{"axles": 3})
	})
}

// TestHierarchyInsertMany inserts entities of a subtype past the unit of work.
func TestHierarchyInsertMany(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		em := e.db.Fork()
		var taxis []*fleet.Taxi
		for i := range 120 {
			taxis = append(taxis, &fleet.Taxi{Car: fleet.Car{Vehicle: fleet.Vehicle{Name: "taxi " + strconv.Itoa(i)}, Doors: i}, Fare: float64(i)})
		}
		ok(t, orm.BulkInsert(t.Context(), em, taxis, orm.DiscardGenerated()))
		found, err := orm.Find[fleet.Vehicle](t.Context(), em, cond{"fare >=": 118}, orm.OrderBy("fare"))
		ok(t, err)
		same(t, vehicleNames(found), "taxi 118", "taxi 119")
		if taxi, is := orm.As[fleet.Taxi](em, found[0]); !is || taxi.Doors != 118 || taxi.Version != 1 {
			t.Errorf("the taxi came back as %+v", taxi)
		}
		twins := []*fleet.Car{{Vehicle: fleet.Vehicle{Name: "a"}, Plate: ptr("A")}, {Vehicle: fleet.Vehicle{Name: "b"}, Plate: ptr("A")}}
		err = orm.BulkInsert(t.Context(), e.db.Fork(), twins)
		if !errors.Is(err, driver.ErrUniqueViolation) || !orm.IsUnique(err, "plate") {
			t.Errorf("got %v, want a plate that is taken", err)
		}
		if !e.caps.Transactions {
			return
		}
		if twins[0].ID != 0 || twins[1].ID != 0 {
			t.Errorf("keys of rows that were refused: %d, %d", twins[0].ID, twins[1].ID)
		}
		twins[1].Plate = nil
		ok(t, orm.BulkInsert(t.Context(), e.db.Fork(), twins))
	})
}

// TestHierarchyUpsertMany keeps the type of a row, or says why rows cannot be written.
func TestHierarchyUpsertMany(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		em := e.db.Fork()
		ok(t, orm.BulkInsert(t.Context(), em, []*fleet.Truck{{Vehicle: fleet.Vehicle{Name: "truck"}, Axles: 2}}))
		boats := []*fleet.Vehicle{{Name: "truck", Wheels: ptr(6)}, {Name: "boat"}}
		ok(t, orm.BulkUpsert(t.Context(), em, boats, orm.ConflictOn("name")))
		trucks, err := orm.Find[fleet.Truck](t.Context(), e.db.Fork(), nil)
		ok(t, err)
		if len(trucks) != 1 || trucks[0].Axles != 2 || *trucks[0].Wheels != 6 {
			t.Errorf("trucks: %+v", trucks)
		}
		spread := e.db.Registry().Entity("Vehicle").Inheritance == mapper.TablePerType && !e.caps.WholeEntities
		err = orm.BulkUpsert(t.Context(), em, []*fleet.Truck{{Vehicle: fleet.Vehicle{Name: "lorry"}}}, orm.ConflictOn("name"))
		if spread != errors.Is(err, driver.ErrUnsupported) || !spread && err != nil {
			t.Errorf("upsert of a truck: %v", err)
		}
	})
}

// TestHierarchyNativeInsert inserts rows with the type they are of, or says why
// one statement cannot.
func TestHierarchyNativeInsert(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		em := e.db.Fork()
		_, err := orm.NativeInsert[fleet.Vehicle](t.Context(), em, cond{"id": 101, "name": "boat", "version": 1}, cond{"id": 102, "name": "raft", "version": 1})
		ok(t, err)
		_, err = orm.NativeInsert[fleet.Truck](t.Context(), em, cond{"id": 103, "name": "truck", "version": 1, "axles": 2, "load": 1.5})
		spread := e.db.Registry().Entity("Vehicle").Inheritance == mapper.TablePerType && !e.caps.WholeEntities
		if spread {
			if !errors.Is(err, driver.ErrUnsupported) || !strings.Contains(err.Error(), "Truck") {
				t.Errorf("an insert into two tables: %v", err)
			}
		} else {
			ok(t, err)
			trucks, err := orm.Find[fleet.Truck](t.Context(), em, nil)
			ok(t, err)
			if len(trucks) != 1 || trucks[0].Load != 1.5 || trucks[0].Name != "truck" {
				t.Errorf("trucks: %+v", trucks)
			}
		}
		n, err := orm.Count[fleet.Vehicle](t.Context(), em, cond{"kind": "vehicle"})
		ok(t, err)
		if n != 2 {
			t.Errorf("%d plain vehicles", n)
		}
		_, err = orm.NativeUpdate[fleet.Truck](t.Context(), em, cond{"name": "truck"}, cond{"name": "lorry", "axles": 3})
		if spread != errors.Is(err, driver.ErrUnsupported) {
			t.Errorf("an update of two tables: %v", err)
		}
	})
}
