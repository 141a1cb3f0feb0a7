package orm_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/orm/internal/recorder"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/schema"
)

type folder struct {
	ID    int64
	Name  string
	Notes orm.Collection[note] `orm:",mappedBy=Folder"`
}

type note struct {
	ID      int64
	Tenant  int
	Text    string
	Deleted bool
	Folder  orm.Ref[folder]
}

// filteredNotes are folders and notes; notes are hidden when deleted, and from other tenants.
func filteredNotes() []any {
	return []any{folder{}, mapper.Define[note](func(e *mapper.Builder[note]) {
		e.Filter(mapper.Filter{Name: "alive", Default: true, Where: func(mapper.Params) any { return orm.M{"deleted": false} }})
		e.Filter(mapper.Filter{Name: "tenant", Optional: []string{"id", "ids"}, Where: func(p mapper.Params) any {
			if one, ok := p.Lookup("id"); ok {
				return orm.M{"tenant": one}
			}
			return orm.M{"tenant": p.Get("ids")}
		}})
	})}
}

// counting counts the queries an engine compiles.
type counting struct {
	driver.Engine
	compiled int
}

func (c *counting) Unwrap() driver.Engine { return c.Engine }

func (c *counting) Compile(q qb.Query) (driver.Program, error) {
	c.compiled++
	return c.Engine.Compile(q)
}

type countingConnector struct{ engine counting }

func (c *countingConnector) Connect(ctx context.Context) (driver.Engine, error) {
	e, err := recorder.New(sqlite.Memory()).Connect(ctx)
	c.engine.Engine = e
	return &c.engine, err
}

// TestFilteredReadsAreCompiledOnce: the shape of a filter's condition is part of a
// statement's key, its values are not.
func TestFilteredReadsAreCompiledOnce(t *testing.T) {
	c := &countingConnector{}
	db := must(orm.Open(t.Context(), c, orm.Entities(filteredNotes()...)))
	t.Cleanup(func() { db.Close() })
	if err := schema.Create(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	for tenant := range 3 {
		f := &folder{Name: "f"}
		for i := range 4 {
			f.Notes.Add(&note{Tenant: tenant, Text: "n", Deleted: i == 0})
		}
		em.Persist(f)
	}
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	read := func(params map[string]any, roots, notes int) {
		t.Helper()
		em := db.Fork()
		em.SetFilter("tenant", params)
		folders := must(orm.Find[folder](t.Context(), em, orm.M{"notes": orm.M{"$ne": nil}}, orm.Populate("notes")))
		n := 0
		for _, f := range folders {
			n += len(f.Notes.Items())
		}
		if len(folders) != roots || n != notes {
			t.Errorf("tenant %v sees %d folders and %d notes, want %d and %d", params, len(folders), n, roots, notes)
		}
	}
	read(orm.M{"id": 0}, 1, 3)
	before := c.engine.compiled
	read(orm.M{"id": 1}, 1, 3)
	read(orm.M{"id": 7}, 0, 0)
	if n := c.engine.compiled - before; n != 0 {
		t.Errorf("%d statements were compiled for shapes seen before", n)
	}
	read(orm.M{"ids": []int{1, 2}}, 2, 6)
	if n := c.engine.compiled - before; n != 2 {
		t.Errorf("a filter of another shape compiled %d statements, want those of the roots and of the notes", n)
	}
	if _, err := orm.Find[note](t.Context(), db.Fork(), nil, orm.Filter("tenant", orm.M{"id": 1}), orm.Filter("tenent", nil)); !errors.Is(err, orm.ErrInvalidOption) {
		t.Errorf("a filter no entity declares: %v", err)
	}
	_, err := orm.Find[note](t.Context(), db.Fork(), nil, orm.Filter("tenant", orm.M{"ids": "x"}))
	if !errors.Is(err, conditions.ErrValue) || !strings.HasPrefix(err.Error(), "orm: filter tenant of note: ") {
		t.Errorf("error = %v", err)
	}
}

// TestFiltersOfTheManager hold for everything it does, native statements and queries included.
func TestFiltersOfTheManager(t *testing.T) {
	b := newBench(t, filteredNotes()...)
	em := b.db.Fork()
	em.SetFilter("tenant", orm.M{"id": 1})
	must(orm.All[note](b.ctx, em, orm.QB[note](em, "n").Where(orm.M{"text": "x"})))
	must(orm.NativeUpdate[note](b.ctx, em, orm.M{"text": "x"}, orm.M{"text": "y"}))
	em.DisableFilter("alive")
	must(orm.NativeDelete[note](b.ctx, em, orm.M{"text": "x"}))
	must(orm.Find[note](b.ctx, em, orm.M{"text": "x"}, orm.WithoutFilter("tenant")))
	b.sent(
		`SELECT "n"."id", "n"."tenant", "n"."text", "n"."deleted", "n"."folder_id" FROM "notes" AS "n" WHERE (("n"."deleted" = ?) AND ("n"."tenant" = ?) AND ("n"."text" = ?)) ['x' false 1]`,
		`begin`,
		`UPDATE "notes" SET "text"=? WHERE (("notes"."deleted" = ?) AND ("notes"."tenant" = ?) AND ("notes"."text" = ?)) ['y' 'x' false 1]`,
		`commit`,
		`begin`,
		`DELETE FROM "notes" WHERE (("notes"."tenant" = ?) AND ("notes"."text" = ?)) ['x' 1]`,
		`commit`,
		`SELECT "e0"."id", "e0"."tenant", "e0"."text", "e0"."deleted", "e0"."folder_id" FROM "notes" AS "e0" WHERE ("e0"."text" = ?) ['x']`,
	)
}

// TestFilterParameters: a filter that lacks a parameter, or reads one that it does not
// declare, is an error that names filter, parameter and remedy, not a condition on NULL.
func TestFilterParameters(t *testing.T) {
	ctx := context.Background()
	tenants := mapper.Define[note](func(e *mapper.Builder[note]) {
		e.Filter(mapper.Filter{Name: "alive", Default: true, Where: func(mapper.Params) any { return orm.M{"deleted": false} }})
		e.Filter(mapper.Filter{Name: "tenant", Params: []string{"id"}, Where: func(p mapper.Params) any { return orm.M{"tenant": p.Get("id")} }})
		e.Filter(mapper.Filter{Name: "undeclared", Params: []string{"id"}, Where: func(p mapper.Params) any { return orm.M{"tenant": p.Get("ids")} }})
		e.Filter(mapper.Filter{Name: "looked", Where: func(p mapper.Params) any {
			if id, ok := p.Lookup("id"); ok {
				return orm.M{"tenant": id}
			}
			return nil
		}})
		e.Filter(mapper.Filter{Name: "optional", Optional: []string{"text"}, Where: func(p mapper.Params) any { return orm.M{"text": p.Get("text")} }})
		e.Filter(mapper.Filter{Name: "typed", Params: []string{"id"}, Where: func(p mapper.Params) any { return orm.M{"tenant": p.Get("id").(int)} }})
		e.Filter(mapper.Filter{Name: "untold", Where: func(p mapper.Params) any { return orm.M{"tenant": p.Get("id").(int)} }})
	})
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(folder{}, tenants))
	if err == nil {
		err = schema.Create(ctx, db)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	em := db.Fork()
	home := &folder{Name: "home"}
	em.Persist(&note{Tenant: 1, Text: "a", Folder: orm.To(home)}, &note{Tenant: 2, Text: "b", Deleted: true, Folder: orm.To(home)})
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	const missing = "is missing; give it where the filter is switched on"
	const undeclared = "is read by Where and not declared; name it in Params, or in Optional"
	for _, c := range []struct {
		filter string
		params orm.M
		want   string
	}{
		{"tenant", nil, "the parameter id " + missing},
		{"tenant", orm.M{"id": nil}, "the parameter id " + missing},
		{"tenant", orm.M{"id": 1, "tets": 2}, "the parameter tets is given and declared by no filter of this name"},
		{"optional", orm.M{"txt": "a"}, `the parameter txt is given and declared by no filter of this name; did you mean "text"?`},
		{"undeclared", orm.M{"id": 1}, "the parameter ids " + undeclared + `; did you mean "id"?`},
		{"looked", nil, "the parameter id " + undeclared},
		{"optional", nil, "the parameter text is missing; Where must read an optional parameter by Lookup"},
		{"typed", orm.M{"id": "x"}, "a parameter is of another type than Where expects: interface conversion: interface {} is string, not int"},
		{"untold", nil, "the parameter id " + undeclared},
	} {
		em := db.Fork()
		em.SetFilter(c.filter, c.params)
		_, updated := orm.NativeUpdate[note](ctx, em, orm.M{"text": "x"}, orm.M{"text": "y"})
		for what, err := range map[string]error{
			"find":     found(orm.Find[note](ctx, db.Fork(), nil, orm.Filter(c.filter, c.params))),
			"manager":  found(orm.Find[folder](ctx, em, nil, orm.Populate("notes"))),
			"update":   updated,
			"query":    found(orm.All[note](ctx, db.Fork(), orm.QB[note](db.Fork(), "n").Filter(c.filter, c.params))),
			"subquery": found(orm.All[folder](ctx, db.Fork(), orm.QB[folder](em, "f").Where(orm.M{"id": orm.QB[note](em, "n").Select("folder")}))),
		} {
			var told *mapper.ParameterError
			if !errors.Is(err, orm.ErrParameter) || !errors.As(err, &told) || told.Filter != c.filter || !strings.HasSuffix(err.Error(), "filter "+c.filter+": "+c.want) {
				t.Errorf("%s by %s: %v", c.filter, what, err)
			}
		}
	}
	all, err := orm.Find[note](ctx, db.Fork(), nil, orm.WithoutFilter())
	if err != nil || len(all) != 2 {
		t.Errorf("%d notes without filters, %v", len(all), err)
	}
	all, err = orm.All[note](ctx, db.Fork(), orm.QB[note](db.Fork(), "n").Filter("tenant", orm.M{"id": 1}).WithoutFilter())
	if err != nil || len(all) != 2 {
		t.Errorf("%d notes without filters by a query, %v", len(all), err)
	}
	one, err := orm.Find[note](ctx, db.Fork(), nil, orm.WithoutFilter(), orm.Filter("tenant", orm.M{"id": 2}))
	if err != nil || len(one) != 1 || one[0].Text != "b" {
		t.Errorf("%v, %v", one, err)
	}
}

func found[T any](_ []*T, err error) error { return err }
