//go:build go1.27

package next_test

import (
	"testing"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestMethodsWithTypes calls what Go 1.27 makes methods.
func TestMethodsWithTypes(t *testing.T) {
	ctx := t.Context()
	db, err := orm.Open(ctx, memory.New(), orm.Entities(model.Library()...))
	if err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	em.Repo[model.Author]().Persist(&model.Author{Name: "Ann", Email: "a"}, &model.Author{Name: "Bob", Email: "b"})
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	all, err := em.Find[model.Author](ctx, orm.M{"name": "Ann"})
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	one, err := em.FindOne[model.Author](ctx, all[0].ID)
	must, err2 := em.FindOneOrFail[model.Author](ctx, all[0].ID)
	if err != nil || err2 != nil || one != all[0] || must != one {
		t.Error(err, err2)
	}
	if list, n, err := em.FindAndCount[model.Author](ctx, nil, orm.Limit(1)); err != nil || len(list) != 1 || n != 2 {
		t.Error(len(list), n, err)
	}
	if n, err := em.Count[model.Author](ctx, nil); n != 2 || err != nil {
		t.Error(n, err)
	}
	page, err := em.FindByCursor[model.Author](ctx, nil, orm.Window{First: 1}, orm.OrderBy("name"))
	if err != nil || len(page.Items) != 1 || !page.HasNext {
		t.Error(err)
	}
	n := 0
	for _, err := range em.Stream[model.Author](ctx, nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	type row struct{ Name string }
	rows, err := em.QB[model.Author]("a").Select("name").OrderBy("name").Into[row](ctx)
	if n != 2 || err != nil || len(rows) != 2 || rows[0].Name != "Ann" {
		t.Error(n, rows, err)
	}
}

// TestMethodsAsThePageShowsThem has the lines of docs/repositories.md.
func TestMethodsAsThePageShowsThem(t *testing.T) {
	type (
		Author = model.Author
		Row    struct{ Name string }
	)
	ctx, cond := t.Context(), orm.M{"name": "Ann"}
	db, err := orm.Open(ctx, memory.New(), orm.Entities(model.Library()...))
	if err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	em.Repo[Author]().Persist(&Author{Name: "Ann", Email: "a"})
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}

	authors, err := em.Find[Author](ctx, cond)
	first, err := em.Repo[Author]().FindOne(ctx, cond)
	names, err := em.QB[Author]("a").Select("name").Where(cond).Into[Row](ctx)

	if err != nil || len(authors) != 1 || first != authors[0] || len(names) != 1 || names[0].Name != "Ann" {
		t.Error(authors, first, names, err)
	}
}
