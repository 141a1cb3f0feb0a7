package orm_test

import (
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

// TestFindByKeyHasNoLimit: a key finds one row at most, and SQLite would prepare
// the statement again for each value of a limit.
func TestFindByKeyHasNoLimit(t *testing.T) {
	b := newBench(t)
	library(b)
	book := must(orm.FindOne[model.Book](b.ctx, b.db.Fork(), 1))
	b.sent(selectBooks + ` WHERE ("e0"."id" = ?) [1]`)
	if book == nil || book.ID != 1 {
		t.Errorf("book = %v", book)
	}
	must(orm.FindOne[model.Book](b.ctx, b.db.Fork(), orm.M{"id": 1}))
	b.sent(selectBooks + ` WHERE ("e0"."id" = ?) ORDER BY "e0"."id" ASC LIMIT ? OFFSET ? [1 1 0]`)
	if found := must(orm.FindOne[model.Book](b.ctx, b.db.Fork(), 1, orm.Offset(1))); found != nil {
		t.Errorf("behind the only row: %v", found)
	}
	b.sent(selectBooks + ` WHERE ("e0"."id" = ?) ORDER BY "e0"."id" ASC LIMIT ? OFFSET ? [1 9223372036854775807 1]`)
	if found := must(orm.FindOne[model.Book](b.ctx, b.db.Fork(), 1, orm.Limit(0))); found != nil {
		t.Errorf("no row was asked for: %v", found)
	}
	b.sent()
}

// keyRow is an entity with all that a row of a common table has.
type keyRow struct {
	ID    int64
	Name  string
	Email string
	Age   int
	Score float64
}

func TestAllocationsOfFindByKey(t *testing.T) {
	db := must(orm.Open(t.Context(), sqlite.File(t.TempDir()+"/a.db"), orm.Entities(keyRow{})))
	defer db.Close()
	check(t, schema.Create(t.Context(), db))
	em := db.Fork()
	row := &keyRow{Name: "a", Email: "a@example.org", Age: 7, Score: 1.5}
	em.Persist(row)
	check(t, em.Flush(t.Context()))
	const budget = 40
	got := fewestAllocs(func() { must(orm.FindOneOrFail[keyRow](t.Context(), db.Fork(), row.ID)) })
	if got > budget {
		t.Errorf("%v allocations, want %d at most", got, budget)
	}
}
