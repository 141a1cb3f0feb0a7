package behaviour_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// TestQueryColumns: what a joined query computes is a value like any other, in aggregates and windows too;
// what it does not read is told before an engine is asked.
func TestQueryColumns(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx := t.Context()
		if e.caps.Name == "memory" {
			t.Skip("it has no joins")
		}
		em := e.db.Fork()
		for i, name := range []string{"Ann", "Bob", "Cid"} {
			a := &model.Author{Name: name, Email: name}
			em.Persist(a)
			for j := range i {
				em.Persist(&model.Book{Title: fmt.Sprint(name, j), Pages: 10 * (j + 1), Price: 1, Author: orm.To(a)})
			}
		}
		ok(t, em.Flush(ctx))
		totals := func() qb.Source {
			return orm.QB[model.Book](em, "b").Select("author", qb.Sum("pages").As("total"), qb.Count().As("books")).GroupBy("author")
		}
		joined := func() *orm.Query[model.Author] {
			return orm.QB[model.Author](em, "a").JoinQuery(totals(), "s", M{"author": conditions.Col("a.id")})
		}
		type sums struct {
			Sum, Max int64
			N        int64
			Avg      float64
		}
		got, err := orm.Result[sums](ctx, em, joined().Select(qb.Sum("s.total").As("sum"), qb.Max("s.total").As("max"), qb.Count("s.books").As("n"), qb.Avg("s.books").As("avg")))
		if err != nil || len(got) != 1 || got[0] != (sums{40, 30, 2, 1.5}) {
			t.Errorf("aggregates: %+v, %v", got, err)
		}
		n, err := orm.Result[int64](ctx, em, joined().Select("max(s.total)").GroupBy("s.books").Having(M{"max(s.total) >": 10}))
		if err != nil || len(n) != 1 || n[0] != 30 {
			t.Errorf("groups: %v, %v", n, err)
		}
		n, err = orm.Result[int64](ctx, em, joined().Select(qb.CountDistinct("s.books")))
		if err != nil || len(n) != 1 || n[0] != 2 {
			t.Errorf("count distinct: %v, %v", n, err)
		}
		names, err := orm.Result[string](ctx, em, joined().Select("name").Where(M{"s.total >": 10}).OrderBy("-s.total"))
		if err != nil || len(names) != 1 || names[0] != "Cid" {
			t.Errorf("conditions: %v, %v", names, err)
		}
		c, stats := orm.WithStats(ctx)
		for name, x := range map[string]struct {
			q    qb.Source
			want string
		}{
			"condition":  {joined().Select("name").Where(M{"s.pages >": 1}), "Author.s.pages: unknown property (the query that its rows come from does not read it"},
			"order":      {joined().Select("name").OrderBy("s.title"), "Author.s.title: "},
			"select":     {joined().Select("name", "s.title"), "Author.s.title: "},
			"aggregate":  {joined().Select(qb.Sum("s.pages").As("n")), "Author.s.pages: "},
			"group":      {joined().Select(qb.Count()).GroupBy("s.price"), "Author.s.price: "},
			"join":       {orm.QB[model.Author](em, "a").JoinQuery(totals(), "s", M{"publisher": conditions.Col("a.name")}).Select("name"), "Author.s.publisher: "},
			"near":       {joined().Select("s.totl"), `did you mean "total"?`},
			"near where": {joined().Select("name").Where(M{"s.totl >": 1}), `did you mean "total"?`},
			"near sum":   {joined().Select(qb.Sum("s.bookz").As("n")), `did you mean "books"?`},
			"from":       {orm.QB[model.Book](em, "b").From(orm.QB[model.Book](em, "x").Select("id", "title")).Select("title", "pages"), "Book.pages: "},
			"from all":   {orm.QB[model.Book](em, "b").From(orm.QB[model.Book](em, "x").Select("id", "title")), "Book."},
			"cte":        {orm.QB[model.Author](em, "a").With("t", totals()).JoinCTE("t", "Book", "s", M{"author": conditions.Col("a.id")}).Select("name", "s.pages"), "Author.s.pages: "},
		} {
			_, err := orm.Result[map[string]any](c, em, x.q)
			if !errors.Is(err, qb.ErrUnknownProperty) || !strings.Contains(err.Error(), x.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if stats.Statements() != 0 {
			t.Errorf("%d statements were sent", stats.Statements())
		}
		names, err = orm.Result[string](ctx, em, orm.QB[model.Book](em, "b").From(orm.QB[model.Book](em, "x").Select("id", "title").Where(M{"pages >": 10})).Select("title").OrderBy("title"))
		if err != nil || len(names) != 1 {
			t.Errorf("from: %v, %v", names, err)
		}
	})
}
