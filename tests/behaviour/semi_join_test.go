package behaviour_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestSemiJoinForms asks for authors by their books in each form, which do not share their
// statements, and by a stream, which asks for each author whatever the engine.
func TestSemiJoinForms(t *testing.T) {
	loggedEngines(t, func(t *testing.T, e engine, all *bytes.Buffer) {
		ctx, where := t.Context(), orm.M{"books.title": "Woods"}
		sql := e.caps.Name != "mongo" && e.caps.Name != "memory"
		for range 2 { // the second time the statements are known
			for _, c := range []struct {
				opts   []orm.FindOption
				exists bool
			}{
				{nil, e.caps.Name != "sqlite"},
				{[]orm.FindOption{orm.Exists()}, true},
				{[]orm.FindOption{orm.KeyIn()}, false},
				{[]orm.FindOption{orm.KeyIn(), orm.Exists()}, true},
			} {
				all.Reset()
				list, n, err := orm.FindAndCount[model.Author](ctx, e.db.Fork(), where, append(c.opts, orm.Limit(3))...)
				ok(t, err)
				if n != 1 || len(list) != 1 || list[0].Name != "Ann" {
					t.Errorf("%d of %d authors", len(list), n)
				}
				if got := strings.Contains(all.String(), "EXISTS ("); sql && got != c.exists {
					t.Errorf("EXISTS %t, want %t:\n%s", got, c.exists, all)
				}
			}
			all.Reset()
			for a, err := range orm.Stream[model.Author](ctx, e.db.Fork(), where) {
				if ok(t, err); a.Name != "Ann" {
					t.Errorf("stream: %s", a.Name)
				}
			}
			for a, err := range orm.QB[model.Author](e.db.Fork(), "a").Where(where).Stream(ctx) {
				if ok(t, err); a.Name != "Ann" {
					t.Errorf("stream of a query: %s", a.Name)
				}
			}
			if sql && strings.Contains(all.String(), " IN (SELECT") {
				t.Errorf("a stream asks for all on each page:\n%s", all)
			}
		}
	})
}
