package sql_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/corpus"
)

// built is a named query made by hand.
type built struct {
	name string
	b    *qb.Builder
}

// M is short for an operator map.
type M = qb.M

// builders are queries that show what the builder can do.
func builders(reg *mapper.Registry) []built {
	author := func() *qb.Builder { return qb.New(reg, "Author", "a").Select("id", "name") }
	book := func() *qb.Builder { return qb.New(reg, "Book", "b").Select("id") }
	perAuthor := qb.New(reg, "Book", "b").Select(qb.Count())
	return slices.Concat([]built{
		{"all columns", qb.New(reg, "Tag", "")},
		{"where", author().Where(M{"name": "Jon"}).AndWhere(M{"age >=": 18}).OrWhere("a.email = ?", "x@y.z")},
		{"raw with question mark", author().Where("a.name = '?' and a.age > ?", 3)},
		{"typed", author().Where(conditions.And(conditions.Eq("active", true), conditions.In("id", 1, 2)))},
		{"automatic joins", book().Where(M{"author.name": "Jon"}).OrderBy("author.name", "publisher.name desc nulls last", "-id")},
		{"join", author().Join("books", "b").Where(M{"b.title": "x"}).OrderBy("b.title", "a.id")},
		{"left join with condition", author().LeftJoin("a.books", "b", M{"pages >": 100}).Where(M{"b.id": nil})},
		{"left join of many-to-many", book().LeftJoin("tags", "t").Where(M{"t.name": nil})},
		{"inner join of many-to-many", book().InnerJoin("b.tags", "t", M{"name:like": "a%"})},
		{"chained joins", author().Join("books", "b").LeftJoin("b.publisher", "p").Where(M{"p.country": nil})},
		{"join of to-one", book().Join("author", "w").Where(M{"w.books.title": "x"})},
		{"join and select", author().JoinAndSelect("books", "b").OrderBy("a.id", "b.id")},
		{"join and select, a page", author().LeftJoinAndSelect("books", "b").OrderBy("-b.pages nulls last", "name").Limit(3).Offset(1)},
		{"join and select, a page of left joins that decide nothing", author().LeftJoinAndSelect("books", "b").Where(M{"age >": 3}).OrderBy("name").Limit(3)},
		{"join and select, a page by the joined rows", author().JoinAndSelect("books", "b").Where(M{"b.pages >": 100, "active": true}).OrderBy("name").Limit(3)},
		{"roots of a join, a page", qb.New(reg, "Tag", "t").Join("books", "b").Where(M{"b.pages >": 100}).Limit(2)},
		{"columns of a join, a page", qb.New(reg, "Tag", "t").Select("name", "b.title").Join("books", "b").OrderBy("b.title").Limit(2)},
		{"left join without a row", author().LeftJoin("books", "b").Where(M{"$or": []any{M{"b": nil}, M{"b.tags": M{"$none": M{}}}, M{"b.publisher.country": nil}, M{"$not": M{"b.pages": 3}}}})},
		{"left join without a row of composite key", qb.New(reg, "Order", "o").Select("id").LeftJoin("lines", "l").Where(M{"$or": []any{M{"l": nil}, M{"l:ne": []any{1, 2}}, M{"l:exists": false}}})},
		{"join entity", author().JoinEntity("Tag", "t", M{"name": conditions.Col("a.name")})},
		{"distinct", qb.New(reg, "Book", "b").Select("author").Distinct()},
		{"count", book().Where(M{"tags.name": "a"}).Count()},
		{"count of a join", author().Join("books", "b").Count()},
		{"count of groups", qb.New(reg, "Book", "b").Select("author").GroupBy("author").Count()},
		{"count of distinct", qb.New(reg, "Book", "b").Select("author").Distinct().Count()},
		{"group", qb.New(reg, "Book", "b").Select("author", qb.Count().As("n"), qb.Avg("pages").As("mean"), qb.CountDistinct("publisher").As("p")).
			GroupBy("author").Having("count(*) > ?", 0).OrderBy("author")},
		{"sum, min, max", qb.New(reg, "Book", "b").Select(qb.Sum("pages"), qb.Min("title"), qb.Max("title").As("last"))},
		{"sub-query as a column", author().AddSelect(qb.Sub(perAuthor.Within(author()).Where(M{"author": conditions.Col("a.id")})).As("books"))},
		{"in sub-query", author().Where(M{"id:in": qb.New(reg, "Book", "b").Select("author").Where(M{"pages >": 1})})},
		{"not in sub-query", author().Where(M{"id:nin": qb.New(reg, "Book", "b").Select("author").Where(M{"pages >": 1})})},
		{"scalar sub-query", author().Where(M{"age": qb.New(reg, "Author", "x").Select(qb.Max("age"))})},
		{"cte", author().With("old", qb.New(reg, "Author", "o").Where(M{"age >": 17})).FromCTE("old").Where(M{"name:ne": "x"})},
		{"join of a cte", author().With("long", qb.New(reg, "Book", "l").Where(M{"pages >": 17})).
			JoinCTE("long", "Book", "l", M{"author": conditions.Col("a.id")}).Select("a.id", "l.title")},
		{"recursive cte", chiefs(reg)},
		{"from a sub-query", author().From(qb.New(reg, "Author", "x").Where(M{"active": true}).OrderBy("id").Limit(5))},
		{"join of a sub-query", author().JoinQuery(qb.New(reg, "Book", "").Where(M{"pages >": 1}), "l", M{"author": conditions.Col("a.id")}).Select("a.id", "l.title")},
		{"union", qb.New(reg, "Author", "").Select("name").Union(qb.New(reg, "Tag", "").Select("name"))},
		{"union all", qb.New(reg, "Author", "").Select("name").UnionAll(qb.New(reg, "Tag", "").Select("name"))},
		{"union, ordered", qb.New(reg, "Author", "a").Select("name", "id").Union(qb.New(reg, "Tag", "").Select("name", "id")).OrderBy("-name nulls last", "a.id").Limit(3).Offset(1)},
		{"union of groups, ordered", qb.New(reg, "Book", "b").Select("author", qb.Count().As("n")).GroupBy("author").UnionAll(qb.New(reg, "Author", "").Select("id", qb.Count()).GroupBy("id")).OrderBy("-n", "author")},
		{"union, ordered by what it does not read", qb.New(reg, "Author", "").Select("name").Union(qb.New(reg, "Tag", "").Select("name")).OrderBy("id")},
		{"columns of a joined sub-query", author().Select("a.name", "s.total").LeftJoinQuery(qb.New(reg, "Book", "x").Select("author", qb.Sum("pages").As("total")).GroupBy("author"), "s", M{"author": conditions.Col("a.id")}).
			Where(M{"$or": []any{M{"s.total >": 3}, M{"s.total": nil}}}).OrderBy("-s.total nulls last", "id")},
		{"columns of a joined table expression", author().With("sums", qb.New(reg, "Book", "x").Select("author", qb.Sum("pages").As("total")).GroupBy("author")).
			JoinCTE("sums", "Book", "s", M{"author": conditions.Col("a.id")}).Select("a.name", "s.total").OrderBy("s.total", "a.id")},
		{"windows", author().AddSelect(qb.RowNumber(qb.Window{PartitionBy: []string{"active"}, OrderBy: []any{"-age nulls last", "id"}}).As("place"),
			qb.Sum("rating").Over(qb.Window{PartitionBy: []string{"active"}}).As("all"), qb.Count().Over(qb.Window{})).OrderBy("-place", "id")},
		{"window of one row and another", author().AddSelect(qb.Lag("age", 1, qb.Window{OrderBy: []any{"id"}}).As("before"), qb.Lead("name", 2, qb.Window{OrderBy: []any{"id"}}), qb.FirstValue("name", qb.Window{OrderBy: []any{"id"}})).OrderBy("id")},
		{"case", author().AddSelect(qb.Case().When(M{"age >=": 18, "books.title:like": "W%"}, "grown").When(M{"age": nil}, "unknown").Else("young").As("sort"),
			qb.Case().When(M{"active": true}, conditions.Col("rating")).Else(0).As("n"), qb.Case().When(conditions.Raw("a.age > ?", 3), 1.5)).OrderBy("sort desc", "id")},
		{"SQL with a name", author().AddSelect(qb.SQL("upper(a.name)").As("loud")).OrderBy("loud", "id")},
		{"page", author().OrderBy("name").Limit(2).Offset(1)},
		{"offset alone", author().OrderBy("name").Offset(1)},
		{"limit without order", author().Limit(2)},
		{"no key after a unique order", author().OrderBy("email").Limit(2)},
		{"key in", author().Where(M{"books.tags.name": "a"}).KeyIn()},
		{"key in, composite", qb.New(reg, "OrderLine", "").Select("quantity").Where(M{"order.customer.orders.lines": M{"$some": M{"quantity >": 1}}}).KeyIn()},
		{"nulls lowest", author().OrderBy("age", "-bornAt").NullsLowest()},
		{"order by to-many", author().OrderBy("books.title", "-books.tags.name")},
		{"raw order", author().OrderBy(conditions.Raw("lower(a.name)"), "id")},
		{"window function", author().AddSelect(conditions.Raw("row_number() over (order by a.name, a.id)")).OrderBy("id")},
		{"comment", author().Comment("nightly */ drop table x; /* report?")},
	}, groups(reg), dialectBound(reg), writes(reg))
}

// chiefs walks up from an employee by a recursive common table expression.
func chiefs(reg *mapper.Registry) *qb.Builder {
	start := qb.New(reg, "Employee", "s").Select("id", "name", "salary", "manager").Where(M{"id": 3})
	up := qb.New(reg, "Employee", "u").Select("id", "name", "salary", "manager").JoinCTE("chain", "Employee", "c", M{"manager": conditions.Col("u.id")})
	return qb.New(reg, "Employee", "e").Select("id", "name").WithRecursive("chain", start.Union(up)).FromCTE("chain").OrderBy("id")
}

// dialectBound are queries that not every engine can run.
func dialectBound(reg *mapper.Registry) []built {
	author := func() *qb.Builder { return qb.New(reg, "Author", "a").Select("id", "name") }
	latest := qb.New(reg, "Book", "b").Within(author()).Where(M{"author": conditions.Col("a.id")}).OrderBy("-pages").Limit(1)
	return []built{
		{"use index", author().UseIndex("by_name").Where(M{"books.title": "x"}).OrderBy("name").Limit(3)},
		{"use one of several indexes", author().UseIndex("by_name", "by_age")},
		{"distinct on", author().DistinctOn("name").OrderBy("name", "-age")},
		{"lateral", author().LeftJoinLateral(latest, "l").Select("a.id", "l.title")},
		{"for update", author().Where(M{"favourite.title": "x"}).Lock(qb.Lock{Mode: qb.LockUpdate})},
		{"for share", author().Lock(qb.Lock{Mode: qb.LockShare})},
		{"skip locked", author().Lock(qb.Lock{Mode: qb.LockUpdate, SkipLocked: true}).Limit(1)},
		{"nowait", author().Lock(qb.Lock{Mode: qb.LockUpdate, NoWait: true})},
	}
}

func writes(reg *mapper.Registry) []built {
	tag := func() *qb.Builder { return qb.New(reg, "Tag", "") }
	return []built{
		{"update", qb.New(reg, "Author", "").Update(M{"name": "x", "age": nil}).Where(M{"id >": 100})},
		{"update by SQL", qb.New(reg, "Author", "").Update(M{"rating": conditions.Raw("rating + ?", 1)}).Where(M{"id >": 100})},
		{"update of a reference", qb.New(reg, "Book", "").Update(M{"publisher": "k1"}).Where(M{"id": []int{101, 102}})},
		{"update through a relation", qb.New(reg, "Book", "").Update(M{"pages": 1}).Where(M{"author.name": "nobody"})},
		{"update through itself", qb.New(reg, "Employee", "").Update(M{"salary": 1}).Where(M{"reports.name": "nobody"})},
		{"update with an alias", qb.New(reg, "Author", "a").Update(M{"name": "x"}).Where("a.id > ?", 100)},
		{"update with an alias, by its own columns", qb.New(reg, "Author", "a").Update(M{"name": "x"}).Where(M{"a.id >": 100, "name:ne": "y", "favourite": nil})},
		{"update with an alias, through a relation", qb.New(reg, "Author", "a").Update(M{"name": "x"}).Where(M{"id >": 100, "books:none": M{"title": conditions.Col("a.name")}})},
		{"update by keys of text", qb.New(reg, "Publisher", "p").Update(M{"country": "NO"}).Where(M{"code": []string{"k101", "k102"}, "name:ne": "x"})},
		{"update by keys that may be none", qb.New(reg, "Book", "").Update(M{"pages": 1}).Where(M{"publisher": []any{"k101", nil}, "id": []int{101}})},
		{"update of all", qb.New(reg, "Author", "").Update(M{"active": true}).AllowAll()},
		{"update of nothing said", qb.New(reg, "Author", "").Update(M{"active": true})},
		{"delete", tag().Delete().Where(M{"name": "nobody"})},
		{"delete through a relation", tag().Delete().Where(M{"books.title": "nobody", "books.author.name": "nobody"})},
		{"delete by composite key", qb.New(reg, "OrderLine", "").Delete().Where([]any{[]any{100, 1}, []any{100, 2}})},
		{"delete through a composite relation", qb.New(reg, "OrderLine", "").Delete().Where(M{"order.customer.name": "nobody"})},
		{"delete where there is a target", qb.New(reg, "Book", "").Delete().Where(M{"publisher": M{"$and": []any{}}})},
		{"insert", tag().Insert(M{"id": 101, "name": "new"})},
		{"insert of rows", tag().Insert(M{"id": 102, "name": "n2"}, M{"id": 103, "name": "n3"})},
		{"insert and return", tag().Insert(M{"id": 104, "name": "n4"}).Returning("name")},
		{"insert with embedded values", qb.New(reg, "Customer", "").Insert(M{
			"id": "0190163d-8694-739b-aea5-966c26f8ad91", "name": "Ann", "home": M{"street": "s", "city": "c", "zip": nil},
			"labels": []string{"a", `b"c`}, "meta": M{"k": 1}, "joinedAt": "2024-05-06T07:08:09.123456Z",
		})},
		{"insert from a query", tag().InsertFrom(qb.New(reg, "Author", "a").Select("id", "email").Where(M{"id >": 100, "name": "x"}), "id", "name")},
		{"insert from a query, more columns", tag().InsertFrom(qb.New(reg, "Author", "a").Select("id", "email", "name"), "id", "name")},
		{"update and return", tag().Update(M{"name": "x"}).Where(M{"id": 100}).Returning("id", "name")},
		{"delete and return", tag().Delete().Where(M{"id": []int{100, 101}, "books.title": "nobody"}).Returning("name")},
		{"upsert", tag().Upsert(M{"id": 105, "name": "n5"})},
		{"upsert on a property", tag().Upsert(M{"id": 106, "name": "n6"}).OnConflict("name").Merge("name")},
		{"ignore", tag().Insert(M{"id": 107, "name": "n7"}).OnConflict("name").Ignore()},
		{"upsert where", tag().Upsert(M{"id": 109, "name": "n9"}, M{"id": 110, "name": "n?"}).Where(M{"name:ne": "kept '?'", "books:none": M{"pages >": 3}})},
		{"upsert where, in SQL", tag().Upsert(M{"id": 111, "name": "n"}).OnConflict("name").Where("tags.id < excluded.id")},
		{"insert where", tag().Insert(M{"id": 112, "name": "n"}).Where(M{"id": 1})},
		{"update with a step for reads", tag().Update(M{"name": "x"}).Where(M{"id": 1}).OrderBy("name")},
		{"comments on writes", tag().Delete().Where(M{"name": "nobody"}).Comment("clean up")},
		{"comment on an insert", tag().Insert(M{"id": 113, "name": "c"}).Comment("nightly")},
		{"truncate", qb.New(reg, "Profile", "").Truncate()},
	}
}

// TestBuilder compares what builders make with a golden file.
func TestBuilder(t *testing.T) {
	var out strings.Builder
	for _, c := range builders(registry(t)) {
		fmt.Fprintf(&out, "== %s\n", c.name)
		for _, d := range sql.Dialects() {
			text, args, err := c.b.ToSQL(d)
			if err != nil {
				fmt.Fprintf(&out, "%-9s error: %v\n", d.Name(), err)
				continue
			}
			fmt.Fprintf(&out, "%-9s %s\n", d.Name(), text)
			if len(args) > 0 {
				fmt.Fprintf(&out, "          %s\n", corpus.Parameters(args))
			}
		}
		out.WriteByte('\n')
	}
	golden.Check(t, "builder.golden", out.String())
}

// needsKeys are statements that run only where the unique keys of the model and
// some indexes exist, which the tables of these tests lack.
var needsKeys = []string{"use index", "use one of several indexes", "upsert where", "upsert where, in SQL", "upsert", "upsert on a property", "ignore"}

// TestBuilderRuns runs what builders make on every engine; reads agree.
func TestBuilderRuns(t *testing.T) {
	reg := registry(t)
	list := engines(t, reg)
	for _, c := range builders(reg) {
		if slices.Contains(needsKeys, c.name) {
			continue
		}
		var want []string
		for i, e := range list {
			text, args, err := c.b.ToSQL(e.dialect)
			if err != nil {
				continue // the golden file has the reason
			}
			got, err := e.rows(text, args)
			if err != nil {
				t.Errorf("%s: %s: %v", c.name, e.dialect.Name(), err)
				continue
			}
			slices.Sort(got)
			if i == 0 {
				want = got
			} else if want != nil && !slices.Equal(got, want) && !strings.Contains(c.name, "sum") && c.name != "group" {
				t.Errorf("%s:\n%s gives %v\nsqlite gives %v", c.name, e.dialect.Name(), got, want)
			}
		}
	}
}
