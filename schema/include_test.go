package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/schema"
)

type Booking struct {
	ID     int64
	Room   int64
	Name   string `orm:",length=40"`
	Begins int64
	Ends   int64
}

func bookings(include ...string) any {
	return mapper.Define(func(e *mapper.Builder[Booking]) {
		e.Table("bookings")
		e.Index(mapper.IndexDefinition{Name: "bookings_by_room", Properties: []string{"room"}, Include: include})
	})
}

// TestInclude makes an index that keeps further columns, changes them, and refuses it
// where the engine has none.
func TestInclude(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			first := target{registry(t, bookings("name")), engine}
			err := schema.Create(t.Context(), first)
			if server.name != "postgres" {
				if !errors.Is(err, schema.ErrUnsupported) || !strings.Contains(err.Error(), "bookings.bookings_by_room: an index that includes columns") {
					t.Errorf("got %v", err)
				}
				return
			}
			must(t, err)
			noDifference(t, first)
			second := target{registry(t, bookings("name", "ends")), engine}
			must(t, schema.Update(t.Context(), second))
			noDifference(t, second)
			if n := count(t, engine, "select count(*) from pg_indexes where indexdef like '%(room) INCLUDE (name, ends)%'"); n != 1 {
				t.Error("the index does not include the columns")
			}
		})
	}
	if _, err := mapper.Build(mapper.Options{}, bookings("nme")); err == nil || !strings.Contains(err.Error(), `no property nme; did you mean "name"?`) {
		t.Errorf("got %v", err)
	}
}

// TestExclusion keeps an exclusion constraint with the table, and leaves those of others alone.
func TestExclusion(t *testing.T) {
	engine := servers[1].open(t)
	db := target{registry(t, bookings("name")), engine}
	given := func(begins string) schema.Option {
		o, err := schema.ParseObject("postgres", "-- One at a time.\nalter table bookings add constraint one_at_a_time exclude using gist (int8range("+begins+", ends) with &&);")
		must(t, err)
		return schema.Objects(o)
	}
	must(t, schema.Create(t.Context(), db, given("begins")))
	exec(t, engine, "insert into bookings (room, name, begins, ends) values (1, 'a', 1, 5)")
	if err := tryExec(t, engine, "insert into bookings (room, name, begins, ends) values (1, 'b', 4, 9)"); err == nil {
		t.Error("two at a time")
	}
	noDifference(t, db)
	plan, err := schema.Diff(t.Context(), db, given("begins"))
	if must(t, err); !plan.IsEmpty() {
		t.Errorf("left: %s", plan)
	}
	must(t, schema.Update(t.Context(), db, given("begins - 1")))
	plan, err = schema.Diff(t.Context(), db, given("begins - 1"))
	if must(t, err); !plan.IsEmpty() {
		t.Errorf("left: %s", plan)
	}
	must(t, schema.Update(t.Context(), db, schema.Objects()))
	exec(t, engine, "alter table bookings add constraint theirs exclude using gist (int8range(begins, ends) with &&)")
	noDifference(t, db)
	if err := schema.Create(t.Context(), target{registry(t, shelf1{}), servers[0].open(t)}, given("begins")); !errors.Is(err, schema.ErrUnsupported) {
		t.Errorf("SQLite: %v", err)
	}
}
