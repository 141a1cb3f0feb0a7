package schema_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/schema"
)

type roomOfShelves struct {
	_  struct{} `orm:"table=rooms"`
	ID int64
}

type shelfBefore struct {
	_      struct{} `orm:"table=shelves"`
	ID     int64
	Label  string  `orm:",length=40"`
	Place  *string `orm:",length=40"`
	Room   int64
	Weight int32
	Height int64
	Price  string    `orm:",type=decimal,precision=10,scale=4"`
	Built  time.Time `orm:",precision=6"`
	Kind   string    `orm:",enum=wood|steel|glass"`
}

type shelfAfter struct {
	_      struct{} `orm:"table=shelves,check='weight > 0'"`
	ID     int64
	Label  string         `orm:",length=20,unique"`
	Place  string         `orm:",length=40"`
	Room   *roomOfShelves `orm:"room,required"`
	Weight int16
	Height int32
	Price  string    `orm:",type=decimal,precision=6,scale=2"`
	Built  time.Time `orm:",precision=0"`
	Kind   string    `orm:",enum=wood|steel"`
	Owner  string    `orm:",length=20"`
	Note   *string   `orm:",length=20,unique"`
}

// TestProbes counts the rows in the way of each step of a plan: those that were put there,
// and none in a table whose rows fit.
func TestProbes(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			settles(t, engine, roomOfShelves{}, shelfBefore{})
			db := target{registry(t, roomOfShelves{}, shelfAfter{}), engine}
			plan, err := schema.Diff(t.Context(), db)
			must(t, err)
			exec(t, engine, "insert into rooms (id) values (1)")
			row := func(id int, columns ...any) {
				exec(t, engine, fmt.Sprintf("insert into shelves (id, label, place, room, weight, height, price, built, kind) values (%d, %s, %s, %v, %v, %v, %v, '2020-01-01 10:00:%s', '%s')", append([]any{id}, columns...)...))
			}
			row(1, "'a'", "'x'", 1, 1, 1, 1.25, "00", "wood")
			row(2, "'b'", "''", 1, 32767, 2147483647, 9999.99, "01", "steel")
			asked := func() string {
				var b strings.Builder
				for _, s := range plan.Statements {
					for _, h := range s.Hazards {
						fmt.Fprintf(&b, "%s\n", h)
						if h.Probe != nil {
							fmt.Fprintf(&b, "  %s%q: %d\n  %s\n", h.Probe.Table, h.Probe.Columns, count(t, engine, h.Probe.SQL), h.Probe.SQL)
						}
					}
				}
				return b.String()
			}
			fitting := asked()
			row(3, "'c'", "null", 1, 0, 1, 1, "00", "wood")
			row(4, "'c'", "null", 7, 1, 1, 1, "00", "glass")
			row(5, "'d'", "null", 7, 40000, 3000000000, 1, "00", "wood")
			row(6, "'"+strings.Repeat("é", 21)+"'", "'x'", 1, 1, 1, 100000, "00", "wood")
			row(7, "'"+strings.Repeat("é", 20)+"'", "'x'", 1, 1, 1, 1.005, "00.5", "wood")
			golden(t, "probes_"+server.name+".txt", "rows that fit, but that there are some\n\n"+fitting+"\nrows that do not\n\n"+asked())
		})
	}
}

// TestKeyProbe counts the rows in the way of another primary key, on the engines that can
// change one, and none in that of a key with a column more.
func TestKeyProbe(t *testing.T) {
	type before struct {
		_    struct{} `orm:"table=seats,name=Seat"`
		Row  string   `orm:",pk,length=9"`
		Seat string   `orm:",pk,length=9"`
		Name string   `orm:",length=20"`
	}
	type other struct {
		_    struct{} `orm:"table=seats,name=Seat"`
		Row  string   `orm:",length=9"`
		Seat string   `orm:",pk,length=9"`
		Name string   `orm:",length=20"`
	}
	type more struct {
		_    struct{} `orm:"table=seats,name=Seat"`
		Row  string   `orm:",pk,length=9"`
		Seat string   `orm:",pk,length=9"`
		Name string   `orm:",pk,length=20"`
	}
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			settles(t, engine, before{})
			exec(t, engine, "insert into seats values ('1', '1', 'a'), ('2', '1', 'b'), ('1', '2', 'c')")
			plan, err := schema.Diff(t.Context(), target{registry(t, other{}), engine})
			must(t, err)
			if list := plan.Hazards(); len(list) != 1 || count(t, engine, list[0].Probe.SQL) != 2 {
				t.Errorf("%v\n%s", list, plan)
			}
			plan, err = schema.Diff(t.Context(), target{registry(t, more{}), engine})
			must(t, err)
			if list := plan.Hazards(); len(list) != 0 || plan.IsEmpty() {
				t.Errorf("%v\n%s", list, plan)
			}
		})
	}
}

// TestOtherTypes plans columns of another type with rows in the table, there and back, and
// converts what can be converted.
func TestOtherTypes(t *testing.T) {
	type before struct {
		_     struct{} `orm:"table=readings,name=Reading"`
		ID    int64
		Count string `orm:",length=20"`
		Flag  int64
		On    bool
		Kind  string    `orm:",enum=a|b,nativeEnum=kinds"`
		At    time.Time `orm:",precision=0"`
	}
	type after struct {
		_     struct{} `orm:"table=readings,name=Reading"`
		ID    int64
		Count int64
		Flag  bool
		On    int32
		Kind  string    `orm:",enum=b|a|c,nativeEnum=sorts"`
		At    time.Time `orm:",type=date"`
	}
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			settles(t, engine, before{})
			exec(t, engine, "insert into readings ("+quoted(server, "count")+", flag, "+quoted(server, "on")+", kind, "+quoted(server, "at")+") values ('41', 1, "+yes(server)+", 'b', '2020-01-02 00:00:00')")
			_, err := schema.Rehearse(t.Context(), target{registry(t, after{}), engine})
			must(t, err)
			settles(t, engine, after{})
			if got := count(t, engine, "select count(*) from readings where "+quoted(server, "count")+" = 41 and "+quoted(server, "on")+" = 1 and kind = 'b'"); got != 1 {
				t.Errorf("%d rows", got)
			}
			if got := count(t, engine, "select count(*) from readings where flag"); got != 1 {
				t.Errorf("%d rows with the flag", got)
			}
		})
	}
}

// TestChangedUniqueProbe asks about a unique index that loses a column, and not about one that
// gets one more.
func TestChangedUniqueProbe(t *testing.T) {
	type wide struct {
		_    struct{} `orm:"table=seats,name=Seat"`
		ID   int64
		Row  string `orm:",length=9,unique=place"`
		Seat string `orm:",length=9,unique=place"`
		Hall string `orm:",length=9,unique=place"`
	}
	type narrow struct {
		_    struct{} `orm:"table=seats,name=Seat"`
		ID   int64
		Row  string `orm:",length=9,unique=place"`
		Seat string `orm:",length=9,unique=place"`
		Hall string `orm:",length=9"`
	}
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			settles(t, engine, wide{})
			exec(t, engine, "insert into seats ("+quoted(server, "row")+", seat, hall) values ('1', '1', 'a'), ('1', '1', 'b'), ('1', '2', 'c')")
			plan, err := schema.Diff(t.Context(), target{registry(t, narrow{}), engine})
			must(t, err)
			list := plan.Hazards()
			if len(list) != 1 || list[0].Probe == nil || count(t, engine, list[0].Probe.SQL) != 2 {
				t.Errorf("%v\n%s", list, plan)
			}
			exec(t, engine, "delete from seats where hall = 'b'")
			settles(t, engine, narrow{})
			plan, err = schema.Diff(t.Context(), target{registry(t, wide{}), engine})
			must(t, err)
			if list := plan.Hazards(); len(list) != 0 || plan.IsEmpty() {
				t.Errorf("%v\n%s", list, plan)
			}
		})
	}
}
