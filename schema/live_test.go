package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	qbsql "github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

// mute is an engine that gives no access to its schema.
type mute struct{ driver.Engine }

func (mute) Caps() *driver.Caps { return &driver.Caps{Name: "other"} }

type target struct {
	reg    *mapper.Registry
	engine driver.Engine
}

func (t target) Registry() *mapper.Registry { return t.reg }
func (t target) Engine() driver.Engine      { return t.engine }

// TestCreateDiffDrop makes each model in an empty database, finds no difference,
// and removes it.
func TestCreateDiffDrop(t *testing.T) {
	models := []struct {
		name     string
		entities []any
	}{
		{"library", model.Library()}, {"shop", model.Shop()}, {"features", features()},
	}
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			for _, m := range models {
				t.Run(m.name, func(t *testing.T) {
					db := target{registry(t, m.entities...), server.open(t)}
					must(t, schema.Create(t.Context(), db))
					noDifference(t, db)
					if err := schema.Create(t.Context(), db); !errors.As(err, new(*schema.StatementError)) {
						t.Fatalf("second create: %v, want a StatementError", err)
					}
					must(t, schema.Ensure(t.Context(), db))
					must(t, schema.Drop(t.Context(), db))
					must(t, schema.Drop(t.Context(), db))
					must(t, schema.Ensure(t.Context(), db))
					noDifference(t, db)
				})
			}
		})
	}
}

func noDifference(t *testing.T, db schema.Target, opts ...schema.Option) {
	t.Helper()
	plan, err := schema.Diff(t.Context(), db, opts...)
	must(t, err)
	if !plan.IsEmpty() {
		t.Fatalf("a database just created differs:\n%s", plan)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestSQLRuns gives the printed script to the server, and finds no difference.
func TestSQLRuns(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			for _, entities := range [][]any{model.All(), features()} {
				db := target{registry(t, entities...), server.open(t)}
				script, err := schema.SQL(db.reg, dialect(db.engine.Caps().Name))
				must(t, err)
				for statement := range strings.SplitSeq(strings.TrimSpace(script), ";\n") {
					exec(t, db.engine, statement)
				}
				noDifference(t, db)
			}
		})
	}
}

func dialect(name string) *qbsql.Dialect {
	for _, d := range qbsql.Dialects() {
		if d.Name() == name {
			return d
		}
	}
	return nil
}

// Two versions of one table.
type (
	noteV1 struct {
		_     struct{} `orm:"table=notes,name=Note"`
		ID    int64
		Title string `orm:",length=40,enum=a|b"`
		Old   *string
	}
	noteV2 struct {
		_     struct{} `orm:"table=notes,name=Note"`
		ID    int64
		Title string `orm:",length=40,enum=a|b|c"`
		Stars int    `orm:",default=3,index"`
	}
)

// TestUpdate changes a column, adds one with an index, and drops one.
func TestUpdate(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			before, after := target{registry(t, noteV1{}), engine}, target{registry(t, noteV2{}), engine}
			must(t, schema.Create(t.Context(), before))
			exec(t, engine, "insert into notes (title, old) values ('a', 'x')")

			must(t, schema.Ensure(t.Context(), after))
			exec(t, engine, "update notes set old = 'y' where stars = 3")
			plan, err := schema.Diff(t.Context(), after, schema.AddOnly())
			must(t, err)
			if !plan.IsEmpty() {
				t.Fatalf("ensured, and still to add:\n%s", plan)
			}

			must(t, schema.Update(t.Context(), after))
			noDifference(t, after)
			exec(t, engine, "update notes set title = 'c' where stars = 3")
			if err := tryExec(t, engine, "update notes set old = 'z'"); err == nil {
				t.Fatal("the column that the mapping dropped still exists")
			}
			if err := tryExec(t, engine, "update notes set title = 'd'"); err == nil {
				t.Fatal("the check of the enum does not hold")
			}
			if got := count(t, engine, "select count(*) from notes where title = 'c'"); got != 1 {
				t.Fatalf("%d rows survived, want 1", got)
			}
		})
	}
}

// TestOtherTables sees that tables without an entity are left alone.
func TestOtherTables(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			exec(t, engine, "create table foreigner (id int)")
			db := target{registry(t, noteV1{}), engine}
			must(t, schema.Update(t.Context(), db))
			noDifference(t, db)
			must(t, schema.Drop(t.Context(), db))
			count(t, engine, "select count(*) from foreigner")
		})
	}
}

// TestFailedPlan sees that nothing stays of a plan that fails, where DDL can be rolled back.
func TestFailedPlan(t *testing.T) {
	engine := servers[0].open(t)
	db := target{registry(t, noteV1{}), engine}
	plan := &schema.Plan{Transactional: true, Statements: []schema.Statement{
		{SQL: "PRAGMA foreign_keys = off"},
		{SQL: "create table half (id int)"},
		{SQL: "create nonsense"},
		{SQL: "PRAGMA foreign_keys = on"},
	}}
	err := schema.Apply(t.Context(), db, plan)
	var failed *schema.StatementError
	if !errors.As(err, &failed) || failed.SQL != "create nonsense" || failed.Applied != 2 {
		t.Fatalf("got %v", err)
	}
	if tryExec(t, engine, "select * from half") == nil {
		t.Error("a table stayed")
	}
	if got := count(t, engine, "select foreign_keys from pragma_foreign_keys"); got != 1 {
		t.Error("foreign keys stayed off")
	}
}

func TestNoSchema(t *testing.T) {
	db := target{registry(t, noteV1{}), mute{}}
	if _, err := schema.Diff(t.Context(), db); !errors.Is(err, schema.ErrNoSchema) {
		t.Errorf("got %v", err)
	}
}

func tryExec(t *testing.T, engine driver.Engine, query string) error {
	t.Helper()
	_, err := handle(engine).ExecContext(t.Context(), query)
	return err
}

func exec(t *testing.T, engine driver.Engine, query string) {
	t.Helper()
	if err := tryExec(t, engine, query); err != nil {
		t.Fatalf("%s: %v", strings.TrimSpace(query), err)
	}
}

func count(t *testing.T, engine driver.Engine, query string) (n int) {
	t.Helper()
	must(t, handle(engine).QueryRowContext(t.Context(), query).Scan(&n))
	return n
}
