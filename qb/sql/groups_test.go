package sql_test

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// groups are queries of groups with conditions on them.
func groups(reg *mapper.Registry) []built {
	book := func(columns ...any) *qb.Builder { return qb.New(reg, "Book", "b").Select(columns...) }
	perAuthor := book("author.name", qb.Count().As("n"), qb.Sum("price").As("total")).GroupBy("author.name")
	return []built{
		{"having aggregates", perAuthor.Having(M{"count(id) >": 3, "sum(price)": M{"$gte": 10}})},
		{"having columns by name", perAuthor.Having(M{"total <": 500, "n:ne": 2}).OrderBy("-total", "n")},
		{"having a list", perAuthor.Having(M{"n": []int{1, 2}, "max(pages):nin": []int{7, 8}})},
		{"having what is grouped by", perAuthor.Having(M{"author.name:like": "J%", "count(*) >": 1})},
		{"having a group of NULL", book(qb.Count()).GroupBy("publisher.country").Having(M{"publisher.country": nil})},
		{"having alternatives and negations", perAuthor.Having(M{"$or": []any{M{"n >": 9}, M{"$not": M{"total": nil}}}})},
		{"having typed expressions", perAuthor.Having(conditions.And(conditions.Gt("n", 1), conditions.In("min(title)", "a", "b")))},
		{"having two conditions", perAuthor.Having(M{"n >": 1}).Having("sum(b.pages) > ?", 10)},
		{"having aggregates compared", perAuthor.Having(M{"count(*) >": conditions.Col("count(distinct publisher)")})},
		{"having joins by itself", book("author").GroupBy("author").Having(M{"count(publisher.country) >": 0})},
		{"having over a join", qb.New(reg, "Author", "a").Select("a.id", qb.Sum("b.price").As("total")).Join("books", "b").GroupBy("a.id", "a.name").
			Having(M{"total >": 10, "count(b.id)": 2}).OrderBy("a.name")},
		{"having by the key alone", book("author").GroupBy("author.id").Having(M{"author.id >": 3, "avg(pages) <=": 99.5})},
		{"having without groups", book(qb.Count()).Having(M{"count(*) >": 1})},
		{"count of groups that have", perAuthor.Having(M{"n >": 1}).Count()},
		{"count and sum as text", book("publisher", "count(*)", "count(distinct author)", "sum(distinct pages)").GroupBy("publisher").
			OrderBy("count(distinct author) desc nulls last", "-max(pages)", "publisher")},
		{"distinct sum and mean", book(qb.CountDistinct("author"), qb.SumDistinct("pages").As("s")).Having(M{"avg(distinct pages) >": 1.5})},
		{"having decimals", qb.New(reg, "Product", "p").Select("status").GroupBy("status").Having(M{"sum(price) >": "9.90", "avg(price) <": "1.25"})},
		{"having in a sub-query", qb.New(reg, "Author", "a").Select("id").
			Where(M{"id:in": book("author").GroupBy("author").Having(M{"count(*) >": 2})})},
	}
}
