package schema_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
)

// A Gauge has columns for checks and defaults of every kind.
type Gauge struct {
	ID     int64
	Low    int
	High   int
	Ratio  float64
	Cost   string `orm:",type=decimal,precision=12,scale=3"`
	Name   string `orm:",length=80"`
	Body   string
	On     bool
	Note   *string
	Spare  *int
	Seen   time.Time
	Seen0  time.Time      `orm:",precision=0"`
	Day    time.Time      `orm:",type=date"`
	Extra  map[string]any `orm:",json"`
	Serial uint32         `orm:",unsigned"`
	Small  int16
}

func gauge(fn func(e *mapper.Builder[Gauge])) any { return mapper.Define(fn) }

// checks are conditions that databases write down in their own way.
var checks = []string{
	"low > 0", "low > -5", "low >= - 5 and high <= -1", "low between -10 and -1", "low + -1 > 0", "-low < 5",
	"low in (-1, 2, 3)", "low not in (1, 2)", "low <> -1", "low != 1", "low % 2 = 0", "not (low = 1)",
	"low = 1 or high = 2 and ratio > 1.5", "(low = 1 or high = 2) and ratio > -1.5", "ratio >= -0.25",
	"cost > 1.5", "cost >= -1", "name like 'a%'", "name not like '%!'", "name <> ''", "name in ('a', 'b')", "name = 'a'",
	"length(name) > 2", "char_length(name) between 2 and 80", "note is not null", "note is null or name is not null",
	"coalesce(note, 'x') <> ''", "lower(name) = name", "case when low > 0 then high else 1 end > 0",
	"low > 0 and high > 0 and ratio > 0", "low < high", "name <> 'it''s'", "low * (high + 1) > 3", "small > -3", "body <> ''",
	"name > body", "nullif(low, 1) is null", "abs(low) < 5", "low > 5000000000", "low is not null",
}

// TestChecksSettle sees that checks of every form are created once.
func TestChecksSettle(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			for i, check := range checks {
				if server.name == "sqlite" && strings.HasPrefix(check, "char_length") {
					continue // SQLite has no function of that name
				}
				t.Run(check, func(t *testing.T) {
					settles(t, engine, gauge(func(e *mapper.Builder[Gauge]) {
						e.Table(fmt.Sprintf("gauges_%d", i))
						e.Check("", check)
					}))
				})
			}
		})
	}
}

// settles creates the tables of entities, or brings them up to date, and finds no difference then.
func settles(t *testing.T, engine driver.Engine, entities ...any) {
	t.Helper()
	db := target{registry(t, entities...), engine}
	must(t, schema.Update(t.Context(), db))
	noDifference(t, db)
	must(t, schema.Ensure(t.Context(), db))
	noDifference(t, db)
}

// defaults are default values by Go field, as one writes them in a mapping.
var defaults = []struct{ field, text string }{
	{"Low", "0"}, {"Low", "-1"}, {"Low", "+1"}, {"Low", "(1 + 2)"}, {"Spare", "null"}, {"Spare", "NULL"}, {"Spare", "7"},
	{"Ratio", "0"}, {"Ratio", "1.5"}, {"Ratio", "-1.50"}, {"Ratio", ".5"}, {"Ratio", "1e3"},
	{"Cost", "0"}, {"Cost", "1.5"}, {"Cost", "-2.250"},
	{"Name", "''"}, {"Name", "'a'"}, {"Name", "'it''s'"}, {"Name", "'null'"}, {"Name", "'1'"}, {"Note", "null"}, {"Note", "'x'"},
	{"On", "true"}, {"On", "false"}, {"On", "1=1"},
	{"Seen", "current_timestamp"}, {"Seen", "CURRENT_TIMESTAMP"}, {"Seen0", "current_timestamp"}, {"Day", "current_date"}, {"Day", "'2020-01-01'"},
	{"Seen", "'2020-01-01 00:00:00'"}, {"Extra", "'{}'"}, {"Serial", "5"}, {"Small", "-3"},
}

// TestDefaultsSettle sees that defaults of every form are created once.
func TestDefaultsSettle(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			for i, d := range defaults {
				t.Run(d.field+" "+d.text, func(t *testing.T) {
					settles(t, engine, gauge(func(e *mapper.Builder[Gauge]) {
						e.Table(fmt.Sprintf("gauges_%d", i))
						e.Field(d.field).Default(d.text)
					}))
				})
			}
		})
	}
}

// TestIndexOfARenamedForeignKeySettles keeps an index by the name of a foreign key, which MySQL
// and MariaDB have made for it, when the foreign key gets another name.
func TestIndexOfARenamedForeignKeySettles(t *testing.T) {
	type Maker struct{ ID int64 }
	type Part struct {
		ID    int64
		Maker int64          `orm:",index=part_of"`
		By    rel.Ref[Maker] `orm:",fk=Maker"`
	}
	engine := servers[2].open(t)
	exec(t, engine, "create table makers (id bigint not null auto_increment primary key)")
	exec(t, engine, "create table parts (id bigint not null auto_increment primary key, maker bigint not null, constraint part_of foreign key (maker) references makers (id)) collate utf8mb4_general_ci")
	settles(t, engine, Maker{}, Part{})
	if n := count(t, engine, "select count(*) from information_schema.statistics where table_schema = database() and table_name = 'parts' and index_name = 'part_of'"); n != 1 {
		t.Errorf("the index is there %d times", n)
	}
}

// TestTypesWithoutCollation gives the collation of text to types of text alone, whoever names them.
func TestTypesWithoutCollation(t *testing.T) {
	type Host struct {
		ID      int64
		Address string `orm:",sqlType=inet"`
		Facts   string `orm:",sqlType=jsonb"`
		Token   string `orm:",sqlType=uuid"`
		Name    string `orm:",sqlType=varchar(20)"`
	}
	engine := servers[1].open(t)
	settles(t, engine, Host{})
	if n := count(t, engine, "select count(*) from information_schema.columns where table_name = 'hosts' and column_name = 'name' and collation_name = 'C'"); n != 1 {
		t.Error("the name has not the collation of text")
	}
}
