package behaviour_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/corpus"
	"github.com/weft-orm/weft/tests/model"
)

// TestCorpusOfAuthors finds authors by every condition of the corpus that has no
// limit and compares them with the naive evaluator over the loaded graph.
func TestCorpusOfAuthors(t *testing.T) {
	cases, err := corpus.Load()
	ok(t, err)
	engines(t, model.Library(), func(t *testing.T, e engine) {
		seed(t, e)
		graph := e.db.Fork()
		all, err := orm.Find[model.Author](t.Context(), graph, nil, orm.OrderBy("id"),
			orm.Populate("books.tags", "books.publisher", "profile", "favourite"))
		ok(t, err)
		ran, refused, invalid := 0, 0, 0
		for _, c := range cases {
			if c.Entity != "Author" || c.Limit >= 0 || c.Offset >= 0 {
				continue
			}
			want, err := matching(e, all, c.Where)
			if err != nil {
				invalid++ // the evaluator cannot decide it
				continue
			}
			got, err := orm.Find[model.Author](t.Context(), e.db.Fork(), c.Where, orm.OrderBy("id"))
			if errors.Is(err, driver.ErrUnsupported) {
				refused++
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", c, err)
				continue
			}
			ran++
			if g, w := emails(got), emails(want); encode(t, g) != encode(t, w) {
				t.Errorf("%s: %s\n got %v\nwant %v", c, c.Source, g, w)
			}
		}
		t.Logf("%d cases compared, %d refused by the engine, %d by the evaluator", ran, refused, invalid)
		if ran < 100 {
			t.Errorf("only %d cases were compared", ran)
		}
	})
}

func matching(e engine, all []*model.Author, where any) ([]*model.Author, error) {
	var out []*model.Author
	for _, a := range all {
		match, err := conditions.Matches(e.db.Registry(), where, a)
		if err != nil {
			return nil, err
		}
		if match {
			out = append(out, a)
		}
	}
	return out, nil
}

func emails(authors []*model.Author) []string {
	out := []string{}
	for _, a := range authors {
		out = append(out, a.Email)
	}
	return out
}

// seed writes authors with none to three books, NULLs among their values.
func seed(t *testing.T, e engine) {
	t.Helper()
	em := e.db.Fork()
	tags := []*model.Tag{{Name: "a"}, {Name: "x"}, {Name: "sci-fi"}, {Name: "fantasy"}}
	ages := []int{1, 5, 18, 65}
	for i, name := range []string{"a", "A", "b", "x", "ab", "é", "a%b", "x\ny", "", "Jon"} {
		a := &model.Author{Name: name, Email: strconv.Itoa(i), Active: i%2 == 0, Rating: float64(i) / 2, CreatedAt: utc(2020+i%3, 1, 2)}
		if i%3 != 0 {
			a.Age = &ages[i%4]
		}
		em.Persist(a)
		for k := range i % 4 {
			b := &model.Book{Title: []string{"a", "x", "ab"}[k], Pages: 100 * k, Price: float64(k), Author: orm.To(a)}
			b.Tags.Add(tags[(i+k)%4])
			em.Persist(b)
		}
	}
	ok(t, em.Flush(t.Context()))
}
