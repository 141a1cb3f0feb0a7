package sql_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/corpus"
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
	_, _, err = qb.New(reg, "Invoice", "").Update(M{"title": "y"}).Where(M{"total": 1}).ToSQL(sql.SQLite())
	if !errors.Is(err, sql.ErrUnsupported) {
		t.Errorf("a bulk update of another table's column: %v", err)
	}
	golden.Check(t, "table-per-type.golden", out.String())
}
