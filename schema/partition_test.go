package schema_test

import (
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/schema"
)

type (
	event1 struct {
		_    struct{}  `orm:"table=events,name=Event"`
		ID   int64     `orm:",pk"`
		At   time.Time `orm:",pk"`
		Name string    `orm:",length=40"`
	}
	event2 struct {
		_     struct{}  `orm:"table=events,name=Event"`
		ID    int64     `orm:",pk"`
		At    time.Time `orm:",pk"`
		Name  string    `orm:",length=40,index"`
		Stars int       `orm:",default=0,check='stars >= 0'"`
	}
)

// TestPartitions leaves a partitioned table and its partitions as they are: their number and
// bounds are for whoever runs the database. Columns and indexes of the table follow the mapping.
func TestPartitions(t *testing.T) {
	engine := servers[1].open(t)
	first := target{registry(t, event1{}), engine}
	text, err := schema.SQL(first.reg, sql.Postgres())
	must(t, err)
	exec(t, engine, strings.TrimRight(text, ";\n")+" partition by range (at)")
	exec(t, engine, "create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01')")
	exec(t, engine, "create table events_rest partition of events default")
	exec(t, engine, "insert into events (id, at, name) values (1, '2026-05-01', 'a'), (2, '2031-05-01', 'b')")
	noDifference(t, first)
	must(t, schema.Ensure(t.Context(), first))
	must(t, schema.Update(t.Context(), first))

	second := target{registry(t, event2{}), engine}
	script, err := schema.Rehearse(t.Context(), second, schema.Gone("events"))
	must(t, err)
	for _, s := range append(script.Up.Statements, script.Down.Statements...) {
		if strings.Contains(s.SQL, "events_2026") || strings.Contains(s.SQL, "events_rest") || strings.Contains(strings.ToLower(s.SQL), "partition") {
			t.Errorf("it says %s", s.SQL)
		}
	}
	noDifference(t, first)
	must(t, schema.Update(t.Context(), second))
	noDifference(t, second)
	if got := count(t, engine, "select count(*) from events_2026 where stars = 0"); got != 1 {
		t.Errorf("%d rows", got)
	}
	if got := count(t, engine, "select count(*) from pg_inherits where inhparent = 'events'::regclass"); got != 2 {
		t.Errorf("%d partitions", got)
	}
	must(t, schema.Apply(t.Context(), second, script.Down))
	noDifference(t, first)
	plan, err := schema.Inspect(t.Context(), first)
	must(t, err)
	if got := plan.String(); strings.Count(got, "CREATE TABLE") != 1 || !strings.Contains(got, "PARTITION BY RANGE") {
		t.Errorf("inspected\n%s", got)
	}
	must(t, schema.Clear(t.Context(), first))
	if got := count(t, engine, "select count(*) from events"); got != 0 {
		t.Errorf("%d rows", got)
	}
	must(t, schema.Drop(t.Context(), first))
	if got := count(t, engine, "select count(*) from pg_class where relname like 'events%'"); got != 0 {
		t.Errorf("%d are left", got)
	}
}

// TestHashPartitions does so where partitions have no names of their own.
func TestHashPartitions(t *testing.T) {
	engine := servers[2].open(t)
	first, second := target{registry(t, event1{}), engine}, target{registry(t, event2{}), engine}
	text, err := schema.SQL(first.reg, dialect(engine.Caps().Name))
	must(t, err)
	exec(t, engine, strings.TrimRight(text, ";\n")+" partition by hash (id) partitions 4")
	exec(t, engine, "insert into events (id, at, name) values (1, '2026-05-01', 'a'), (2, '2031-05-01', 'b')")
	noDifference(t, first)
	must(t, schema.Update(t.Context(), second))
	noDifference(t, second)
	if got := count(t, engine, "select count(*) from information_schema.partitions where table_schema = database() and table_name = 'events' and partition_method = 'HASH'"); got != 4 {
		t.Errorf("%d partitions", got)
	}
	if got := count(t, engine, "select count(*) from events where stars = 0"); got != 2 {
		t.Errorf("%d rows", got)
	}
}
