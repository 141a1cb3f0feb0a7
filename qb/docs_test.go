package qb_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// documented are the examples of docs/query-builder.md, in order. The test
// compares their source and their SQL with the page.
func documented(registry *mapper.Registry) []*qb.Builder {
	var all []*qb.Builder
	show := func(b *qb.Builder) { all = append(all, b) }

	q := qb.New(registry, "Author", "a").
		Select("id", "name").
		Where(qb.M{"books.title:like": "W%", "age >=": 18}).
		OrderBy("name", "-id").
		Limit(20)
	show(q)

	base := qb.New(registry, "Author", "a").Select("id").Where(qb.M{"active": true})
	adults := base.Where(qb.M{"age >=": 18})
	show(adults)
	show(base)

	show(qb.New(registry, "Author", "a").Select("id").
		Where(conditions.Eq("active", true)).
		OrWhere("a.name = ? and a.age > ?", "Jon", 40))

	show(qb.New(registry, "Author", "a").
		Select("a.name", "b.title").
		LeftJoin("books", "b", qb.M{"pages >": 100}).
		OrderBy("a.name", "b.title"))

	show(qb.New(registry, "Book", "b").
		Select("author", qb.Count().As("books"), qb.Max("pages").As("longest")).
		GroupBy("author").
		Having("count(*) > ?", 2))

	show(qb.New(registry, "Book", "b").
		Select("author.name", qb.Sum("price").As("total"), qb.CountDistinct("publisher")).
		GroupBy("author.name").
		Having(qb.M{"count(*) >": 3, "total": qb.M{"$gte": 100}, "author.name:like": "J%"}).
		OrderBy("-total", "count(distinct publisher)"))

	long := qb.New(registry, "Book", "b").Select("author").Where(qb.M{"pages >": 500})
	show(qb.New(registry, "Author", "a").Select("id").Where(qb.M{"id:in": long}))

	books := qb.New(registry, "Book", "b").Within(qb.New(registry, "Author", "a")).
		Select(qb.Count()).
		Where(qb.M{"author": conditions.Col("a.id")})
	show(qb.New(registry, "Author", "a").Select("name", qb.Sub(books).As("books")))

	show(qb.New(registry, "Author", "a").Select("id").
		With("adults", qb.New(registry, "Author", "x").Where(qb.M{"age >=": 18})).
		FromCTE("adults").
		Where(qb.M{"name:ne": "Jon"}))

	show(qb.New(registry, "Author", "").Update(qb.M{"rating": conditions.Raw("rating + ?", 1)}).
		Where(qb.M{"books.tags.name": "classic"}))

	show(qb.New(registry, "Tag", "").Upsert(qb.M{"id": 7, "name": "fantasy"}))

	show(qb.New(registry, "Tag", "").
		Upsert(qb.M{"id": 7, "name": "fantasy"}).OnConflict("name").Merge("id").
		Where(qb.M{"books:none": qb.M{}}))

	show(qb.New(registry, "Author", "a").Select("id").
		Lock(qb.Lock{Mode: qb.LockUpdate, SkipLocked: true}).
		Limit(1))
	return all
}

// blocks returns the fenced blocks of a language in a page.
func blocks(page, language string) []string {
	var out []string
	for _, part := range strings.Split(page, "```"+language+"\n")[1:] {
		text, _, _ := strings.Cut(part, "```")
		out = append(out, strings.TrimSpace(text))
	}
	return out
}

// flat removes what formatting may change.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestDocumentation(t *testing.T) {
	raw, err := os.ReadFile("../docs/query-builder.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("docs_test.go")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for _, code := range blocks(page, "go") {
		if !strings.Contains(flat(string(source)), flat(code)) {
			t.Errorf("not compiled by this test:\n%s", code)
		}
	}
	shown := blocks(page, "sql")
	for i, b := range documented(registry(t)) {
		text, args, err := b.ToSQL(sql.Postgres())
		if err != nil {
			t.Fatal(err)
		}
		if len(args) > 0 {
			text += "\n-- " + strings.Trim(fmt.Sprintf("%#v", args), "[]")
			text = strings.ReplaceAll(text, "interface {}{", "")
			text = strings.TrimSuffix(text, "}")
		}
		if i >= len(shown) || flat(shown[i]) != flat(text) {
			t.Errorf("block %d of the page should be\n%s", i+1, text)
		}
	}
}
