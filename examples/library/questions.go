package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/examples/internal/console"
	"github.com/weft-orm/weft/examples/library/entities"
	"github.com/weft-orm/weft/orm"
)

// A question is one condition with what to load beside the roots, and how to
// show the answer.
type question struct {
	title    string
	where    orm.M
	populate []string
	ask      func(ctx context.Context, em *orm.EntityManager, q *question) (answer, error)
}

// An answer is a table; total counts the roots it was made of.
type answer struct {
	header []string
	rows   [][]string
	total  int
}

// questions grow from a comparison on the root to a path through four tables.
func questions() []*question {
	return []*question{
		{
			title: "1. Authors from Iceland born before 1915",
			where: orm.M{"country": "Iceland", "born <": 1915},
			ask:   askAuthors,
		},
		{
			title:    "2. Long books by Finnish authors: a path to one",
			where:    orm.M{"author.country": "Finland", "pages >": 900},
			populate: []string{"author", "publisher"},
			ask:      askBooks,
		},
		{
			title:    "3. Authors with a book on anything to do with the sea: a path to many",
			where:    orm.M{"books.tags.name:like": "sea%", "born >=": 1980},
			populate: []string{"books.tags"},
			ask:      askAuthors,
		},
		{
			title: "4. Chilean authors who wrote, but never a short book: a quantifier, and a negation",
			where: orm.M{
				"country": "Chile",
				"books":   orm.M{"$some": orm.M{}, "$none": orm.M{"pages <": 400}},
				"$not":    orm.M{"name:startsWith": "A"},
			},
			populate: []string{"books.publisher"},
			ask:      askAuthors,
		},
		{
			title: "5. Publishers in Lisbon of a poetry book after 2015, whose author also wrote about trains or music",
			where: orm.M{
				"city": "Lisbon",
				"books": orm.M{
					"year >":    2015,
					"tags.name": "poetry",
					"author":    orm.M{"$or": []orm.M{{"books.tags.name": "trains"}, {"books.tags.name": "music"}}},
				},
			},
			populate: []string{"books.author", "books.tags"},
			ask:      askPublishers,
		},
	}
}

const shownRows = 5

func askAuthors(ctx context.Context, em *orm.EntityManager, q *question) (answer, error) {
	authors, err := orm.Find[entities.Author](ctx, em, q.where, orm.Populate(q.populate...), orm.OrderBy("name", "id"))
	if err != nil {
		return answer{}, err
	}
	a := answer{header: []string{"author", "country", "born"}, total: len(authors)}
	if q.populate != nil {
		a.header = append(a.header, "books")
	}
	for _, author := range authors[:min(len(authors), shownRows)] {
		row := []string{author.Name, author.Country, year(author.Born)}
		if q.populate != nil {
			row = append(row, titles(author.Books.Items()))
		}
		a.rows = append(a.rows, row)
	}
	return a, nil
}

func askBooks(ctx context.Context, em *orm.EntityManager, q *question) (answer, error) {
	books, err := orm.Find[entities.Book](ctx, em, q.where, orm.Populate(q.populate...), orm.OrderBy("-pages", "id"))
	if err != nil {
		return answer{}, err
	}
	a := answer{header: []string{"book", "pages", "author", "publisher"}, total: len(books)}
	for _, b := range books[:min(len(books), shownRows)] {
		publisher := "—"
		if p, ok := b.Publisher.Peek(); ok && p != nil {
			publisher = p.Name
		}
		a.rows = append(a.rows, []string{b.Title, strconv.Itoa(b.Pages), b.Author.Get().Name, publisher})
	}
	return a, nil
}

func askPublishers(ctx context.Context, em *orm.EntityManager, q *question) (answer, error) {
	publishers, err := orm.Find[entities.Publisher](ctx, em, q.where, orm.Populate(q.populate...), orm.OrderBy("name"))
	if err != nil {
		return answer{}, err
	}
	a := answer{header: []string{"publisher", "city", "books", "some of them"}, total: len(publishers)}
	for _, p := range publishers[:min(len(publishers), shownRows)] {
		books := p.Books.Items()
		a.rows = append(a.rows, []string{p.Name, p.City, strconv.Itoa(len(books)), titles(books)})
	}
	return a, nil
}

func year(y *int) string {
	if y == nil {
		return "?"
	}
	return strconv.Itoa(*y)
}

// titles lists books, with their tags where they were loaded.
func titles(books []*entities.Book) string {
	texts := make([]string, len(books))
	for i, b := range books {
		texts[i] = b.Title
		if tags, ok := b.Tags.Peek(); ok && len(tags) > 0 {
			names := make([]string, len(tags))
			for j, tag := range tags {
				names[j] = tag.Name
			}
			texts[i] += fmt.Sprintf(" (%s)", strings.Join(names, ", "))
		}
	}
	return console.Shorten(strings.Join(texts, ", "), 70)
}
