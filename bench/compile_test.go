package bench

import (
	"context"
	"testing"

	"github.com/doug-martin/goqu/v9"
	_ "github.com/doug-martin/goqu/v9/dialect/sqlite3"

	"github.com/weft-orm/weft/bench/internal/null"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/model"
)

// rounds is how often one measured run repeats a piece of work that takes microseconds.
const rounds = 1000

// threeJoins is a condition of six terms that joins three relations.
func threeJoins() orm.M {
	return orm.M{
		"pages >=": 100, "title:ne": "x",
		"author.name": "Jon", "author.favourite.pages <": 500,
		"publisher.country": "NZ", "publisher.name:ne": "y",
	}
}

// BenchmarkCompile compares what a query of three joins and six conditions
// costs to build: by weft for a shape seen before, by weft for a new shape, and
// by goqu.
func BenchmarkCompile(b *testing.B) {
	ctx := context.Background()
	db, err := orm.Open(ctx, null.Connector{}, orm.Entities(model.Library()...))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	em := db.Fork()
	contest(b,
		contestant{"goqu", func(b *testing.B) {
			for range rounds {
				if _, _, err := goquThreeJoins().ToSQL(); err != nil {
					b.Fatal(err)
				}
			}
		}},
		contestant{"seen", func(b *testing.B) {
			cond := threeJoins()
			for range rounds {
				if _, err := orm.Find[model.Book](ctx, em, cond); err != nil {
					b.Fatal(err)
				}
			}
		}},
		contestant{"new", func(b *testing.B) {
			for range rounds {
				compileThreeJoins(b, db.Registry())
			}
		}},
	)
}

func compileThreeJoins(b *testing.B, registry *mapper.Registry) {
	q, _, err := qb.New(registry, "Book", "").Where(threeJoins()).Query()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := sql.SQLite().Compile(q); err != nil {
		b.Fatal(err)
	}
}

func goquThreeJoins() *goqu.SelectDataset {
	t, c := goqu.T, func(alias, name string) goqu.Expression { return goqu.T(alias).Col(name) }
	on := func(a, ac, b, bc string) goqu.Expression { return goqu.T(a).Col(ac).Eq(goqu.T(b).Col(bc)) }
	return goqu.Dialect("sqlite3").From(t("books").As("e0")).Prepared(true).
		Select(c("e0", "id"), c("e0", "title"), c("e0", "isbn"), c("e0", "pages"), c("e0", "price"), c("e0", "author_id"), c("e0", "publisher_code")).
		InnerJoin(t("authors").As("e1"), goqu.On(on("e1", "id", "e0", "author_id"))).
		LeftJoin(t("books").As("e2"), goqu.On(on("e2", "id", "e1", "favourite_id"))).
		LeftJoin(t("publishers").As("e3"), goqu.On(on("e3", "code", "e0", "publisher_code"))).
		Where(goqu.And(
			t("e0").Col("pages").Gte(100), t("e0").Col("title").Neq("x"),
			t("e1").Col("name").Eq("Jon"), t("e2").Col("pages").Lt(500),
			t("e3").Col("country").Eq("NZ"), t("e3").Col("name").Neq("y"),
		))
}
