package schema_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/schema"
)

// TestCheckAddedBefore adds a check without a name before another one: the other
// one stays, whichever function brings the database up to date.
func TestCheckAddedBefore(t *testing.T) {
	first := gauge(func(e *mapper.Builder[Gauge]) { e.Check("", "low > 0") })
	second := gauge(func(e *mapper.Builder[Gauge]) { e.Check("", "high > 0"); e.Check("", "low > 0") })
	for _, server := range servers {
		for name, bring := range map[string]func(context.Context, schema.Target, ...schema.Option) error{"update": schema.Update, "ensure": schema.Ensure} {
			t.Run(server.name+"/"+name, func(t *testing.T) {
				engine := server.open(t)
				settles(t, engine, first)
				db := target{registry(t, second), engine}
				plan, err := schema.Diff(t.Context(), db)
				must(t, err)
				if server.name != "sqlite" && strings.Contains(plan.String(), "DROP") {
					t.Errorf("a check is dropped:\n%s", plan)
				}
				must(t, bring(t.Context(), db))
				noDifference(t, db)
				for _, columns := range []string{"low = 0, high = 1", "low = 1, high = 0"} {
					row := "insert into gauges (low, high, ratio, cost, name, body, seen, seen0, day, extra, serial, small, " + quoted(server, "on") +
						") values (1, 1, 1, 1, '', '', '2020-01-01', '2020-01-01', '2020-01-01', '{}', 1, 1, " + yes(server) + ")"
					exec(t, engine, row)
					if tryExec(t, engine, "update gauges set "+columns) == nil {
						t.Errorf("%s is accepted", columns)
					}
				}
			})
		}
	}
}

func quoted(s server, name string) string {
	if s.name == "mysql" {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

func yes(s server) string {
	if s.name == "postgres" {
		return "true"
	}
	return "1"
}

// TestCheckUnderAnotherName takes over a check that another tool made under a name of its own.
func TestCheckUnderAnotherName(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			exec(t, engine, "create table oddities (code varchar(20) not null primary key, low bigint not null, constraint theirs check (low > 0))")
			db := target{registry(t, Oddity{}), engine}
			noDifferenceOf(t, db, "CHECK", "CONSTRAINT")
		})
	}
}

// Oddity is mapped onto a table that weft did not make.
type Oddity struct {
	_    struct{} `orm:"table=oddities,check='low > 0'"`
	Code string   `orm:",pk,length=20"`
	Low  int64
}

// noDifferenceOf looks for words in what is planned.
func noDifferenceOf(t *testing.T, db schema.Target, words ...string) {
	t.Helper()
	plan, err := schema.Diff(t.Context(), db)
	must(t, err)
	for _, word := range words {
		if strings.Contains(plan.String(), word) {
			t.Errorf("%s in\n%s", word, plan)
		}
	}
}

// TestSerial compares tables whose keys are of PostgreSQL's own older kind.
func TestSerial(t *testing.T) {
	engine := servers[1].open(t)
	for _, kind := range []string{"smallserial", "serial", "bigserial"} {
		t.Run(kind, func(t *testing.T) {
			exec(t, engine, "drop table if exists places")
			exec(t, engine, "create table places (id "+kind+" primary key, near bigint)")
			exec(t, engine, "insert into places (near) values (4)")
			settles(t, engine, placeV1{})
			exec(t, engine, "insert into places (near) values (5)")
			if got := count(t, engine, "select max(id) from places"); got != 2 {
				t.Errorf("the second row has key %d", got)
			}
		})
	}
	// A serial key that fits is left as it is.
	plan, err := schema.Diff(t.Context(), target{registry(t, placeV1{}), engine})
	must(t, err)
	if !plan.IsEmpty() {
		t.Errorf("planned for a bigserial key:\n%s", plan)
	}
}

// TestReferenceWithoutColumns compares a SQLite table whose references name no columns.
func TestReferenceWithoutColumns(t *testing.T) {
	engine := servers[0].open(t)
	exec(t, engine, "create table places (id integer primary key autoincrement, near integer references places, far integer references foreigner)")
	exec(t, engine, "create table foreigner (a integer, b integer, primary key (b))")
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	db := target{registry(t, placeV2{}), engine}
	if _, err := schema.Diff(ctx, db); err != nil {
		t.Fatal(err)
	}
	must(t, schema.Update(ctx, db))
	noDifference(t, db)
}

// TestContextEnds sees that no call waits longer than its context, not even for a lock.
func TestContextEnds(t *testing.T) {
	for _, server := range servers[1:] {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			conn, err := handle(engine).Conn(t.Context())
			must(t, err)
			defer conn.Close()
			lock := map[string]string{
				"postgres": "select pg_advisory_lock(hashtext('weft_schema'), 1)",
				"mysql":    "select get_lock(concat('weft_schema:', sha1(database())), 1)",
			}[server.name]
			_, err = conn.ExecContext(t.Context(), lock)
			must(t, err)
			endsWithContext(t, func(ctx context.Context) error {
				return schema.Update(ctx, target{registry(t, placeV1{}), engine})
			})
		})
	}
}

// endsWithContext sees that a call ends soon after its context, and says that it is why.
func endsWithContext(t *testing.T, call func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	begun := time.Now()
	err := call(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, driver.ErrCanceled) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begun); took > 700*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}

// TestContextEndsInALockedDatabase calls everything that writes while somebody else has locked the
// table, or the file, and will not let it go.
func TestContextEndsInALockedDatabase(t *testing.T) {
	lock := map[string]string{
		"sqlite": "begin immediate", "postgres": "begin; lock table places in access exclusive mode", "mysql": "lock tables places write",
	}
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			if server.name == "sqlite" {
				var err error
				engine, err = sqlite.File(filepath.Join(t.TempDir(), "a.db")).Connect(t.Context())
				must(t, err)
				t.Cleanup(func() { engine.Close() })
			}
			must(t, schema.Create(t.Context(), target{registry(t, placeV1{}), engine}))
			db := target{registry(t, placeV2{}), engine}
			plan, err := schema.Diff(t.Context(), db)
			must(t, err)
			conn, err := handle(engine).Conn(t.Context())
			must(t, err)
			t.Cleanup(func() {
				conn.ExecContext(context.Background(), map[string]string{"mysql": "unlock tables"}[server.name]+map[string]string{"sqlite": "rollback", "postgres": "rollback"}[server.name])
				conn.Close()
			})
			_, err = conn.ExecContext(t.Context(), lock[server.name])
			must(t, err)
			for name, call := range map[string]func(context.Context, schema.Target, ...schema.Option) error{
				"update": schema.Update, "ensure": schema.Ensure, "drop": schema.Drop, "clear": schema.Clear,
				"apply": func(ctx context.Context, db schema.Target, _ ...schema.Option) error {
					return schema.Apply(ctx, db, plan)
				},
			} {
				t.Run(name, func(t *testing.T) {
					endsWithContext(t, func(ctx context.Context) error { return call(ctx, db) })
				})
			}
		})
	}
}

// TestStatementErrorsHaveClasses finds the class of what a statement of a plan failed at.
func TestStatementErrorsHaveClasses(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			err := schema.Apply(t.Context(), target{registry(t, placeV1{}), engine}, &schema.Plan{Statements: []schema.Statement{{SQL: "drop table missing"}}})
			if !errors.Is(err, driver.ErrUndefined) || !errors.As(err, new(*schema.StatementError)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestLockOfOneDatabase holds the lock of one database of a server, and changes another one.
func TestLockOfOneDatabase(t *testing.T) {
	engine, other := servers[2].open(t), servers[2].open(t)
	conn, err := handle(other).Conn(t.Context())
	must(t, err)
	defer conn.Close()
	_, err = conn.ExecContext(t.Context(), "select get_lock(concat('weft_schema:', sha1(database())), 1)")
	must(t, err)
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	must(t, schema.Update(ctx, target{registry(t, placeV1{}), engine}))
}

type (
	// Outer stands in a named schema and refers to the connection's own.
	Outer struct {
		_    struct{} `orm:"table=outers"`
		ID   int64
		Home *Homely
	}
	// Homely stands in the connection's own schema.
	Homely struct {
		ID int64
	}
)

// TestReferenceToOwnSchema refers from a named schema to a table of the connection's own.
func TestReferenceToOwnSchema(t *testing.T) {
	for _, server := range servers[1:] {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			named := testdb.Name()
			t.Cleanup(func() {
				handle(engine).Exec("drop schema if exists " + named + map[string]string{"postgres": " cascade"}[server.name])
			})
			db := target{registry(t, mapper.Define(func(e *mapper.Builder[Outer]) { e.Schema(named) }), Homely{}), engine}
			must(t, schema.Create(t.Context(), db))
			noDifference(t, db)
			if err := tryExec(t, engine, "insert into "+named+".outers (home_id) values (1)"); err == nil {
				t.Error("a reference to no row is accepted")
			}
			must(t, schema.Drop(t.Context(), db))
		})
	}
}

// TestDestructive sees that a plan which drops something says so and is not reversible.
func TestDestructive(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			must(t, schema.Create(t.Context(), target{registry(t, noteV1{}), engine}))
			db := target{registry(t, noteV2{}), engine}
			plan, err := schema.Diff(t.Context(), db)
			must(t, err)
			if plan.Reversible() {
				t.Error("a plan with a dropped column is called reversible")
			}
			if got, want := fmt.Sprint(plan.Destroys()), "[notes.old]"; got != want {
				t.Errorf("destroys %s, want %s", got, want)
			}
			plan, err = schema.Diff(t.Context(), db, schema.AddOnly())
			must(t, err)
			if len(plan.Destroys()) > 0 {
				t.Errorf("a plan that adds destroys %s", plan.Destroys())
			}
		})
	}
}

// TestGeneratedChanges changes the expression of a generated column.
func TestGeneratedChanges(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			for _, x := range []string{"low * 2", "low * (2 + high)", "low + -3", "(low + -3)", "cast(ratio as " + map[string]string{"mysql": "signed"}[server.name] + map[string]string{"sqlite": "integer", "postgres": "integer"}[server.name] + ")"} {
				settles(t, engine, gauge(func(e *mapper.Builder[Gauge]) {
					e.Field("High").Generated("0")
					e.Field("Small").Generated(strings.ReplaceAll(x, "high", "1"))
				}))
			}
		})
	}
}

// TestReferenceFromColumn makes a reference of a plain column, and takes it back: the index of
// the foreign key goes with it. It was left behind by a step whose mapping asked for both.
func TestReferenceFromColumn(t *testing.T) {
	type hall struct {
		_  struct{} `orm:"table=halls,name=Hall"`
		ID int64
	}
	type plain struct {
		_    struct{} `orm:"table=rows,name=Row"`
		ID   int64
		Hall int64
	}
	type refers struct {
		_    struct{} `orm:"table=rows,name=Row"`
		ID   int64
		Hall *hall `orm:"hall,required"`
	}
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			settles(t, engine, hall{}, plain{})
			for _, entity := range []any{refers{}, plain{}} {
				db := target{registry(t, hall{}, entity), engine}
				_, err := schema.Rehearse(t.Context(), db)
				must(t, err)
				must(t, schema.Update(t.Context(), db))
				noDifference(t, db)
			}
		})
	}
}

// TestKeyBeginsToNumber takes over a table whose keys were given by hand: the column numbers
// itself afterwards, behind what is there, and can be taken back. PostgreSQL had no plan for it.
func TestKeyBeginsToNumber(t *testing.T) {
	type given struct {
		_    struct{} `orm:"table=seats,name=Seat"`
		ID   int64    `orm:",pk,assigned"`
		Name string   `orm:",length=20"`
	}
	type numbered struct {
		_    struct{} `orm:"table=seats,name=Seat"`
		ID   int64
		Name string `orm:",length=20"`
	}
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			settles(t, engine, given{})
			exec(t, engine, "insert into seats (id, name) values (7, 'a')")
			db := target{registry(t, numbered{}), engine}
			_, err := schema.Rehearse(t.Context(), db)
			must(t, err)
			settles(t, engine, numbered{})
			exec(t, engine, "insert into seats (name) values ('b')")
			if got := count(t, engine, "select max(id) from seats"); got != 8 {
				t.Errorf("the second row has key %d", got)
			}
			settles(t, engine, given{})
			exec(t, engine, "insert into seats (id, name) values (9, 'c')")
			if tryExec(t, engine, "insert into seats (name) values ('d')") == nil && server.name == "postgres" {
				t.Error("the column still numbers itself")
			}
		})
	}
}

// TestInspectOfNamelessReference prints a foreign key of SQLite that has no name without one; it
// was called by a number.
func TestInspectOfNamelessReference(t *testing.T) {
	engine := servers[0].open(t)
	exec(t, engine, "create table places (id integer primary key, near integer references places (id))")
	plan, err := schema.Inspect(t.Context(), target{registry(t), engine})
	must(t, err)
	if text := plan.String(); strings.Contains(text, "CONSTRAINT") || !strings.Contains(text, "FOREIGN KEY (`near`) REFERENCES `places` (`id`)") {
		t.Errorf("printed %s", text)
	}
}
