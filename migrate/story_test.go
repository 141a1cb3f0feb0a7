package migrate_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/pressly/goose/v3"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/rel"
)

// The life of a table of people, in the words of its mapping.
type (
	person1 struct {
		_    struct{} `orm:"table=people,name=Person"`
		ID   int64
		Nick string `orm:",length=40"`
		Age  string `orm:",length=3"`
	}
	// A column with a default, one with a rename, an enum.
	person2 struct {
		_     struct{} `orm:"table=people,name=Person,check='length(name) > 0'"`
		ID    int64
		Name  string `orm:",length=60,was=nick,index"`
		Age   string `orm:",length=3"`
		State string `orm:",length=10,enum=new|known,default='new'"`
		City  string `orm:",length=40,default='Bern'"`
	}
	// Age becomes a number: the new column stands beside the old one first.
	person3 struct {
		_     struct{} `orm:"table=people,name=Person,check='length(name) > 0'"`
		ID    int64
		Name  string `orm:",length=60,was=nick,index"`
		Age   string `orm:",length=3"`
		Years int    `orm:",default=0"`
		State string `orm:",length=10,enum=new|known,default='new'"`
		City  string `orm:",length=40,default='Bern'"`
	}
	// Then the old one goes, and the city gets a table of its own.
	city4 struct {
		_    struct{} `orm:"table=cities,name=City"`
		ID   int64
		Name string `orm:",length=40,unique"`
	}
	person4 struct {
		_     struct{} `orm:"table=people,name=Person,check='length(name) > 0'"`
		ID    int64
		Name  string         `orm:",length=60,index"`
		Years int            `orm:",default=0"`
		State string         `orm:",length=10,enum=new|known|gone,default='new'"`
		City  string         `orm:",length=40,default='Bern'"`
		Home  rel.Ref[city4] `orm:"home_id,onDelete='set null'"`
	}
	person5 struct {
		_     struct{} `orm:"table=humans,name=Person,was=people,check='length(name) > 0'"`
		ID    int64
		Name  string         `orm:",length=60,index"`
		Years int            `orm:",default=0"`
		State string         `orm:",length=10,enum=new|known|gone,default='new'"`
		Home  rel.Ref[city4] `orm:"home_id,onDelete='set null'"`
	}
)

// split moves the cities of people to their table, in Go.
func split(ctx context.Context, tx *sql.Tx) error {
	for _, query := range []string{
		"insert into cities (name) select distinct city from people",
		"update people set home_id = (select c.id from cities c where c.name = people.city)",
	} {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

// TestStory takes a table with rows through a life: columns are added, renamed and
// change their type with the data in them, a table is split, a foreign key, an index,
// an enum value and a view come, files are squashed; all the way down and up again.
// After each step the database is what the mapping says and every row is there.
func TestStory(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		f, e := newFolder(), s.open(t)
		var steps []*migrate.File
		up := func(entities ...any) {
			t.Helper()
			set := f.set(t, steps...)
			_, err := migrator(t, e, set, migrate.AllowDestructive()).Up(t.Context())
			must(t, err)
			noDrift(t, s, e, set, entities...)
		}

		f.plan(t, s, "create people", []any{person1{}})
		up(person1{})
		run(t, e, "insert into people (nick, age) values ('Ann', '30'), ('Bob', '41'), ('Cy', '7')")

		f.plan(t, s, "names and states", []any{person2{}})
		up(person2{})
		people(t, e, 3, "select count(*) from people where state = 'new' and city = 'Bern' and name in ('Ann', 'Bob', 'Cy')")

		f.plan(t, s, "years", []any{person3{}})
		cast := map[string]string{"mysql": "signed"}[s.name]
		if cast == "" {
			cast = "integer"
		}
		f.add(fmt.Sprintf("%d_fill_years.sql", f.set(t).Last().Version+1),
			"-- +goose Up\nupdate people set years = cast(age as "+cast+");\n-- +goose Down\nupdate people set years = 0;\n")
		up(person3{})
		people(t, e, 78, "select sum(years) from people")

		run(t, e, "update people set city = 'Ulm' where name = 'Cy'")
		f.plan(t, s, "cities", []any{person4{}, city4{}})
		last := f.set(t).Last()
		steps = append(steps, migrate.Step(last.Version+1, "split_cities", split, func(ctx context.Context, tx *sql.Tx) error { return nil }))
		up(person4{}, city4{})
		people(t, e, 3, "select count(*) from people p join cities c on c.id = p.home_id where c.name = p.city")
		run(t, e, "update people set state = 'gone' where name = 'Bob'")

		draft := f.plan(t, s, "humans", []any{person5{}, city4{}}, steps...)
		if got, want := fmt.Sprint(draft.Script.Up.Destroys()), "[humans.city]"; got != want {
			t.Errorf("destroys %s, want %s", got, want)
		}
		f.add(fmt.Sprintf("%d_view.sql", f.set(t, steps...).Last().Version+1),
			"-- +goose Up\ncreate view grown_ups as select id, name from humans where years > 17;\n-- +goose Down\ndrop view grown_ups;\n")
		up(person5{}, city4{})
		people(t, e, 2, "select count(*) from grown_ups")
		people(t, e, 3, "select count(*) from humans h join cities c on c.id = h.home_id")
		people(t, e, 78, "select sum(years) from humans")

		again(t, s, e, f, steps)
		squashed(t, s, f, steps)
	})
}

func people(t *testing.T, e driver.Engine, want int, query string) {
	t.Helper()
	if got := count(t, e, query); got != want {
		t.Errorf("%s: %d, want %d", query, got, want)
	}
}

// again goes down to the first file, where the people are still there, and up.
func again(t *testing.T, s server, e driver.Engine, f *folder, steps []*migrate.File) {
	t.Helper()
	run(t, e, "update humans set state = 'known'") // the old enum knows no other
	set := f.set(t, steps...)
	firstVersion := set.Files()[0].Version
	_, err := migrator(t, e, set, migrate.To(firstVersion)).Down(t.Context(), 0)
	must(t, err)
	people(t, e, 3, "select count(*) from people where nick in ('Ann', 'Bob', 'Cy')")
	must(t, migrator(t, e, set).Verify(t.Context()))
	run(t, e, "update people set age = '1'") // the ages went with the column, on the way
	_, err = migrator(t, e, set, migrate.AllowDestructive()).Up(t.Context())
	must(t, err)
	people(t, e, 3, "select count(*) from humans where name in ('Ann', 'Bob', 'Cy') and years = 1")
	noDrift(t, s, e, set, person5{}, city4{})
}

// squashed makes one file of those before the step in Go, and runs it by goose's own code.
func squashed(t *testing.T, s server, f *folder, steps []*migrate.File) {
	t.Helper()
	draft, old, err := migrate.Squash(f.set(t, steps...), steps[0].Version-1, "all")
	must(t, err)
	for _, file := range old {
		delete(f.MapFS, file.Path)
	}
	f.add(draft.File(), draft.Text)
	e := s.open(t)
	dialect := map[string]goose.Dialect{"sqlite": goose.DialectSQLite3, "postgres": goose.DialectPostgres, "mysql": goose.DialectMySQL}[s.name]
	p, err := goose.NewProvider(dialect, handle(e), f, goose.WithGoMigrations(
		goose.NewGoMigration(steps[0].Version, &goose.GoFunc{RunTx: split}, &goose.GoFunc{Mode: goose.TransactionEnabled})),
		goose.WithDisableGlobalRegistry(true))
	must(t, err)
	_, err = p.Up(t.Context())
	must(t, err)
	noDrift(t, s, e, f.set(t, steps...), person5{}, city4{})
	_, err = p.DownTo(t.Context(), 0)
	must(t, err)
}
