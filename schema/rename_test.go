package schema_test

import (
	"fmt"
	"testing"

	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
)

type (
	shelfV1 struct {
		_    struct{} `orm:"table=shelves,name=Shelf"`
		ID   int64
		Code string `orm:",length=20,unique"`
	}
	tomeV1 struct {
		_     struct{} `orm:"table=tomes,name=Tome,check='pages > 0'"`
		ID    int64
		Title string `orm:",length=40,index"`
		Pages int
		Kind  string `orm:",length=10,enum=a|b"`
		Shelf rel.Ref[shelfV1]
		Extra *string
	}
	rackV2 struct {
		_    struct{} `orm:"table=racks,name=Shelf,was=shelves"`
		ID   int64
		Mark string `orm:",length=20,unique,was=code"`
	}
	bookV2 struct {
		_      struct{} `orm:"table=books,name=Tome,was=tomes,check='leaves > 0'"`
		ID     int64
		Name   string          `orm:",length=60,index,was=title"`
		Leaves int             `orm:",was=pages"`
		Sort   string          `orm:",length=10,enum=a|b|c,was=kind"`
		Rack   rel.Ref[rackV2] `orm:",was=shelf_id"`
		Size   int             `orm:",default=1"`
	}
)

// TestRenames renames tables and columns with rows in them, in both ways of doing it.
func TestRenames(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			must(t, schema.Create(t.Context(), target{registry(t, shelfV1{}, tomeV1{}), engine}))
			exec(t, engine, "insert into shelves (code) values ('x')")
			exec(t, engine, "insert into tomes (title, pages, kind, shelf_id) values ('t', 3, 'a', 1)")
			after := target{registry(t, rackV2{}, bookV2{}), engine}
			plan, err := schema.Diff(t.Context(), after)
			must(t, err)
			if got, want := fmt.Sprint(plan.Destroys()), "[books.extra]"; got != want {
				t.Errorf("destroys %s, want %s\n%s", got, want, plan)
			}
			must(t, schema.Apply(t.Context(), after, plan))
			noDifference(t, after)
			if got := count(t, engine, "select count(*) from books b join racks r on r.id = b.rack_id where b.name = 't' and leaves = 3 and sort = 'a' and mark = 'x'"); got != 1 {
				t.Errorf("%d rows, want 1", got)
			}
			if tryExec(t, engine, "update books set leaves = 0") == nil || tryExec(t, engine, "update books set rack_id = 7") == nil {
				t.Error("a constraint is gone")
			}
		})
	}
}

// TestRehearse goes to the new state and back on a scratch database.
func TestRehearse(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			first, second := target{registry(t, shelfV1{}, tomeV1{}), engine}, target{registry(t, rackV2{}, bookV2{}), engine}
			script, err := schema.Rehearse(t.Context(), first)
			must(t, err)
			if got := fmt.Sprint(script.Tables); got != "[shelves tomes]" || script.Down.IsEmpty() {
				t.Errorf("%s\n%s", got, script.Down)
			}
			must(t, schema.Apply(t.Context(), first, script.Up))
			noDifference(t, first)
			script, err = schema.Rehearse(t.Context(), second, schema.Gone("shelves", "tomes"))
			must(t, err)
			t.Logf("up:\n%s\ndown:\n%s", script.Up, script.Down)
			noDifference(t, first)
			must(t, schema.Apply(t.Context(), first, script.Up))
			noDifference(t, second)
			must(t, schema.Apply(t.Context(), first, script.Down))
			noDifference(t, first)

			// An entity that is gone takes its table with it, when it was weft's.
			only := target{registry(t, shelfV1{}), engine}
			noDifference(t, only)
			script, err = schema.Rehearse(t.Context(), only, schema.Gone("shelves", "tomes"))
			must(t, err)
			if got, want := fmt.Sprint(script.Up.Destroys()), "[tomes]"; got != want {
				t.Errorf("destroys %s, want %s", got, want)
			}
			noDifference(t, first)

			// Unless it is to be left alone.
			script, err = schema.Rehearse(t.Context(), only, schema.Gone("shelves", "tomes"), schema.Ignore("to*s"))
			must(t, err)
			if !script.Up.IsEmpty() {
				t.Errorf("an ignored table is changed:\n%s", script.Up)
			}
		})
	}
}
