package schema_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

// snapshot takes one, and reads it back from what a file would hold.
func snapshot(t *testing.T, reg *mapper.Registry, d *sql.Dialect, opts ...schema.Option) *schema.Snapshot {
	t.Helper()
	s, err := schema.TakeSnapshot(reg, d, opts...)
	must(t, err)
	text, err := json.Marshal(s)
	must(t, err)
	kept := &schema.Snapshot{}
	must(t, json.Unmarshal(text, kept))
	return kept
}

// TestSnapshotOfNothing plans from an empty database what [schema.SQL] makes there, and
// finds no difference between a snapshot and what it was made of, in every dialect.
func TestSnapshotOfNothing(t *testing.T) {
	for _, entities := range [][]any{model.Library(), model.Shop(), features()} {
		reg := registry(t, entities...)
		for _, d := range sql.Dialects() {
			want, err := schema.SQL(reg, d)
			if err != nil {
				if _, err := schema.TakeSnapshot(reg, d); !errors.Is(err, schema.ErrUnsupported) {
					t.Errorf("%s: %v", d.Name(), err)
				}
				continue
			}
			s, err := schema.Between(schema.EmptySnapshot(d), snapshot(t, reg, d))
			must(t, err)
			if got := s.Up.String(); got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", d.Name(), got, want)
			}
			if s, err = schema.Between(snapshot(t, reg, d), snapshot(t, registry(t, entities...), d)); err != nil || !s.Up.IsEmpty() || !s.Down.IsEmpty() {
				t.Errorf("%s: %v\n%s", d.Name(), err, s.Up)
			}
		}
	}
}

type (
	keptShelf struct {
		_    struct{} `orm:"table=shelves,name=Shelf"`
		ID   int64
		Code string `orm:",length=20,unique"`
	}
	keptTome struct {
		_     struct{} `orm:"table=tomes,name=Tome,comment='thick',check='pages > 0'"`
		ID    int64
		Title string             `orm:",length=80,index"`
		Pages int                `orm:",default=1"`
		Kind  string             `orm:",length=5,enum=a|b,default='a'"`
		Twice int                `orm:",generated='pages * 2'"`
		Note  *string            `orm:",length=10"`
		On    rel.Ref[keptShelf] `orm:"shelf_id"`
	}
	keptTome2 struct {
		_     struct{} `orm:"table=tomes,name=Tome,comment='thicker',check='pages > 1'"`
		ID    int64
		Name  string             `orm:",length=90,was=title,index"`
		Pages int64              `orm:",default=2"`
		Kind  string             `orm:",length=5,enum=a|b|c,default='b'"`
		Twice int64              `orm:",generated='pages * 3'"`
		Stars int                `orm:",default=0,index"`
		On    rel.Ref[keptShelf] `orm:"shelf_id,onDelete=cascade"`
	}
	keptLamp struct {
		_     struct{} `orm:"table=lamps,name=Lamp"`
		ID    int64
		Shelf rel.Ref[keptShelf] `orm:",required"`
	}
)

// thick is a view of tomes.
func thick(query string) any {
	return mapper.Define(func(e *mapper.Builder[longTome]) { e.As(query) })
}

// TestSnapshotPlans plans without a database, and runs the plan where there is one: it
// leads to the mapping, and back.
func TestSnapshotPlans(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			d := dialect(engine.Caps().Name)
			first := []any{keptShelf{}, keptTome{}, thick("select id, title, pages as n from tomes where pages > 2")}
			second := []any{keptShelf{}, keptTome2{}, keptLamp{}, thick("select id, name as title, pages as n from tomes where pages > 3")}
			touch := schema.Object{Kind: schema.Trigger, Name: "touch", Table: "tomes", SQL: map[string]string{
				"sqlite": "create trigger touch after update of pages on tomes begin delete from tomes where id = -1; end",
			}[server.name]}
			var objects []schema.Option
			if touch.SQL != "" {
				objects = append(objects, schema.Objects(touch))
			}
			before, after := registry(t, first...), registry(t, second...)
			must(t, schema.Create(t.Context(), target{before, engine}, objects...))
			exec(t, engine, "insert into shelves (code) values ('x')")
			exec(t, engine, "insert into tomes (title, pages, kind, shelf_id) values ('t', 3, 'a', 1), ('u', 2, 'a', 1)")
			script, err := schema.Between(snapshot(t, before, d, objects...), mustTake(t, after, d, objects...))
			must(t, err)
			if got := strings.Join(script.Up.Destroys(), " "); got != "tomes.note" {
				t.Errorf("destroys %s", got)
			}
			if got := strings.Join(script.Tables, " "); got != "lamps shelves tomes" {
				t.Errorf("tables %s", got)
			}
			for _, s := range script.Up.Statements {
				if s.Table == "" && (strings.Contains(s.SQL, "TABLE") || strings.Contains(s.SQL, "INDEX")) && !strings.HasPrefix(s.SQL, "ALTER INDEX") || s.Table == "authors" || strings.HasPrefix(s.Table, "new_") {
					t.Errorf("%q is about %q", s.SQL, s.Table)
				}
			}
			for range 2 { // there, back, and there again
				must(t, schema.Apply(t.Context(), target{after, engine}, script.Up))
				noDifference(t, target{after, engine}, objects...)
				if got := count(t, engine, "select count(*) from tomes where name in ('t', 'u')"); got != 2 {
					t.Errorf("%d rows", got)
				}
				must(t, schema.Apply(t.Context(), target{before, engine}, script.Down))
				noDifference(t, target{before, engine}, objects...)
				if got := count(t, engine, "select count(*) from tomes where title in ('t', 'u')"); got != 2 {
					t.Errorf("%d rows", got)
				}
			}
			script, err = schema.Between(mustTake(t, after, d, objects...), mustTake(t, registry(t, keptShelf{}), d))
			must(t, err)
			if got := strings.Join(script.Up.Destroys(), " "); !strings.Contains(got, "tomes") || !strings.Contains(got, "lamps") {
				t.Errorf("destroys %s", got)
			}
		})
	}
}

func mustTake(t *testing.T, reg *mapper.Registry, d *sql.Dialect, opts ...schema.Option) *schema.Snapshot {
	t.Helper()
	s, err := schema.TakeSnapshot(reg, d, opts...)
	must(t, err)
	return s
}

// TestUnusableSnapshots refuses what a merge by hand can leave.
func TestUnusableSnapshots(t *testing.T) {
	for text, want := range map[string]string{
		`{"dialect":"oracle","tables":[]}`:                                                              `dialect "oracle"`,
		`{"dialect":"sqlite","tables":[null]}`:                                                          "a table is null",
		`{"dialect":"sqlite","tables":[{"schema":"x","name":"t","columns":[]}]}`:                        "a table in a named schema",
		`{"dialect":"postgres","tables":[{"name":"t","columns":[{"name":"a","type":"varchar(oops"}]}]}`: "column type",
	} {
		if err := json.Unmarshal([]byte(text), &schema.Snapshot{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	reg := registry(t, keptShelf{})
	if _, err := schema.Between(mustTake(t, reg, sql.SQLite()), mustTake(t, reg, sql.Postgres())); !errors.Is(err, schema.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
}
