package behaviour_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model/fleet"
)

type cond = orm.M

// subtypeCases are conditions on vehicles about what only some of them have. On a
// vehicle without a property it is NULL, a collection empty.
var subtypeCases = []struct {
	where any
	want  string
}{
	{cond{"doors": 3}, "car"},
	{cond{"doors >=": 4}, "cab taxi"},
	{cond{"doors:ne": 3}, "cab taxi"},
	{cond{"doors": nil}, "boat truck"},
	{cond{"doors": cond{"$exists": true}}, "cab car taxi"},
	{cond{"doors": cond{"$exists": false}}, "boat truck"},
	{cond{"doors": []any{3, nil}}, "boat car truck"},
	{cond{"doors:nin": []any{3}}, "cab taxi"},
	{cond{"$not": cond{"doors": 3}}, "cab taxi"},
	{cond{"$nor": []any{cond{"doors": 3}, cond{"axles": 3}}}, ""},
	{cond{"$or": []any{cond{"doors": 3}, cond{"axles": 3}}}, "car truck"},
	{cond{"wheels": 4, "doors": 5}, "taxi"},
	{cond{"plate:like": "A%"}, "car taxi"},
	{cond{"plate": nil}, "boat cab truck"},
	{cond{"fare >": 2}, "cab taxi"},
	{cond{"fare": nil}, "boat car truck"},
	{cond{"Car.load": 7}, "car"},
	{cond{"Truck.load": 7}, "truck"},
	{cond{"Truck": cond{"load": 7, "axles": 3}}, "truck"},
	{cond{"Car": cond{"$or": []any{cond{"load": 7}, cond{"doors": 4}}}}, "cab car"},
	{cond{"Car.load": nil}, "boat cab taxi truck"},
	{cond{"Car.name": "boat"}, "boat"},
	{cond{"$or": []any{cond{"Car.load": 7}, cond{"Truck.load": 7}}}, "car truck"},
	{cond{"driver.name": "Ann"}, "car"},
	{cond{"driver": nil}, "boat cab truck"},
	{cond{"driver": cond{"$ne": nil}}, "car taxi"},
	{cond{"$not": cond{"driver.name": "Ann"}}, "taxi"},
	{cond{"driver.escorts.axles": 3}, "taxi"},
	{cond{"driver.escorts": nil}, "car"},
	{cond{"next.next.name": "taxi"}, "taxi"},
	{cond{"next.fare >": 2.9}, "taxi"},
	{cond{"next": cond{"driver": nil}}, "taxi"},
	{cond{"extras.name": "abs"}, "car"},
	{cond{"extras": cond{"$none": cond{"name": "radio"}}}, "boat cab truck"},
	{cond{"extras": cond{"$size": 0}}, "boat cab truck"},
	{cond{"extras": cond{"$every": cond{"name": "radio"}}}, "boat cab taxi truck"},
	{cond{"next.extras": cond{"$size": 0}}, "taxi"},
	{cond{"escorted.name": "Bob"}, "truck"},
	{cond{"escorted": cond{"$none": cond{}}}, "boat cab car taxi"},
	{cond{"garage.show.doors": 5}, "car truck"},
	{cond{"garage.show.fare": 2.5}, "car truck"},
	{cond{"garage.show.fare": nil}, ""},
	{cond{"garage.vehicles.axles": 3}, "car truck"},
	{cond{"kind": "taxi"}, "cab taxi"},
}

// TestSubtypeConditions asks a base for what its subtypes have, and compares with
// the evaluator as far as pointers tell it the types.
func TestSubtypeConditions(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		writeFleet(t, e)
		graph := e.db.Fork()
		all, err := orm.Find[fleet.Vehicle](t.Context(), graph, nil, orm.OrderBy("name"),
			orm.Populate("driver.escorts", "extras", "next.next", "next.extras", "next.driver", "escorted", "garage.show", "garage.vehicles"))
		ok(t, err)
		compared := 0
		for _, c := range subtypeCases {
			list, err := orm.Find[fleet.Vehicle](t.Context(), e.db.Fork(), c.where, orm.OrderBy("name"))
			if err != nil {
				t.Errorf("%v: %v", c.where, err)
				continue
			}
			if got := strings.Join(vehicleNames(list), " "); got != c.want {
				t.Errorf("%v: got %q, want %q", c.where, got, c.want)
			}
			for _, v := range all[1:] {
				match, err := conditions.NewMatcher(e.db.Registry(), e.db.Registry().Entity("Vehicle"), c.where)
				ok(t, err)
				is, err := match.Match(typed(graph, v))
				if errors.Is(err, conditions.ErrValue) {
					continue // a relation leads to what is known by a base only
				}
				ok(t, err)
				if want := slices.Contains(strings.Fields(c.want), v.Name); is != want {
					t.Errorf("%v: the evaluator says %v of the %s", c.where, is, v.Name)
				}
				compared++
			}
		}
		if compared < 130 {
			t.Errorf("only %d answers were compared with the evaluator", compared)
		}
	})
}

// typed returns a vehicle as what it is.
func typed(em *orm.EntityManager, v *fleet.Vehicle) any {
	if taxi, is := orm.As[fleet.Taxi](em, v); is {
		return taxi
	}
	if car, is := orm.As[fleet.Car](em, v); is {
		return car
	}
	if truck, is := orm.As[fleet.Truck](em, v); is {
		return truck
	}
	return v
}

// TestSubtypeConditionsThroughRelations asks for owners by what their targets have.
func TestSubtypeConditionsThroughRelations(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		writeFleet(t, e)
		for _, c := range []struct {
			where cond
			want  string
		}{
			{cond{"vehicles.doors": 3}, "Ulm"},
			{cond{"vehicles": cond{"doors": 5, "fare": 2.5}}, "Linz"},
			{cond{"vehicles.Truck.load": 7}, "Ulm"},
			{cond{"vehicles": cond{"Car": cond{"load": 7}}}, "Ulm"},
			{cond{"vehicles.doors": nil}, "Ulm"},
			{cond{"vehicles": cond{"$every": cond{"doors:gt": 1}}}, "Linz"},
			{cond{"vehicles.driver.name": "Bob"}, "Linz"},
			{cond{"vehicles.extras.name": "radio"}, "Linz Ulm"},
			{cond{"show.fare": 2.5}, "Ulm"},
			{cond{"show.fare": nil}, ""},
			{cond{"show.next.doors": 4}, "Ulm"},
		} {
			list, err := orm.Find[fleet.Garage](t.Context(), e.db.Fork(), c.where, orm.OrderBy("city"))
			ok(t, err)
			var got []string
			for _, g := range list {
				got = append(got, g.City)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%v: got %q, want %q", c.where, got, c.want)
			}
		}
	})
}

// TestSubtypeOrderAndFields orders by and reads what only some rows have.
func TestSubtypeOrderAndFields(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		writeFleet(t, e)
		for order, want := range map[string]string{
			"doors desc nulls last":    "taxi cab car boat truck",
			"fare nulls first":         "boat car truck taxi cab",
			"Car.load nulls last":      "car boat cab taxi truck",
			"driver.name nulls last":   "car taxi boat cab truck",
			"extras.name nulls last":   "car taxi boat cab truck",
			"next.doors nulls last":    "taxi cab boat car truck",
			"Truck.axles nulls last":   "truck boat cab car taxi",
			"next.plate nulls last":    "cab boat car taxi truck",
			"escorted.name nulls last": "truck boat cab car taxi",
		} {
			list, err := orm.Find[fleet.Vehicle](t.Context(), e.db.Fork(), nil, orm.OrderBy(order, "name"))
			ok(t, err)
			if got := strings.Join(vehicleNames(list), " "); got != want {
				t.Errorf("%s: got %q, want %q", order, got, want)
			}
		}
		em := e.db.Fork()
		list, err := orm.Find[fleet.Vehicle](t.Context(), em, nil, orm.OrderBy("name"), orm.Limit(2), orm.Offset(2), orm.Fields("name", "doors", "Truck.load"))
		ok(t, err)
		car, isCar := orm.As[fleet.Car](em, list[0])
		taxi, isTaxi := orm.As[fleet.Taxi](em, list[1])
		if !isCar || !isTaxi || car.Doors != 3 || car.Plate != nil || taxi.Doors != 5 || taxi.Fare != 0 {
			t.Errorf("the fields are %+v, %+v", car, taxi)
		}
		idle(t, em)
	})
}

// TestSubtypePopulate loads relations that only some of the roots have.
func TestSubtypePopulate(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		writeFleet(t, e)
		for _, strategy := range []string{"select-in", "balanced", "joined"} {
			em := e.db.Fork()
			all, err := orm.Find[fleet.Vehicle](t.Context(), em, nil, orm.OrderBy("name"), orm.Strategy(strategy),
				orm.Populate("driver.escorts", "Car.extras", "Taxi.next.driver", "escorted"))
			ok(t, err)
			same(t, vehicleNames(all), "boat", "cab", "car", "taxi", "truck")
			taxi, _ := orm.As[fleet.Taxi](em, all[3])
			car, _ := orm.As[fleet.Car](em, all[2])
			truck, _ := orm.As[fleet.Truck](em, all[4])
			if taxi.Next.Get().Name != "cab" || taxi.Driver.Get().Escorts.Get() != truck || taxi.Extras.Len() != 1 || taxi.Next.Get().Next.Get() != taxi {
				t.Errorf("%s: the taxi is %+v", strategy, taxi)
			}
			if car.Driver.Get().Name != "Ann" || car.Extras.Len() != 2 || truck.Escorted.Items()[0] != taxi.Driver.Get() {
				t.Errorf("%s: the car is %+v", strategy, car)
			}
			idle(t, em)
			em = e.db.Fork()
			bare, err := orm.Find[fleet.Vehicle](t.Context(), em, nil, orm.OrderBy("-name"))
			ok(t, err)
			ok(t, orm.PopulateAll(t.Context(), em, bare, orm.Populate("extras", "escorted", "driver")))
			if car, _ := orm.As[fleet.Car](em, bare[2]); car.Extras.Len() != 2 || car.Driver.Get().Name != "Ann" {
				t.Errorf("populated afterwards: %+v", car)
			}
			_, err = orm.Find[fleet.Garage](t.Context(), e.db.Fork(), nil, orm.Strategy(strategy), orm.Populate("vehicles.driver", "vehicles.extras", "show.Taxi.next"))
			ok(t, err)
			em = e.db.Fork()
			found, err := orm.Find[fleet.Vehicle](t.Context(), em, cond{"driver.name": "Bob"}, orm.Strategy(strategy), orm.Populate("$infer"))
			ok(t, err)
			if bob, _ := orm.As[fleet.Car](em, found[0]); bob.Driver.Get().Name != "Bob" {
				t.Errorf("%s: inferred %+v", strategy, bob)
			}
		}
	})
}

// TestSubtypeMistakes names what is ambiguous, unknown or no value, before any I/O.
func TestSubtypeMistakes(t *testing.T) {
	hierarchies(t, func(t *testing.T, e engine) {
		for _, c := range []struct {
			name  string
			where any
			opts  []orm.FindOption
			class error
			want  string
		}{
			{"condition", cond{"load": 7}, nil, orm.ErrAmbiguous, `Car.load and Truck.load have this name (write "Car.load" or "Truck.load")`},
			{"relation", cond{"garage.vehicles.load": 7}, nil, orm.ErrAmbiguous, `(write "garage.vehicles.Car.load" or "garage.vehicles.Truck.load")`},
			{"order", nil, []orm.FindOption{orm.OrderBy("load")}, orm.ErrAmbiguous, `write "Car.load" or "Truck.load"`},
			{"fields", nil, []orm.FindOption{orm.Fields("load")}, orm.ErrAmbiguous, `write "Car.load" or "Truck.load"`},
			{"populated fields", nil, []orm.FindOption{orm.Populate("garage.vehicles"), orm.Fields("garage.vehicles.load")}, orm.ErrAmbiguous, `Car.load`},
			{"unknown", cond{"dors": 7}, nil, orm.ErrUnknownProperty, `did you mean "doors"?`},
			{"type", cond{"Car": 7}, nil, conditions.ErrOperator, `compare kind`},
			{"type alone", nil, []orm.FindOption{orm.Fields("Car")}, orm.ErrUnknownProperty, "Car is a type"},
		} {
			ctx, stats := orm.WithStats(t.Context())
			_, err := orm.Find[fleet.Vehicle](ctx, e.db.Fork(), c.where, c.opts...)
			if !errors.Is(err, c.class) || !strings.Contains(err.Error(), c.want) || errors.Is(err, driver.ErrUnsupported) {
				t.Errorf("%s: %v", c.name, err)
			}
			if stats.Statements() != 0 {
				t.Errorf("%s: %d statements were sent", c.name, stats.Statements())
			}
		}
	})
}
