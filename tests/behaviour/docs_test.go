package behaviour_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// TestPagesAboutReading checks that the examples of the pages are those that the
// functions of this file compile and run.
func TestPagesAboutReading(t *testing.T) {
	source, err := os.ReadFile("docs_test.go")
	ok(t, err)
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, page := range []string{"populate.md", "loading.md"} {
		text, err := os.ReadFile("../../docs/" + page)
		ok(t, err)
		blocks := strings.Split(string(text), "```go\n")[1:]
		if len(blocks) < 5 {
			t.Errorf("%s has only %d examples", page, len(blocks))
		}
		for _, block := range blocks {
			code, _, _ := strings.Cut(block, "```")
			if !strings.Contains(flat(string(source)), flat(code)) {
				t.Errorf("%s: not compiled by this test:\n%s", page, code)
			}
		}
	}
}

// populated runs the examples of docs/populate.md.
var populated = []struct {
	name, want string
	find       func(ctx context.Context, em *orm.EntityManager) ([]*model.Author, error)
}{
	{"paths", "Ann: Waves+sea+sun Winter+snow+sun Woods", func(ctx context.Context, em *orm.EntityManager) ([]*model.Author, error) {
		authors, err := orm.Find[model.Author](ctx, em, orm.M{"name:like": "A%"},
			orm.Populate("books.tags", "favourite"), orm.OrderBy("name"))
		return authors, err
	}},
	{"hint", "Ann: Woods Winter; Bob:", func(ctx context.Context, em *orm.EntityManager) ([]*model.Author, error) {
		authors, err := orm.Find[model.Author](ctx, em, nil, orm.PopulateHint(
			orm.Hint{Path: "books", Where: orm.M{"pages >=": 200}, OrderBy: []string{"-pages"}, Limit: 3}))
		return authors, err
	}},
	{"infer", "Ann: Winter+snow", func(ctx context.Context, em *orm.EntityManager) ([]*model.Author, error) {
		authors, err := orm.Find[model.Author](ctx, em, orm.M{"books": orm.M{"pages >=": 200, "tags.name": "snow"}},
			orm.Populate("books.tags"), orm.PopulateWhere(orm.Infer))
		return authors, err
	}},
	{"a condition", "Ann: Waves", func(ctx context.Context, em *orm.EntityManager) ([]*model.Author, error) {
		authors, err := orm.Find[model.Author](ctx, em, orm.M{"name": "Ann"},
			orm.Populate("books"), orm.PopulateWhere(orm.M{"books.tags.name": "sea"}))
		return authors, err
	}},
	{"later", "Ann: Waves+sea+sun Winter+snow+sun Woods; Bob: Walls+sun", func(ctx context.Context, em *orm.EntityManager) ([]*model.Author, error) {
		authors, err := orm.Find[model.Author](ctx, em, nil, orm.OrderBy("id"))
		if err != nil {
			return nil, err
		}
		err = orm.PopulateAll(ctx, em, authors, orm.Populate("books.tags"))
		return authors, err
	}},
}

func TestPageOfPopulate(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		for _, c := range populated {
			authors, err := c.find(t.Context(), e.db.Fork())
			if s := shelves(authors); err != nil || s != c.want && s != "Bob:; "+strings.TrimSuffix(c.want, "; Bob:") {
				t.Errorf("%s: %s %v, want %s", c.name, s, err, c.want)
			}
		}
		ctx, em := t.Context(), e.db.Fork()
		books, err := orm.Find[model.Book](ctx, em, nil, orm.Populate("author", "tags"), orm.Strategy("balanced"), orm.OrderBy("title"))
		if err != nil || titles(books) != "Walls Waves Winter Woods" || books[0].Author.Get().Name != "Bob" {
			t.Errorf("balanced %v", err)
		}
		var names []string
		for _, book := range books {
			if author, there := book.Author.Peek(); there {
				names = append(names, author.Name)
			}
		}
		if len(names) != 4 {
			t.Errorf("authors %v", names)
		}
	})
}

func TestPageOfLoading(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		ctx, em, db := t.Context(), e.db.Fork(), e.db
		author, err := orm.FindOne[model.Author](ctx, em, orm.M{"email": "a"}, orm.Populate("books"))
		if err != nil || author.Books.Len() != 3 {
			t.Errorf("author %v", err)
		}
		page, total, err := orm.FindAndCount[model.Book](ctx, em, orm.M{"pages >": 0},
			orm.OrderBy("author.name", "-pages", "publisher.country desc nulls last"), orm.Page(1, 20))
		if err != nil || total != 4 || titles(page) != "Woods Winter Waves Walls" {
			t.Errorf("page %s of %d, %v", titles(page), total, err)
		}
		if n, err := walk(ctx, em); err != nil || n != 4 {
			t.Errorf("walked over %d, %v", n, err)
		}
		cond, err := orm.FromJSON[model.Author](db, []byte(`{"books": {"pages": {"$gte": 200}}}`),
			orm.Policy{Paths: []string{"name", "books.pages"}})
		ok(t, err)
		if n, err := orm.Count[model.Author](ctx, em, cond); err != nil || n != 1 {
			t.Errorf("counted %d, %v", n, err)
		}
		em = db.Fork()
		books, err := orm.Find[model.Book](ctx, em, nil, orm.Fields("title", "author.name"), orm.Populate("author"))
		if err != nil || len(books) != 4 || books[0].Pages != 0 || books[0].Author.Get().Name == "" {
			t.Errorf("fields %v", err)
		}
		if e.caps.Name == "memory" {
			return // no grouping
		}
		type perAuthor struct {
			Name  string
			Total *float64
		}
		rows, err := orm.Result[perAuthor](ctx, em, orm.QB[model.Author](em, "a").
			Select("a.name", qb.Sum("b.price").As("total")).LeftJoin("books", "b").
			GroupBy("a.name").Having(orm.M{"count(b.id) >": 1}))
		if err != nil || len(rows) != 1 || rows[0].Name != "Ann" {
			t.Errorf("rows %v %v", rows, err)
		}
	})
}

// walk counts books page by page.
func walk(ctx context.Context, em *orm.EntityManager) (int, error) {
	seen := 0
	err := func() error {
		window := orm.Window{First: 20}
		for {
			p, err := orm.FindByCursor[model.Book](ctx, em, orm.M{"pages >": 0}, window, orm.OrderBy("-pages", "author.name"))
			if err != nil {
				return err
			}
			seen += len(p.Items)
			if !p.HasNext {
				break
			}
			window.After = p.End()
		}
		return nil
	}()
	return seen, err
}
