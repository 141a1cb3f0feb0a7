package orm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

// graph prints authors with their books and tags.
func graph(authors []*Author) string {
	var s strings.Builder
	for _, a := range authors {
		fmt.Fprintf(&s, "%s:", a.Name)
		for _, book := range a.Books.All() {
			fmt.Fprintf(&s, " %s(%t", book.Title, book.Author.Get() == a)
			for _, tag := range book.Tags.All() {
				fmt.Fprintf(&s, " %s", tag.Name)
			}
			if p, ok := book.Publisher.Peek(); ok {
				fmt.Fprintf(&s, " by %s", p.Name)
			}
			s.WriteString(")")
		}
		s.WriteString("; ")
	}
	return s.String()
}

func TestStrategiesLoadTheSameGraph(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	em.Persist(&Author{Name: "Zoe", Email: "z"})
	b.flush(em)
	want := "Amy: Waves(true); Jon: Winter(true fantasy snow by Penguin) Spring(true fantasy); Zoe:; "
	for strategy, statements := range map[string]int{"select-in": 4, "joined": 1, "balanced": 3} {
		for _, limit := range []orm.FindOption{orm.Limit(10), orm.Offset(0)} {
			b.rec.Take()
			authors, err := orm.Find[Author](b.ctx, b.db.Fork(), nil, orm.Populate("books.tags", "books.publisher"),
				orm.OrderBy("name"), orm.Strategy(strategy), limit)
			b.ok(err)
			if got := graph(authors); got != want {
				t.Errorf("%s: %s", strategy, got)
			}
			if sent := b.rec.Take(); len(sent) != statements {
				t.Errorf("%s: %d statements\n%s", strategy, len(sent), strings.Join(sent, "\n"))
			}
		}
	}
}

func TestPopulateHints(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	authors := must(orm.Find[Author](b.ctx, em, nil, orm.OrderBy("id"),
		orm.PopulateHint(orm.Hint{Path: "books", Where: orm.M{"title:like": "W%"}, OrderBy: []string{"-title"}})))
	if got := graph2(authors); got != "Jon: Winter; Amy: Waves; " {
		t.Errorf("with a condition: %s", got)
	}
	authors[0].Books.Remove(authors[0].Books.Items()...)
	b.rec.Take()
	if err := em.Flush(b.ctx); err == nil || !strings.Contains(err.Error(), "Book 1.author: invalid value: must have a value") {
		t.Errorf("error = %v", err)
	}
	b.sent()
	em = b.db.Fork()
	authors = must(orm.Find[Author](b.ctx, em, nil, orm.OrderBy("id"),
		orm.PopulateHint(orm.Hint{Path: "books", Limit: 1, OrderBy: []string{"title"}})))
	if got := graph2(authors); got != "Jon: Spring; Amy: Waves; " {
		t.Errorf("with a limit: %s", got)
	}
}

func graph2(authors []*Author) string {
	var s strings.Builder
	for _, a := range authors {
		s.WriteString(a.Name + ":")
		for _, book := range a.Books.All() {
			s.WriteString(" " + book.Title)
		}
		s.WriteString("; ")
	}
	return s.String()
}
