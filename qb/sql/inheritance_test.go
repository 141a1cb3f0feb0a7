package sql_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/corpus"
	"github.com/weft-orm/weft/tests/model/fleet"
)

// Document is the base of a hierarchy with a table for each type.
type Document struct {
	_     struct{} `orm:"inheritance=joined,discriminator=sort"`
	ID    int64
	Title string
	Owner rel.Ref[Person]
}

// Invoice adds a table of its own.
type Invoice struct {
	Document
	Total int
}

// Person refers to a subtype.
type Person struct {
	ID        int64
	Name      string
	Latest    rel.Ref[Invoice]
	Documents rel.Collection[Document] `orm:",mappedBy=Owner"`
}

// TestTablePerType: columns of a base come by an inner join, those of a subtype by a left one.
func TestTablePerType(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, Document{}, Invoice{}, Person{})
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, sqliteDriver(), ":memory:")
	for _, e := range reg.Entities() {
		var own []*mapper.Column
		for _, c := range e.Columns {
			if *c.Table == *e.Table {
				own = append(own, c)
			}
		}
		for _, k := range e.KeyColumns {
			if !slices.ContainsFunc(own, func(c *mapper.Column) bool { return c.Name == k.Name }) {
				own = append(own, k)
			}
		}
		engine{sql.SQLite(), db}.create(t, e.Table, own)
	}
	var out strings.Builder
	for _, b := range []*qb.Builder{
		qb.New(reg, "Invoice", "").Where(M{"title": "x", "total >": 1}).OrderBy("title"),
		qb.New(reg, "Document", "").Where(M{"title": "x"}),
		qb.New(reg, "Person", "").Select("id").Where(M{"latest.title": "x", "latest.total": nil}),
		qb.New(reg, "Person", "").Select("id").Where(M{"documents.title": "x"}),
		qb.New(reg, "Invoice", "").Select("id").Where(M{"owner.name": "x"}),
		qb.New(reg, "Invoice", "").Update(M{"total": 1}).Where(M{"title": "x"}),
		qb.New(reg, "Invoice", "").Update(M{"title": "y"}).Where(M{"total": 1}),
		qb.New(reg, "Invoice", "").Update(M{"title": conditions.Raw("title || ?", "y")}).AllowAll(),
		qb.New(reg, "Document", "").Update(M{"title": "y"}).Where(M{"title": "x"}),
		qb.New(reg, "Document", "").Update(M{"title": "y"}).Where(M{"total": 1}),
		qb.New(reg, "Invoice", "").Delete().Where(M{"total": 1}),
		qb.New(reg, "Invoice", "").Delete().AllowAll(),
		qb.New(reg, "Document", "").Delete().Where(M{"title": "x"}),
	} {
		text, args, err := b.ToSQL(sql.SQLite())
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(text + "\n  " + corpus.Parameters(args) + "\n")
		if _, err := (engine{sql.SQLite(), db}).rows(text, args); err != nil {
			t.Error(err)
		}
	}
	golden.Check(t, "table-per-type.golden", out.String())
	for want, b := range map[string]*qb.Builder{
		"of Invoice sets title of table documents and total of table invoices; update one table at a time": qb.New(reg, "Invoice", "").Update(M{"title": "y", "total": 1}).AllowAll(),
		"of Invoice cannot set a column to a value of another table":                                       qb.New(reg, "Invoice", "").Update(M{"title": conditions.Raw("?", conditions.Col("total"))}).AllowAll(),
		"a row of Invoice stands in the tables documents and invoices":                                     qb.New(reg, "Invoice", "").Insert(M{"total": 1}),
		"truncate of Invoice":  qb.New(reg, "Invoice", "").Truncate(),
		"truncate of Document": qb.New(reg, "Document", "").Truncate(),
	} {
		if _, _, err := b.ToSQL(sql.SQLite()); !errors.Is(err, sql.ErrUnsupported) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	text, args, err := qb.New(reg, "Document", "").Upsert(M{"id": 1, "title": "x"}).ToSQL(sql.SQLite())
	if want := `INSERT INTO "documents" ("id", "title", "sort") VALUES (?, ?, ?) ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title"`; err != nil || text != want || len(args) != 3 {
		t.Errorf("upsert of the root: %v\n got %s\nwant %s", err, text, want)
	}
}

// TestSubtypes asks a base for what its subtypes have, in both forms of storage.
func TestSubtypes(t *testing.T) {
	var out strings.Builder
	for _, kind := range []mapper.Inheritance{mapper.SingleTable, mapper.TablePerType} {
		reg, err := mapper.Build(mapper.Options{}, fleet.Entities(kind)...)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString("-- " + kind.String() + "\n")
		for _, b := range []*qb.Builder{
			qb.New(reg, "Vehicle", "").Select("id").Where(M{"doors": 3, "fare": nil}),
			qb.New(reg, "Vehicle", "").Select("id", "doors").Where(M{"$or": []any{M{"Car.load": 1}, M{"Truck.load": 2}}}).OrderBy("axles"),
			qb.New(reg, "Vehicle", "").Select("id").Where(M{"driver.name": "x", "next.fare": nil}),
			qb.New(reg, "Vehicle", "").Select("id").Where(M{"$not": M{"extras.name": "x"}, "escorted": M{"$size": 0}}),
			qb.New(reg, "Garage", "").Select("id").Where(M{"vehicles.doors:ne": 3, "show.fare": nil}),
			qb.New(reg, "Car", "").Select("id").Where(M{"fare": 1, "name": "x"}).OrderBy("next.name"),
		} {
			text, args, err := b.ToSQL(sql.SQLite())
			if err != nil {
				t.Fatal(err)
			}
			out.WriteString(text + "\n  " + corpus.Parameters(args) + "\n")
		}
	}
	golden.Check(t, "subtypes.golden", out.String())
}

// TestLockOfTypes locks the rows of all tables that make up a root.
func TestLockOfTypes(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, fleet.Entities(mapper.TablePerType)...)
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := qb.New(reg, "Taxi", "").Select("fare").Where(M{"doors": 3}).Lock(qb.Lock{Mode: qb.LockUpdate}).ToSQL(sql.Postgres())
	want := `SELECT "e0"."fare" FROM "taxis" AS "e0" INNER JOIN "cars" AS "e1" ON ("e1"."id" = "e0"."id") INNER JOIN "vehicles" AS "e2" ON ("e2"."id" = "e0"."id") WHERE ("e1"."doors" = $1) FOR UPDATE OF "e0", "e2", "e1"`
	if err != nil || text != want {
		t.Errorf("%v\n got %s\nwant %s", err, text, want)
	}
}

// Shape has formulas at both levels of a hierarchy.
type Shape struct {
	_    struct{} `orm:"inheritance=joined"`
	ID   int64
	Name string
	Loud string `orm:",formula='upper(?.name)'"`
}

// Square is a Shape.
type Square struct {
	Shape
	Side int
	Area int `orm:",formula='coalesce(?.side, 1) * ?.side'"`
}

// TestFormulasOfTypes computes formulas over the table of the type that declares
// them, and only on rows of that type.
func TestFormulasOfTypes(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, Shape{}, Square{})
	if err != nil {
		t.Fatal(err)
	}
	for entity, want := range map[string]string{
		"Square": `SELECT "e0"."id" FROM "squares" AS "e0" INNER JOIN "shapes" AS "e1" ON ("e1"."id" = "e0"."id") WHERE ((coalesce("e0".side, 1) * "e0".side = ?) AND (upper("e1".name) = ?))`,
		"Shape":  `SELECT "e0"."id" FROM "shapes" AS "e0" LEFT JOIN "squares" AS "e1" ON ("e1"."id" = "e0"."id") WHERE ((case when "e0"."type" in (?) then coalesce("e1".side, 1) * "e1".side end = ?) AND (upper("e0".name) = ?))`,
	} {
		text, _, err := qb.New(reg, entity, "").Select("id").Where(M{"area": 9, "loud": "X"}).ToSQL(sql.SQLite())
		if err != nil || text != want {
			t.Errorf("%s: %v\n got %s\nwant %s", entity, err, text, want)
		}
	}
}
