package behaviour_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// stock writes books of three authors and two publishers; one book has no publisher.
func stock(t *testing.T, e engine) {
	t.Helper()
	em := e.db.Fork()
	uk, nz := "UK", "NZ"
	publishers := []*model.Publisher{{Code: "a", Name: "Acorn", Country: &uk}, {Code: "b", Name: "Birch", Country: &nz}, {Code: "c", Name: "Cedar"}}
	for _, p := range publishers {
		em.Persist(p)
	}
	authors := []*model.Author{{Name: "Ann", Email: "1"}, {Name: "Bob", Email: "2"}, {Name: "Cid", Email: "3"}}
	for _, b := range []struct {
		author, publisher, pages int
		price                    float64
	}{{0, 0, 100, 10}, {0, 0, 200, 20}, {0, 1, 300, 30}, {1, 1, 100, 5}, {1, 2, 50, 2.5}, {2, -1, 10, 1}} {
		book := &model.Book{Title: fmt.Sprint("t", b.pages), Pages: b.pages, Price: b.price, Author: orm.To(authors[b.author])}
		if b.publisher >= 0 {
			book.Publisher = orm.To(publishers[b.publisher])
		}
		em.Persist(book)
	}
	ok(t, em.Flush(t.Context()))
}

// perKey is a row of a grouped query.
type perKey struct {
	Key   string
	Total *float64
	N     int64
}

func (r perKey) String() string {
	if r.Total == nil {
		return fmt.Sprintf("%s %d -", r.Key, r.N)
	}
	return fmt.Sprintf("%s %d %g", r.Key, r.N, *r.Total)
}

// by groups books by a path.
func by(path string) func(em *orm.EntityManager) *orm.Query[model.Book] {
	return func(em *orm.EntityManager) *orm.Query[model.Book] {
		return orm.QB[model.Book](em, "b").Select(qb.Min(path).As("key"), qb.Sum("price").As("total"), qb.Count().As("n")).GroupBy(path)
	}
}

var having = []struct {
	name   string
	query  func(em *orm.EntityManager) *orm.Query[model.Book]
	having any
	order  string
	want   string
}{
	{"all", by("author.name"), nil, "author.name", "Ann 3 60, Bob 2 7.5, Cid 1 1"},
	{"count", by("author.name"), orm.M{"count(*) >": 1}, "author.name", "Ann 3 60, Bob 2 7.5"},
	{"count of a property leaves NULL out", by("author.name"), orm.M{"count(publisher) >=": 1}, "author.name", "Ann 3 60, Bob 2 7.5"},
	{"two aggregates", by("author.name"), orm.M{"count(id) >": 1, "sum(price)": orm.M{"$gte": 10}}, "author.name", "Ann 3 60"},
	{"by the name of a column", by("author.name"), orm.M{"total <": 10}, "-total", "Bob 2 7.5, Cid 1 1"},
	{"or, not", by("author.name"), orm.M{"$or": []any{orm.M{"n": 1}, orm.M{"$not": orm.M{"total <=": 7.5}}}}, "n", "Cid 1 1, Ann 3 60"},
	{"in", by("author.name"), orm.M{"n": []int{1, 3}}, "author.name", "Ann 3 60, Cid 1 1"},
	{"nin", by("author.name"), orm.M{"n:nin": []int{1, 3}}, "author.name", "Bob 2 7.5"},
	{"what is grouped by", by("author.name"), orm.M{"author.name:like": "%n%", "max(pages)": 300}, "author.name", "Ann 3 60"},
	{"text", by("author.name"), orm.M{"max(title):startsWith": "t3"}, "author.name", "Ann 3 60"},
	{"average", by("author.name"), orm.M{"avg(pages) >": 74.5, "avg(price) <": 3.8}, "author.name", "Bob 2 7.5"},
	{"distinct", by("author.name"), orm.M{"count(distinct publisher)": 2}, "author.name", "Ann 3 60, Bob 2 7.5"},
	{"distinct sum", by("publisher.code"), orm.M{"sum(distinct pages) >": 100}, "publisher.code", "a 2 30, b 2 35"},
	{"typed", by("author.name"), conditions.And(conditions.Gt("count(*)", 1), conditions.Lt("total", 60)), "author.name", "Bob 2 7.5"},
	{"null key", by("publisher.country"), orm.M{"count(*) >": 1, "publisher.country": nil}, "n", "<nil> 2 3.5"},
	{"a key that is not null", by("publisher.country"), orm.M{"publisher.country:exists": true}, "-n", "UK 2 30, NZ 2 35"},
	{"null key last", by("publisher.country"), orm.M{"n >": 0}, "publisher.country nulls last", "NZ 2 35, UK 2 30, <nil> 2 3.5"},
	{"null key first", by("publisher.country"), orm.M{"n >": 0}, "publisher.country desc nulls first", "<nil> 2 3.5, UK 2 30, NZ 2 35"},
	{"null aggregate first", by("author.name"), nil, "max(publisher.country) desc nulls first", "Cid 1 1, Ann 3 60, Bob 2 7.5"},
	{"null aggregate", by("author.name"), orm.M{"max(publisher.name)": nil}, "author.name", "Cid 1 1"},
	{"no value in a list", by("author.name"), orm.M{"n": []int{}}, "n", ""},
	{"two aggregates compared", by("author.name"), orm.M{"count(*) >": conditions.Col("count(distinct publisher)")}, "author.name", "Ann 3 60, Cid 1 1"},
	{"ordered by an aggregate that is not read", by("author.name"), orm.M{"n >": 0}, "-max(pages)", "Ann 3 60, Bob 2 7.5, Cid 1 1"},
	{"ordered by a distinct aggregate", by("author.name"), orm.M{"n >": 1}, "count(distinct pages) desc", "Ann 3 60, Bob 2 7.5"},
}

func TestHaving(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		stock(t, e)
		for _, c := range having {
			em := e.db.Fork()
			q := c.query(em).OrderBy(c.order, "min(id)")
			if c.having != nil {
				q = q.Having(c.having)
			}
			rows, err := orm.Result[struct {
				Key   *string
				Total *float64
				N     int64
			}](t.Context(), em, q)
			if errors.Is(err, driver.ErrUnsupported) && e.caps.Name == "memory" {
				t.Skip(err)
			}
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			var got []string
			for _, r := range rows {
				key := "<nil>"
				if r.Key != nil {
					key = *r.Key
				}
				got = append(got, perKey{key, r.Total, r.N}.String())
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("%s:\n got %s\nwant %s", c.name, s, c.want)
			}
			counted, err := orm.Result[int64](t.Context(), em, q.Builder.Count())
			if err != nil || len(counted) != 1 || int(counted[0]) != len(rows) {
				t.Errorf("%s: counted %v %v, want %d", c.name, counted, err, len(rows))
			}
		}
	})
}

// One group of all rows, also of none, is tested like any other.
func TestHavingWithoutGroups(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		if e.caps.Name == "memory" {
			t.Skip("no grouping")
		}
		for _, c := range []struct {
			filled bool
			having any
			want   string
		}{
			{false, orm.M{"count(*)": 0}, "[0]"}, {false, orm.M{"count(*) >": 0}, "[]"}, {false, orm.M{"sum(pages)": nil}, "[0]"},
			{true, orm.M{"count(*)": 6}, "[6]"}, {true, orm.M{"max(pages) >": 300}, "[]"},
		} {
			em := e.db.Fork()
			if n, err := orm.Count[model.Book](t.Context(), em, nil); c.filled && err == nil && n == 0 {
				stock(t, e)
			}
			q := orm.QB[model.Book](em, "b").Select(qb.Count()).Having(c.having)
			got, err := orm.Result[int64](t.Context(), em, q)
			if err != nil || fmt.Sprint(got) != c.want {
				t.Errorf("%v: got %v %v, want %s", c.having, got, err, c.want)
			}
		}
	})
}
