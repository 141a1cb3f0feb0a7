package orm_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
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
	b.sent(selectBooks + ` WHERE ("e0"."id" = ?) ORDER BY "e0"."id" ASC LIMIT 0 + ? OFFSET ? [1 1 0]`)
	if found := must(orm.FindOne[model.Book](b.ctx, b.db.Fork(), 1, orm.Offset(1))); found != nil {
		t.Errorf("behind the only row: %v", found)
	}
	b.sent(selectBooks + ` WHERE ("e0"."id" = ?) ORDER BY "e0"."id" ASC LIMIT 0 + ? OFFSET ? [1 9223372036854775807 1]`)
	if found := must(orm.FindOne[model.Book](b.ctx, b.db.Fork(), 1, orm.Limit(0))); found != nil {
		t.Errorf("no row was asked for: %v", found)
	}
	b.sent()
}
