package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/schema"
)

type longTome struct {
	_     struct{} `orm:"view=long_tomes,as='select id, title, pages as n from tomes where pages > 2'"`
	ID    int64
	Title string
	N     int
}

// views is the mapping of a table and of a view of it by a query.
func views(query string, materialized bool) []any {
	return []any{shelfV1{}, tomeV1{}, mapper.Define(func(e *mapper.Builder[longTome]) {
		e.As(query)
		if materialized {
			e.Materialized()
		}
	})}
}

// TestViews makes a view, finds no difference, changes it, and drops it.
func TestViews(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			first := target{registry(t, views("select id, title, pages as n from tomes where pages > 2 and kind in ('a', 'b')", false)...), engine}
			must(t, schema.Create(t.Context(), first))
			noDifference(t, first)
			exec(t, engine, "insert into shelves (code) values ('x')")
			exec(t, engine, "insert into tomes (title, pages, kind, shelf_id) values ('t', 3, 'a', 1), ('u', 2, 'a', 1)")
			if got := count(t, engine, "select count(*) from long_tomes"); got != 1 {
				t.Errorf("got %d", got)
			}
			second := target{registry(t, views("select id, title, pages as n from tomes", false)...), engine}
			must(t, schema.Ensure(t.Context(), second)) // adds, and changes nothing
			noDifference(t, first)
			must(t, schema.Update(t.Context(), second))
			noDifference(t, second)
			if got := count(t, engine, "select count(*) from long_tomes"); got != 2 {
				t.Errorf("got %d", got)
			}
			must(t, schema.Drop(t.Context(), second))
			must(t, schema.Ensure(t.Context(), second))
			noDifference(t, second)
		})
	}
}

// TestViewsOfChangingTables changes a column that a view reads, there and back.
func TestViewsOfChangingTables(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			first := target{registry(t, views("select id, title, pages as n from tomes", false)...), engine}
			script, err := schema.Rehearse(t.Context(), first)
			must(t, err)
			if got := strings.Join(script.Views, " "); got != "long_tomes" {
				t.Errorf("got %s", got)
			}
			must(t, schema.Apply(t.Context(), first, script.Up))
			noDifference(t, first)
			wide := mapper.Define(func(e *mapper.Builder[tomeV1]) { e.Field("Title").Length(90) })
			wider := views("select id, title, 7 as n from tomes", false)
			wider[1] = wide
			second := target{registry(t, wider...), engine}
			script, err = schema.Rehearse(t.Context(), second)
			must(t, err)
			noDifference(t, first)
			must(t, schema.Apply(t.Context(), second, script.Up))
			noDifference(t, second)
			must(t, schema.Apply(t.Context(), second, script.Down))
			noDifference(t, first)
			// A view that the mapping makes no more.
			none := target{registry(t, shelfV1{}, tomeV1{}), engine}
			script, err = schema.Rehearse(t.Context(), none, schema.GoneViews("long_tomes"))
			must(t, err)
			if len(script.Up.Statements) != 1 || !strings.HasPrefix(script.Up.Statements[0].SQL, "DROP VIEW") {
				t.Errorf("got\n%s", script.Up)
			}
			noDifference(t, first)
		})
	}
}

// TestMaterializedViews keeps rows until they are refreshed.
func TestMaterializedViews(t *testing.T) {
	reg := registry(t, views("select id, title, pages as n from tomes", true)...)
	for _, d := range sql.Dialects() {
		if _, err := schema.SQL(reg, d); (err == nil) != (d.Name() == "postgres") || err != nil && !errors.Is(err, schema.ErrUnsupported) {
			t.Errorf("%s: got %v", d.Name(), err)
		}
	}
	engine := servers[1].open(t)
	db := target{reg, engine}
	must(t, schema.Create(t.Context(), db))
	noDifference(t, db)
	exec(t, engine, "insert into shelves (code) values ('x')")
	exec(t, engine, "insert into tomes (title, pages, kind, shelf_id) values ('t', 3, 'a', 1)")
	if got := count(t, engine, "select count(*) from long_tomes"); got != 0 {
		t.Errorf("got %d", got)
	}
	must(t, schema.RefreshViews(t.Context(), db))
	if got := count(t, engine, "select count(*) from long_tomes"); got != 1 {
		t.Errorf("got %d", got)
	}
	plain := target{registry(t, views("select id, title, pages as n from tomes", false)...), engine}
	must(t, schema.Update(t.Context(), plain))
	noDifference(t, plain)
}
