package behaviour_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestReturning reads the rows that writes return, where the engine has them.
func TestReturning(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		storeLibrary(t, e)
		em := e.db.Fork()
		type tag struct {
			ID   int64
			Name string
		}
		tags := func() *orm.Query[model.Tag] { return orm.QB[model.Tag](em, "t") }
		refused := map[string]int{}
		same := func(what string, got any, err error, want string) {
			t.Helper()
			switch {
			case errors.Is(err, driver.ErrUnsupported):
				refused[what]++
			case err != nil || fmt.Sprint(got) != want:
				t.Errorf("%s: %v, %v; want %s", what, got, err, want)
			}
		}
		made, err := orm.Result[tag](t.Context(), em, tags().Insert(orm.M{"id": 11, "name": "a"}, orm.M{"id": 12, "name": "b"}).Returning("id", "name"))
		same("insert", made, err, "[{11 a} {12 b}]")
		keys, err := orm.Result[int64](t.Context(), em, tags().Insert(orm.M{"id": 13, "name": "c"}).Returning("id"))
		same("insert of one", keys, err, "[13]")
		changed, err := orm.Result[tag](t.Context(), em, tags().Update(orm.M{"name": "d"}).Where(orm.M{"id": 13}).Returning())
		same("update", changed, err, "[{13 d}]")
		through, err := orm.Result[map[string]any](t.Context(), em, orm.QB[model.Book](em, "b").Update(orm.M{"pages": 7}).Where(orm.M{"author.name": "Bob"}).Returning("title", "pages"))
		same("update through a relation", through, err, "[map[pages:7 title:Bob0]]")
		gone, err := orm.Result[string](t.Context(), em, tags().Delete().Where(orm.M{"id": []int{11, 99}}).Returning("name"))
		same("delete", gone, err, "[a]")
		none, err := orm.Result[string](t.Context(), em, tags().Delete().Where(orm.M{"books.title": "nobody"}).Returning("name"))
		same("delete through a relation", none, err, "[]")
		if n, err := orm.Exec(t.Context(), em, tags().Delete().Where(orm.M{"id": 12}).Returning("name")); err == nil && n != 1 {
			t.Errorf("exec counts %d", n)
		}
		for what, n := range refused {
			if e.caps.Name == "sqlite" || e.caps.Name == "postgres" || e.caps.Name == "memory" || what == "insert" {
				t.Errorf("%s refuses %s %d times", e.caps.Name, what, n)
			}
		}
		if _, err := orm.Result[int64](t.Context(), em, tags().Delete().Where(orm.M{"id": 1})); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("a write that returns nothing: %v", err)
		}
		var streamed []string
		for row, err := range orm.StreamResult[struct {
			Title string
			Name  string
		}](t.Context(), em, orm.QB[model.Book](em, "b").Select("title", "author.name").OrderBy("title")) {
			ok(t, err)
			if len(streamed) == 0 { // the manager may be used
				_, err := orm.Find[model.Tag](t.Context(), em, nil)
				ok(t, err)
			}
			streamed = append(streamed, row.Title+" of "+row.Name)
		}
		if got := fmt.Sprint(streamed); got != "[Ann0 of Ann Ann1 of Ann Bob0 of Bob]" {
			t.Errorf("streamed %s", got)
		}
	})
}
