package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// M is short for an operator map.
type M = orm.M

// built are steps of the query builder over the shelf, and the engines that refuse
// them. Rows print their columns one after another.
var built = []struct {
	name, want string
	refused    string
	query      func(em *orm.EntityManager) qb.Source
}{
	{"select, order, limit, offset", "Waves; Winter", "", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("title").OrderBy("title").Limit(2).Offset(1)
	}},
	{"add select", "Walls 100", "", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("title").AddSelect("pages").Where(M{"author.name": "Bob"})
	}},
	{"distinct", "100; 200; 300", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("pages").Distinct().OrderBy("pages")
	}},
	{"distinct on", "Walls 100; Winter 200; Woods 300", "sqlite mysql mariadb mongo memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("title", "pages").DistinctOn("pages").OrderBy("pages", "title")
	}},
	{"count", "3", "", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Where(M{"author.name": "Ann"}).Builder.Count()
	}},
	{"join with a condition", "Ann Winter; Ann Woods", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "a").Select("a.name", "b.title").Join("books", "b", M{"pages >": 100}).OrderBy("b.title")
	}},
	{"left join", "Ann Woods; Bob <nil>", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "a").Select("a.name", "b.title").LeftJoin("books", "b", M{"pages >": 200}).OrderBy("a.name")
	}},
	{"join of a sub-query", "Ann Woods", "memory", func(em *orm.EntityManager) qb.Source {
		long := orm.QB[model.Book](em, "").Where(M{"pages >": 200})
		return orm.QB[model.Author](em, "a").Select("a.name", "l.title").JoinQuery(long, "l", M{"author": conditions.Col("a.id")})
	}},
	{"lateral join", "Ann Woods; Bob Walls", "sqlite mariadb memory", func(em *orm.EntityManager) qb.Source {
		longest := orm.QB[model.Book](em, "x").Within(orm.QB[model.Author](em, "a")).Where(M{"author": conditions.Col("a.id")}).OrderBy("-pages").Limit(1)
		return orm.QB[model.Author](em, "a").Select("a.name", "l.title").JoinLateral(longest, "l").OrderBy("a.name")
	}},
	{"automatic joins", "Walls Bob", "", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("title", "author.name").Where(M{"publisher.name": "Press"}).OrderBy("-author.name").Limit(1)
	}},
	{"where, and, or", "Walls; Woods", "", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("title").Where(M{"pages": 100}).AndWhere(conditions.Eq("author.name", "Bob")).OrWhere(M{"pages": 300}).OrderBy("title")
	}},
	{"where in SQL", "Winter", "mongo memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("title").Where("b.pages > ? and b.pages < ?", 100, 300)
	}},
	{"sub-query in a list", "Ann", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "a").Select("name").Where(M{"id:in": orm.QB[model.Book](em, "b").Select("author").Where(M{"pages >": 200})})
	}},
	{"sub-query that exists", "Ann", "memory", func(em *orm.EntityManager) qb.Source {
		long := orm.QB[model.Book](em, "b").Within(orm.QB[model.Author](em, "a")).Select("id").Where(M{"author": conditions.Col("a.id"), "pages >": 200})
		return orm.QB[model.Author](em, "a").Select("name").Where(M{"$exists": long})
	}},
	{"scalar sub-queries", "Woods 4", "memory", func(em *orm.EntityManager) qb.Source {
		all := orm.QB[model.Book](em, "x").Select(qb.Count())
		return orm.QB[model.Book](em, "b").Select("title", qb.Sub(all).As("n")).Where(M{"pages": orm.QB[model.Book](em, "m").Select(qb.Max("pages"))})
	}},
	{"from a sub-query", "Woods", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("title").From(orm.QB[model.Book](em, "x").OrderBy("-pages").Limit(1))
	}},
	{"common table expression", "Winter; Woods", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("title").With("long", orm.QB[model.Book](em, "x").Where(M{"pages >": 100})).FromCTE("long").OrderBy("title")
	}},
	{"union", "Ann; Bob; sea; snow; sun", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "").Select("name").Union(orm.QB[model.Tag](em, "").Select("name")).Union(orm.QB[model.Tag](em, "").Select("name"))
	}},
	{"union all", "Ann; Ann; Bob; Bob", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "").Select("name").UnionAll(orm.QB[model.Author](em, "").Select("name"))
	}},
	{"case", "Walls short; Waves short; Winter none; Woods long", "memory", func(em *orm.EntityManager) qb.Source {
		size := qb.Case().When(M{"pages >": 200}, "long").When(M{"tags:none": M{"name": "sea"}, "pages >=": 200}, "none").Else("short")
		return orm.QB[model.Book](em, "b").Select("title", size.As("size")).OrderBy("title")
	}},
	{"case by which rows are sorted", "Winter 9; Walls 100; Waves <nil>; Woods <nil>", "memory", func(em *orm.EntityManager) qb.Source {
		x := qb.Case().When(M{"title:like": "%er"}, 9).When(M{"author.name": "Bob"}, conditions.Col("pages"))
		return orm.QB[model.Book](em, "b").Select("title", x.As("x")).OrderBy("x nulls last", "title")
	}},
	{"case with literal signs", "Walls $title; Waves <nil>; Winter <nil>; Woods <nil>", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("title", qb.Case().When(M{"title:nin": []string{"Waves", "$title", "Winter", "Woods"}}, "$title").As("x")).OrderBy("title")
	}},
	{"distinct cases", "100 1; 200 0; 300 0", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("pages", qb.Case().When(M{"pages": 100}, 1).Else(0).As("x")).Distinct().OrderBy("pages")
	}},
	{"rankings", "Walls 1 1 1; Waves 2 1 1; Winter 3 3 2; Woods 4 4 3", "memory", func(em *orm.EntityManager) qb.Source {
		w := qb.Window{OrderBy: []any{"pages"}}
		return orm.QB[model.Book](em, "b").Select("title", qb.RowNumber(qb.Window{OrderBy: []any{"pages", "title"}}).As("n"), qb.Rank(w).As("r"), qb.DenseRank(w).As("d")).OrderBy("n")
	}},
	{"rankings in a mixed order", "Walls 1 1; Waves 2 2; Winter 1 1; Woods 1 1", "memory", func(em *orm.EntityManager) qb.Source {
		w := qb.Window{PartitionBy: []string{"pages"}, OrderBy: []any{"-author.name", "pages"}}
		return orm.QB[model.Book](em, "b").Select("title", qb.Rank(w).As("r"), qb.DenseRank(w).As("d")).OrderBy("title")
	}},
	{"neighbours", "Walls <nil> <nil> Walls; Waves <nil> Winter Waves; Winter 100 Woods Waves; Woods 200 <nil> Waves", "memory", func(em *orm.EntityManager) qb.Source {
		w := qb.Window{PartitionBy: []string{"author"}, OrderBy: []any{"pages"}}
		return orm.QB[model.Book](em, "b").Select("title", qb.Lag("pages", 1, w).As("lag"), qb.Lead("title", 1, w).As("lead"), qb.FirstValue("title", w).As("first")).OrderBy("title")
	}},
	{"aggregates up to a row and its equals", "Walls 200 2; Waves 200 2; Winter 400 3; Woods 700 4", "memory", func(em *orm.EntityManager) qb.Source {
		w := qb.Window{OrderBy: []any{"pages"}}
		return orm.QB[model.Book](em, "b").Select("title", qb.Sum("pages").Over(w).As("sum"), qb.Count().Over(w).As("n")).OrderBy("title")
	}},
	{"aggregates of partitions, behind a condition and before a page", "Winter 500 2; Woods 500 2", "memory", func(em *orm.EntityManager) qb.Source {
		w := qb.Window{PartitionBy: []string{"author.name"}}
		return orm.QB[model.Book](em, "b").Select("title", qb.Sum("pages").Over(w).As("sum"), qb.Count("publisher").Over(w).As("n")).Where(M{"pages >": 100}).OrderBy("-sum", "title").Limit(2)
	}},
	{"windows of joined rows", "Ann 1; Ann 2; Bob 1", "memory", func(em *orm.EntityManager) qb.Source {
		w := qb.Window{PartitionBy: []string{"a.id"}, OrderBy: []any{"b.title"}}
		return orm.QB[model.Author](em, "a").LeftJoin("books", "b").Select("a.name", qb.RowNumber(w).As("n")).Where(M{"b.title:ne": "Waves"}).OrderBy("a.name", "n")
	}},
	{"ordered union with a page", "Bob; sea", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "").Select("name").UnionAll(orm.QB[model.Tag](em, "").Select("name").Where(M{"name:ne": "sun"})).OrderBy("name").Limit(2).Offset(1)
	}},
	{"union of a page, of groups and of nothing", "Ann 3; Bob 1; sea 1; snow 2", "memory", func(em *orm.EntityManager) qb.Source {
		groups := orm.QB[model.Book](em, "b").Select("author.name", qb.Count()).GroupBy("author.name")
		none := orm.QB[model.Tag](em, "").Select("name", "id").Limit(0)
		return groups.UnionAll(none).Union(orm.QB[model.Tag](em, "").Select("name", "id").Where(M{"name:in": []string{"sea", "snow", "sun"}}).OrderBy("name").Limit(2)).OrderBy("author.name")
	}},
	{"join of groups", "Ann 3; Bob 1", "memory", func(em *orm.EntityManager) qb.Source {
		per := orm.QB[model.Book](em, "").Select("author", qb.Count().As("n")).GroupBy("author")
		return orm.QB[model.Author](em, "a").Select("a.name", "s.n").JoinQuery(per, "s", M{"author": conditions.Col("a.id")}).OrderBy("-s.n")
	}},
	{"left join of a sub-query by an inequality", "Ann Woods; Bob <nil>", "memory", func(em *orm.EntityManager) qb.Source {
		long := orm.QB[model.Book](em, "").Where(M{"pages >": 200})
		return orm.QB[model.Author](em, "a").Select("a.name", "l.title").LeftJoinQuery(long, "l", M{"author": conditions.Col("a.id"), "pages >": 1}).OrderBy("a.name")
	}},
	{"join of an entity", "Ann Woods; Bob Walls", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "a").Select("a.name", "o.title").JoinEntity("Book", "o", M{"author": conditions.Col("a.id"), "$or": []M{{"pages": 300}, {"title": "Walls"}}}).OrderBy("a.name")
	}},
	{"not in a sub-query with nothing in it", "Ann; Bob", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "a").Select("name").Where(M{"id:nin": orm.QB[model.Book](em, "b").Select("author").Where(M{"pages >": 2000})})
	}},
	{"not in a sub-query", "Bob", "memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "a").Select("name").Where(M{"id:nin": orm.QB[model.Book](em, "b").Select("author").Where(M{"pages >": 200})})
	}},
	{"count of the rows around", "Ann 3; Bob 1", "memory", func(em *orm.EntityManager) qb.Source {
		own := orm.QB[model.Book](em, "x").Within(orm.QB[model.Author](em, "a")).Where(M{"author": conditions.Col("a.id")})
		return orm.QB[model.Author](em, "a").Select("name", qb.Sub(own.Select(qb.Count())).As("n")).OrderBy("name")
	}},
	{"longest of all, twice nested", "Woods", "memory", func(em *orm.EntityManager) qb.Source {
		longer := orm.QB[model.Book](em, "y").Within(orm.QB[model.Book](em, "b")).Select("id").Where(M{"pages >": conditions.Col("b.pages")})
		return orm.QB[model.Book](em, "b").Select("title").Where(M{"$not": M{"$exists": longer}})
	}},
	{"window function", "Walls 1; Waves 2; Winter 3; Woods 4", "mongo memory", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Book](em, "b").Select("title", conditions.Raw("row_number() over (order by b.title)")).OrderBy("title")
	}},
	{"comment", "Ann", "", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "a").Select("name").Where(M{"name": "Ann"}).Comment("who asks?")
	}},
	{"key in", "Ann", "", func(em *orm.EntityManager) qb.Source {
		return orm.QB[model.Author](em, "a").Select("name").Where(M{"books.title": "Woods"}).KeyIn()
	}},
}

func TestBuilder(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		for _, c := range built {
			em := e.db.Fork()
			q := c.query(em)
			got, err := cells(t.Context(), em, q)
			if refused := slices.Contains(strings.Fields(c.refused), e.caps.Name); refused != errors.Is(err, driver.ErrUnsupported) || !refused && err != nil {
				t.Errorf("%s: error %v, refused %t", c.name, err, refused)
				continue
			}
			if err == nil && got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
			if again, err2 := cells(t.Context(), em, q.Untyped().Clone()); again != got || (err == nil) != (err2 == nil) {
				t.Errorf("%s: a second run gives %s %v", c.name, again, err2)
			}
		}
	})
}

// cells runs a query and prints its rows; those without an order are sorted.
func cells(ctx context.Context, em *orm.EntityManager, q qb.Source) (string, error) {
	query, _, err := q.Untyped().Query()
	if err != nil {
		return "", err
	}
	rows, err := orm.Result[map[string]any](ctx, em, q)
	var lines []string
	for _, r := range rows {
		var line []string
		for _, c := range query.(*qb.Select).Columns() {
			line = append(line, fmt.Sprint(r[c.Name]))
		}
		lines = append(lines, strings.Join(line, " "))
	}
	if len(query.(*qb.Select).OrderBy) == 0 {
		slices.Sort(lines)
	}
	return strings.Join(lines, "; "), err
}

// TestBuilderWrites runs bulk writes and upserts, each on a shelf of its own engine.
func TestBuilderWrites(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		em := e.db.Fork()
		exec := func(name string, q qb.Source, want int64, refused ...string) bool {
			t.Helper()
			n, err := orm.Exec(t.Context(), em, q)
			if slices.Contains(refused, e.caps.Name) {
				if !errors.Is(err, driver.ErrUnsupported) {
					t.Errorf("%s: error %v", name, err)
				}
				return false
			}
			if err != nil || want >= 0 && n != want {
				t.Errorf("%s: %d rows, %v, want %d", name, n, err, want)
			}
			return err == nil
		}
		country := func(code string) string {
			p, err := orm.FindOne[model.Publisher](t.Context(), e.db.Fork(), M{"code": code})
			if err != nil || p == nil {
				return fmt.Sprint(err)
			}
			if p.Country == nil {
				return p.Name + " -"
			}
			return p.Name + " " + *p.Country
		}
		expect := func(code, want string) {
			t.Helper()
			if got := country(code); got != want {
				t.Errorf("%s is %s, want %s", code, got, want)
			}
		}
		publisher := orm.QB[model.Publisher](em, "")
		exec("insert", publisher.Insert(M{"code": "x", "name": "X", "country": nil}, M{"code": "y", "name": "Y", "country": "NZ"}), 2)
		exec("upsert", publisher.Upsert(M{"code": "x", "name": "X2", "country": "UK"}), -1)
		expect("x", "X2 UK")
		exec("merge of one property", publisher.Upsert(M{"code": "x", "name": "X3", "country": "DE"}).Merge("name"), -1)
		expect("x", "X3 UK")
		exec("ignore", publisher.Insert(M{"code": "x", "name": "no", "country": nil}).OnConflict("code").Ignore(), -1)
		expect("x", "X3 UK")
		if exec("upsert where", publisher.Upsert(M{"code": "x", "name": "X4", "country": "FR"}, M{"code": "y", "name": "Y4", "country": "FR"}).
			Where(M{"country:in": []string{"NZ", "'"}, "name": "Y"}), -1, "mysql", "mariadb", "mongo", "memory") {
			expect("x", "X3 UK")
			expect("y", "Y4 FR")
		}
		exec("update", publisher.Update(M{"name": "Z"}).Where(M{"code": []string{"x", "y"}}), 2)
		exec("update through a relation", orm.QB[model.Book](em, "").Update(M{"pages": 7}).Where(M{"author.name": "Bob"}), 1)
		exec("delete", publisher.Delete().Where(M{"code": "y"}), 1)
		if _, err := orm.Exec(t.Context(), em, publisher.Delete()); !errors.Is(err, qb.ErrEmptyCondition) {
			t.Errorf("a delete of all: %v", err)
		}
		exec("truncate", orm.QB[model.Profile](em, "").Truncate(), -1)
	})
}

// Shelved is found by an index.
type Shelved struct {
	ID    int64
	Place string `orm:",index"`
}

func TestBuilderUsesIndexes(t *testing.T) {
	engines(t, []any{Shelved{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&Shelved{Place: "a"}, &Shelved{Place: "b"})
		ok(t, em.Flush(t.Context()))
		q := orm.QB[Shelved](em, "s").Select("id").Where(M{"place": "b"})
		q = q.UseIndex(q.Entity().Indexes[0].Name)
		got, err := orm.Result[int64](t.Context(), em, q)
		if slices.Contains([]string{"postgres", "memory"}, e.caps.Name) {
			if !errors.Is(err, driver.ErrUnsupported) {
				t.Errorf("error %v", err)
			}
			return
		}
		if err != nil || fmt.Sprint(got) != "[2]" {
			t.Errorf("got %v %v", got, err)
		}
	})
}
