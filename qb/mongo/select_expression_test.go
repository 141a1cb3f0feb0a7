package mongo_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/qb"
)

// titled is a query with what it shows.
type titled struct {
	title string
	query *qb.Builder
}

// checkQueries compares what queries compile to with a golden file.
func checkQueries(t *testing.T, file string, list []titled) {
	t.Helper()
	var b strings.Builder
	for _, c := range list {
		q, args, err := c.query.Query()
		if err != nil {
			t.Errorf("%s: %v", c.title, err)
			continue
		}
		b.WriteString("## " + c.title + "\n" + text(q, args) + "\n\n")
	}
	golden.Check(t, file, b.String())
}

// TestComputed shows cases and windows.
func TestComputed(t *testing.T) {
	book := func() *qb.Builder { return qb.New(registry(), "Book", "b").Select("title") }
	w := qb.Window{PartitionBy: []string{"author", "publisher.country"}, OrderBy: []any{"-pages", "title"}}
	whole := qb.Window{PartitionBy: []string{"author"}}
	checkQueries(t, "computed.golden", []titled{
		{"case", book().AddSelect(qb.Case().When(M{"pages >=": 300, "title:ne": "$x"}, "long").When(M{"pages": nil}, "unknown").Else("short").As("size")).OrderBy("size", "id").Limit(3)},
		{"case of values and properties", book().AddSelect(qb.Case().When(M{"title:in": []any{"a", nil}}, conditions.Col("pages")).When(M{"title:like": "W%"}, 1))},
		{"case through relations", book().AddSelect(qb.Case().When(M{"author.name": "Ann", "tags.name": "sea"}, true).Else(false).As("known"))},
		{"case of keys in arrays, and of none", book().AddSelect(qb.Case().When(M{"tags:size": 2}, "two").When(M{"$or": []M{}}, "never").When(M{"tags:none": M{"id": 3}}, "without").As("x"))},
		{"case of distinct rows, in an order", book().Select(qb.Case().When(M{"pages >": 100}, "long").As("size")).Distinct().OrderBy("-size")},
		{"case with SQL", book().AddSelect(qb.Case().When(conditions.Raw("1 = 1"), 1))},
		{"rankings", book().AddSelect(qb.RowNumber(w).As("n"), qb.Rank(w).As("r"), qb.DenseRank(w).As("d"))},
		{"neighbours", book().AddSelect(qb.Lag("pages", 1, w).As("before"), qb.Lead("title", 2, w).As("after"), qb.FirstValue("title", w).As("first")).OrderBy("-before", "id").Limit(2)},
		{"aggregates of a partition", book().AddSelect(qb.Count().Over(whole), qb.Count("isbn").Over(whole), qb.Sum("pages").Over(whole), qb.Avg("pages").Over(qb.Window{}), qb.Max("title").Over(whole))},
		{"aggregates up to a row", book().AddSelect(qb.Sum("pages").Over(w).As("sum"), qb.Count().Over(qb.Window{OrderBy: []any{"pages nulls last"}}).As("n"))},
		{"of joined rows", qb.New(registry(), "Author", "a").LeftJoin("books", "b").Select("name", qb.RowNumber(qb.Window{PartitionBy: []string{"a.id"}, OrderBy: []any{"b.title"}}).As("n")).Where(M{"b.pages >": 1})},
		{"beside groups", book().Select("author", qb.Count()).AddSelect(qb.Rank(w)).GroupBy("author")},
	})
}

// TestNested shows queries within queries.
func TestNested(t *testing.T) {
	book := func(alias string) *qb.Builder { return qb.New(registry(), "Book", alias) }
	author := func() *qb.Builder { return qb.New(registry(), "Author", "a").Select("name") }
	long := book("x").Where(M{"pages >": 200})
	own := book("x").Within(author()).Where(M{"author": conditions.Col("a.id")})
	perAuthor := book("").Select("author", qb.Count().As("n"), qb.Sum("pages").As("total")).GroupBy("author")
	checkQueries(t, "nested.golden", []titled{
		{"union", author().Union(qb.New(registry(), "Tag", "").Select("name").Where(M{"id >": 1}).Limit(2)).UnionAll(author()).OrderBy("-name nulls last").Limit(3).Offset(1)},
		{"union of groups", perAuthor.UnionAll(qb.New(registry(), "Author", "").Select("id", qb.Count(), qb.Max("age")).GroupBy("id")).OrderBy("-n")},
		{"union of whole rows", book("b").Where(M{"pages": 1}).Union(book("c").Where(M{"pages": 2}))},
		{"union of other columns", author().Union(book("").Select("title", "pages"))},
		{"count of a union", author().Union(author()).Count()},
		{"from a sub-query", book("b").Select("title").From(long.OrderBy("-pages").Limit(2)).Where(M{"title:like": "W%"})},
		{"from no rows", book("b").Select("title").From(long.Limit(0))},
		{"from a common table expression", book("b").Select("title").With("long", long).FromCTE("long").OrderBy("title")},
		{"from a recursive one", book("b").Select("title").WithRecursive("long", long).FromCTE("long")},
		{"join of a sub-query", author().AddSelect("s.n").JoinQuery(perAuthor, "s", M{"author": conditions.Col("a.id"), "s.n >": 1}).Where(M{"s.total >": 100}).OrderBy("-s.n")},
		{"left join of whole rows", author().AddSelect("l.title").LeftJoinQuery(long, "l", M{"author": conditions.Col("a.id")})},
		{"lateral join", author().AddSelect("l.title").JoinLateral(own.OrderBy("-pages").Limit(1), "l")},
		{"join of an entity", author().AddSelect("t.name").JoinEntity("Tag", "t", M{"name": conditions.Col("a.name")})},
		{"join of a common table expression", author().With("long", long).JoinCTE("long", "Book", "l", M{"author": conditions.Col("a.id")}).AddSelect("l.title")},
		{"in a sub-query", author().Where(M{"id:in": long.Select("author")})},
		{"not in a sub-query", author().Where(M{"id:nin": long.Select("author")})},
		{"compared with a sub-query", book("b").Select("title").Where(M{"pages": book("m").Select(qb.Max("pages"))})},
		{"exists", author().Where(M{"$exists": own.Select("id").Where(M{"pages >": conditions.Col("a.age")})})},
		{"not exists, two levels deep", author().Where(M{"$not": M{"$exists": own.Select("id").Where(M{"$exists": book("y").Within(own).Select("id").Where(M{"pages >": conditions.Col("x.pages"), "title": conditions.Col("a.name")})})}})},
		{"columns", author().AddSelect(qb.Sub(own.Select(qb.Count())).As("n"), qb.Sub(own.Select("title").OrderBy("-pages").Limit(1)).As("longest"))},
		{"a relation of the row around", author().Where(M{"$exists": own.Select("id").Where(M{"title": conditions.Col("a.favourite.title")})})},
	})
}
