package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// library stores two authors with books and tags, and one without.
func storeLibrary(t *testing.T, e engine) {
	t.Helper()
	em := e.db.Fork()
	tags := []*model.Tag{{Name: "t0"}, {Name: "t1"}}
	for i, name := range []string{"Ann", "Bob", "Cid"} {
		a := &model.Author{Name: name, Email: name}
		em.Persist(a)
		for k := range 2 - i {
			b := &model.Book{Title: fmt.Sprint(name, k), Pages: 100 * (k + 1), Author: orm.To(a)}
			b.Tags.Add(tags[k])
			em.Persist(b)
		}
	}
	ok(t, em.Flush(t.Context()))
}

// graph shows authors with the books and tags that are loaded.
func graph(authors []*model.Author) string {
	var parts []string
	for _, a := range authors {
		s := a.Name
		if a.Books.IsLoaded() {
			s += "["
			for i, b := range a.Books.Items() {
				if i > 0 {
					s += " "
				}
				s += b.Title
				if b.Tags.IsLoaded() {
					for _, tag := range b.Tags.Items() {
						s += "+" + tag.Name
					}
				}
			}
			s += "]"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

// TestJoinedGraph: JoinAndSelect populates what it joins, on every engine that joins.
func TestJoinedGraph(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		storeLibrary(t, e)
		authors := func(em *orm.EntityManager) *orm.Query[model.Author] {
			return orm.QB[model.Author](em, "a").OrderBy("a.name")
		}
		for _, c := range []struct {
			want string
			q    func(*orm.EntityManager) qb.Source
		}{
			{"Ann[Ann0 Ann1] Bob[Bob0]", func(em *orm.EntityManager) qb.Source {
				return authors(em).JoinAndSelect("books", "b").OrderBy("b.title")
			}},
			{"Ann[Ann0 Ann1] Bob[Bob0] Cid[]", func(em *orm.EntityManager) qb.Source {
				return authors(em).LeftJoinAndSelect("books", "b").OrderBy("b.title")
			}},
			{"Ann[Ann0+t0 Ann1+t1] Bob[Bob0+t0]", func(em *orm.EntityManager) qb.Source {
				return authors(em).JoinAndSelect("books", "b").LeftJoinAndSelect("favourite", "f").JoinAndSelect("b.tags", "t").OrderBy("b.title").
					Where(orm.M{"f.id": nil})
			}},
			{"Ann[Ann1]", func(em *orm.EntityManager) qb.Source {
				return authors(em).JoinAndSelect("books", "b").Where(orm.M{"b.pages >": 100})
			}},
			{"Ann[Ann1]", func(em *orm.EntityManager) qb.Source {
				return authors(em).JoinAndSelect("books", "b").Where(orm.M{"b.pages >": 100}).Limit(1)
			}},
			{"Bob[Bob0] Cid[]", func(em *orm.EntityManager) qb.Source {
				return authors(em).LeftJoinAndSelect("books", "b", orm.M{"pages": 100}).Limit(2).Offset(1)
			}},
			{"Ann Bob", func(em *orm.EntityManager) qb.Source { return authors(em).Join("books", "b").Limit(2) }},
		} {
			em := e.db.Fork()
			found, err := orm.All[model.Author](t.Context(), em, c.q(em))
			if errors.Is(err, driver.ErrUnsupported) {
				t.Skip(err)
			}
			if err != nil || graph(found) != c.want {
				t.Errorf("got %s, %v, want %s", graph(found), err, c.want)
				continue
			}
			if len(found) > 0 && !em.Contains(found[0]) {
				t.Error("not managed")
			}
			idle(t, em)
		}
		em := e.db.Fork()
		ann, err := orm.One[model.Author](t.Context(), em, authors(em).JoinAndSelect("books", "b", orm.M{"pages >": 100}))
		ok(t, err)
		if graph([]*model.Author{ann}) != "Ann[Ann1]" {
			t.Errorf("one: %s", graph([]*model.Author{ann}))
		}
		ann.Books.Items()[0].Title = "changed" // and what was not joined stays
		ok(t, em.Flush(t.Context()))
		n, err := orm.Count[model.Book](t.Context(), e.db.Fork(), orm.M{"author.name": "Ann"})
		if err != nil || n != 2 {
			t.Errorf("%d books of Ann, %v", n, err)
		}
	})
}

// TestResultFields: columns go to fields by name or place, or it is an error; never to a wrong one.
func TestResultFields(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		storeLibrary(t, e)
		em := e.db.Fork()
		books := func() *orm.Query[model.Book] { return orm.QB[model.Book](em, "b") }
		perPages := books().Select("pages", qb.Count()).GroupBy("pages").OrderBy("pages")
		rows, err := orm.Result[struct{ Pages, N int64 }](t.Context(), em, perPages)
		if errors.Is(err, driver.ErrUnsupported) {
			t.Skip(err)
		}
		same := func(what string, got any, err error, want string) {
			t.Helper()
			if err != nil || fmt.Sprint(got) != want {
				t.Errorf("%s: %v, %v; want %s", what, got, err, want)
			}
		}
		same("by name and place", rows, err, "[{100 2} {200 1}]")
		swapped, err := orm.Result[struct{ N, Pages int64 }](t.Context(), em, perPages)
		same("fields in another order", swapped, err, "[{2 100} {1 200}]")
		several, err := orm.Result[struct{ Least, Most, Rows int }](t.Context(), em, books().Select(qb.Min("pages"), qb.Max("pages"), qb.Count()))
		same("several without names", several, err, "[{100 200 3}]")
		maps, err := orm.Result[map[string]any](t.Context(), em, books().Select(qb.Min("pages"), qb.Max("pages"), "count(*)"))
		same("maps", maps, err, "[map[count(*):3 max(pages):200 min(pages):100]]")
		tagged, err := orm.Result[struct {
			Rows  int `orm:"count(*)"`
			Other int `orm:"-"`
			Pages int
		}](t.Context(), em, perPages)
		same("tags", tagged, err, "[{2 0 100} {1 0 200}]")
		for name, err := range map[string]error{
			"a field without a column":   resultError[struct{ Pages, Titel int }](em, books().Select("pages")),
			"a column without a field":   resultError[struct{ Pages int }](em, books().Select("pages", "title")),
			"neither fits":               resultError[struct{ Pages, Titel string }](em, books().Select("pages", "title")),
			"more columns than fields":   resultError[struct{ N int }](em, books().Select(qb.Count(), qb.Max("pages"))),
			"two columns of one name":    resultError[map[string]any](em, books().Select(qb.Count().As("n"), qb.Max("pages").As("n"))),
			"two columns for one field":  resultError[struct{ Name, Title string }](em, books().Select("author.name", "publisher.name", "title")),
			"several columns, one value": resultError[int](em, books().Select("pages", qb.Count()).GroupBy("pages")),
		} {
			if !errors.Is(err, orm.ErrInvalidOption) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func resultError[R any](em *orm.EntityManager, q qb.Source) error {
	_, err := orm.Result[R](context.Background(), em, q)
	return err
}
