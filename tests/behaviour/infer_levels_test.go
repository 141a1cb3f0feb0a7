package behaviour_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestInferOnTwoLevels: a collection that a path reaches on two levels holds what either
// asks for, in every strategy, and what is below is loaded for all of it.
func TestInferOnTwoLevels(t *testing.T) {
	pages := func(n int) func(*model.Book) bool { return func(b *model.Book) bool { return b.Pages >= n } }
	titled := func(s string) func(*model.Book) bool { return func(b *model.Book) bool { return b.Title == s } }
	all := func(*model.Book) bool { return true }
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		for _, c := range []struct {
			name   string
			cond   any
			paths  []string
			levels []func(*model.Book) bool
		}{
			{"both levels", orm.M{"books": orm.M{"pages >=": 300, "author.books.title": "Waves"}}, []string{"books.author.books.tags", "books.tags"},
				[]func(*model.Book) bool{pages(300), titled("Waves")}},
			{"the first level", orm.M{"books.pages >=": 300}, []string{"books.author.books", "books.tags"}, []func(*model.Book) bool{all}},
			{"the second level", orm.M{"books.author.books.title": "Waves"}, []string{"books.author.books", "books.tags"},
				[]func(*model.Book) bool{all}},
			{"another path", orm.M{"books.title": "Waves", "favourite.author.books.pages >=": 300}, []string{"books.tags", "favourite.author.books"},
				[]func(*model.Book) bool{pages(300), titled("Waves")}},
		} {
			strategies(t, func(t *testing.T, strategy orm.FindOption) {
				ctx, em := t.Context(), e.db.Fork()
				if c.name == "another path" {
					ann, err := orm.FindOneOrFail[model.Author](ctx, em, orm.M{"name": "Ann"}, orm.Populate("books"))
					ok(t, err)
					ann.Favourite = orm.To(ann.Books.Items()[0])
					ok(t, em.Flush(ctx))
					em = e.db.Fork()
				}
				authors, err := orm.Find[model.Author](ctx, em, c.cond, orm.Populate(c.paths...), orm.PopulateWhere(orm.Infer), strategy)
				ok(t, err)
				if len(authors) != 1 || authors[0].Name != "Ann" {
					t.Fatalf("%s: %s", c.name, shelves(authors))
				}
				books, err := orm.Find[model.Book](ctx, e.db.Fork(), orm.M{"author.name": "Ann"}, orm.OrderBy("title"))
				ok(t, err)
				var want []string
				for _, b := range books {
					if slices.ContainsFunc(c.levels, func(level func(*model.Book) bool) bool { return level(b) }) {
						want = append(want, b.Title)
					}
				}
				var got []string
				for _, b := range authors[0].Books.Items() {
					got = append(got, b.Title)
					if !b.Tags.IsLoaded() {
						t.Errorf("%s: the tags of %s are not loaded", c.name, b.Title)
					}
				}
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s: %s, want %s", c.name, strings.Join(got, " "), strings.Join(want, " "))
				}
			})
		}
	})
}
