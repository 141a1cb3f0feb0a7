package orm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

// TestStrategyAuto reads one form again and again: what the last find has found decides how
// the next one loads to-one relations, in every manager of the process alike.
func TestStrategyAuto(t *testing.T) {
	b := newBench(t)
	library(b)
	most := b.db.Engine().Caps().FewRoots
	sent := func(ids []int64, opts ...orm.FindOption) string {
		b.Helper()
		b.rec.Take()
		opts = append(opts, orm.Populate("author", "tags"), orm.Strategy("auto"), orm.OrderBy("id"))
		for _, book := range must(orm.Find[Book](b.ctx, b.db.Fork(), orm.M{"id": ids}, opts...)) {
			if !book.Author.IsLoaded() || !book.Tags.IsLoaded() {
				t.Errorf("book %d is not populated", book.ID)
			}
		}
		how := "select-in"
		list := b.rec.Take()
		if strings.Contains(list[0], "JOIN") {
			how = "joined"
		}
		if n := map[string]int{"select-in": 3, "joined": 2}[how]; len(list) != n {
			t.Errorf("%s: %d statements, want %d", how, len(list), n)
		}
		return how
	}
	few, many := []int64{1, 2}, make([]int64, 0, most+1)
	author := must(orm.FindOne[Author](b.ctx, b.db.Fork(), 1))
	em := b.db.Fork()
	for range most + 1 {
		em.Persist(&Book{Title: "one of many", Author: orm.ToKey[Author](author.ID)})
	}
	b.ok(em.Flush(b.ctx))
	for _, book := range must(orm.Find[Book](b.ctx, b.db.Fork(), orm.M{"title": "one of many"})) {
		many = append(many, book.ID)
	}
	for i, step := range []struct {
		ids  []int64
		want string
	}{
		{few, "select-in"}, {few, "joined"}, {many[:most], "joined"}, {many, "joined"}, {few, "select-in"}, {few, "joined"},
	} {
		if how := sent(step.ids); how != step.want {
			t.Errorf("step %d is %s, want %s", i, how, step.want)
		}
	}
	if how := sent(many, orm.Limit(most)); how != "joined" {
		t.Errorf("a first find with a small limit is %s", how)
	}
	if how := sent(few, orm.Limit(most+1)); how != "joined" {
		t.Errorf("a find with a greater limit, which is of the same form, is %s", how)
	}
	if how := sent(few, orm.Limit(most+1), orm.NullsLowest()); how != "select-in" {
		t.Errorf("a first find with a greater limit is %s", how)
	}
	_, err := orm.Find[Book](b.ctx, b.db.Fork(), nil, orm.Populate("author"), orm.Strategy("autos"))
	if !errors.Is(err, orm.ErrStrategy) || !strings.Contains(err.Error(), `did you mean "auto"?`) {
		t.Error(err)
	}
}
