package schema_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/weft-orm/weft/schema"
)

type (
	log1 struct {
		_    struct{} `orm:"table=log,name=Log"`
		ID   int64
		Text string `orm:",length=40,nullable"`
	}
	thing1 struct {
		_     struct{} `orm:"table=things,name=Thing"`
		ID    int64
		Name  string `orm:",length=40"`
		Count int    `orm:",default=0"`
	}
	thing2 struct {
		_     struct{} `orm:"table=things,name=Thing,check='length(name) > 0'"`
		ID    int64
		Name  string `orm:",length=40"`
		Count int    `orm:",default=0"`
	}
)

// objectFiles are a folder of triggers and routines; text is what the log is told.
func objectFiles(text string) fstest.MapFS {
	files := map[string]string{
		"b_things_log.sqlite.sql":   "-- Tells the log.\ncreate trigger things_log after insert on things begin\n  insert into log (text) values ('" + text + "');\nend;\n",
		"a_log.postgres.sql":        "create function tell_log() returns trigger language plpgsql as $$ begin\n  insert into log (text) values ('" + text + "');\n  return new;\nend $$;\n",
		"b_things_log.postgres.sql": "create trigger Things_log after insert on things for each row execute function tell_log();\n",
		"c_twice.postgres.sql":      "create or replace function twice(n integer) returns integer language sql as 'select n * 2';",
		"b_things_log.mysql.sql":    "create trigger things_log after insert on things for each row begin\n  insert into log (text) values ('" + text + "');\nend",
		"c_twice.mysql.sql":         "create function twice(n int) returns int deterministic return n * 2",
	}
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// TestObjects makes, changes and drops triggers and routines with the tables.
func TestObjects(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			first, second := target{registry(t, log1{}, thing1{}), engine}, target{registry(t, log1{}, thing2{}), engine}
			given := func(text string) schema.Option {
				list, err := schema.LoadObjects(objectFiles(text), engine.Caps().Name)
				must(t, err)
				return schema.Objects(list...)
			}
			settled := func(db target, opts ...schema.Option) {
				t.Helper()
				plan, err := schema.Diff(t.Context(), db, opts...)
				if must(t, err); !plan.IsEmpty() {
					t.Errorf("left:\n%s", plan)
				}
			}
			logged := func(text string, want int) {
				t.Helper()
				exec(t, engine, "delete from log")
				exec(t, engine, "insert into things (name) values ('x')")
				if n := count(t, engine, "select count(*) from log where text = '"+text+"'"); n != want {
					t.Errorf("%d entries of %s, want %d", n, text, want)
				}
			}
			must(t, schema.Create(t.Context(), first, given("one")))
			settled(first, given("one"))
			settled(first)
			logged("one", 1)
			must(t, schema.Update(t.Context(), first, given("two''s")))
			settled(first, given("two''s"))
			logged("two''s", 1)

			// A change of the table, for which SQLite copies it, keeps them.
			must(t, schema.Update(t.Context(), second, given("two''s")))
			settled(second, given("two''s"))
			logged("two''s", 1)
			must(t, schema.Update(t.Context(), first))
			settled(first, given("two''s"))
			logged("two''s", 1)

			// What somebody dropped or changed by hand is noticed.
			drop := "drop trigger things_log"
			if server.name == "postgres" {
				drop += " on things"
			}
			exec(t, engine, drop)
			must(t, schema.Ensure(t.Context(), first, given("three")))
			if n := count(t, engine, "select count(*) from weft_objects where kind = 'trigger'"); n != 1 {
				t.Errorf("%d triggers are recorded", n)
			}
			must(t, schema.Update(t.Context(), first, given("three")))
			logged("three", 1)
			if server.name == "postgres" {
				exec(t, engine, "create or replace function tell_log() returns trigger language plpgsql as $$ begin return new; end $$")
				must(t, schema.Update(t.Context(), first, given("three")))
				logged("three", 1)
			}

			// Without them they go.
			must(t, schema.Update(t.Context(), first, schema.Objects()))
			settled(first, schema.Objects())
			logged("three", 0)
			must(t, schema.Update(t.Context(), first, given("four")))
			must(t, schema.Drop(t.Context(), first))
			must(t, schema.Create(t.Context(), first, given("five")))
			logged("five", 1)
		})
	}
}

// TestForeignTriggers keeps triggers that others made on a table that SQLite copies.
func TestForeignTriggers(t *testing.T) {
	engine := servers[0].open(t)
	must(t, schema.Create(t.Context(), target{registry(t, log1{}, thing1{}), engine}))
	exec(t, engine, "create trigger theirs after insert on things begin insert into log (text) values ('x'); end")
	exec(t, engine, "create trigger other after insert on log begin update things set count = count + 1; end")
	must(t, schema.Update(t.Context(), target{registry(t, log1{}, thing2{}), engine}))
	exec(t, engine, "insert into things (name) values ('x')")
	if n := count(t, engine, "select sum(count) from things"); n != 1 {
		t.Errorf("the triggers ran %d times", n)
	}
}

// TestForeignViews keeps views that others made of a table that SQLite copies, those that read
// them, and the triggers that write through them.
func TestForeignViews(t *testing.T) {
	engine := servers[0].open(t)
	must(t, schema.Create(t.Context(), target{registry(t, log1{}, thing1{}), engine}))
	exec(t, engine, "create view named as select id, name from things")
	exec(t, engine, "create view counted as select count(*) as n from named")
	exec(t, engine, "create view logged as select text from log")
	exec(t, engine, "create trigger through instead of insert on named begin insert into things (name) values (new.name); end")
	must(t, schema.Update(t.Context(), target{registry(t, log1{}, thing2{}), engine}))
	exec(t, engine, "insert into named (name) values ('x')")
	if n := count(t, engine, "select n from counted"); n != 1 {
		t.Errorf("the views see %d rows", n)
	}
	if n := count(t, engine, "select count(*) from sqlite_master where type = 'view'"); n != 3 {
		t.Errorf("%d views are left", n)
	}
}

func TestParseObject(t *testing.T) {
	for text, want := range map[string]string{
		"create trigger t after insert on x begin select 1; end;":                                      "trigger t x",
		"-- a\n-- b\nCREATE OR REPLACE TRIGGER \"T u\" BEFORE UPDATE OF a ON `X` FOR EACH ROW set a=1": "trigger T u X",
		"create definer=root@localhost procedure p() select 1":                                         "procedure p ",
		"create function f() returns int return 1":                                                     "function f ",
	} {
		o, err := schema.ParseObject("mysql", text)
		if got := strings.Join([]string{string(o.Kind), o.Name, o.Table}, " "); err != nil || got != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "drop trigger t", "create trigger s.t after insert on x", "create trigger t after insert", "create trigger t after insert on s.x begin", "create table t (id int)"} {
		if o, err := schema.ParseObject("mysql", text); !errors.Is(err, schema.ErrObject) {
			t.Errorf("%q: %+v, %v", text, o, err)
		}
	}
	if o, err := schema.ParseObject("postgres", "create function Twice() returns int"); err != nil || o.Name != "twice" {
		t.Errorf("%+v, %v", o, err)
	}
	list, err := schema.LoadObjects(objectFiles("x"), "mariadb")
	if err != nil || len(list) != 2 {
		t.Errorf("%d, %v", len(list), err)
	}
}
