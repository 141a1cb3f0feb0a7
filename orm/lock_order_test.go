package orm_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestLockOrder updates rows by key, whatever the order they were read in, so
// that two units cannot wait for each other's rows.
func TestLockOrder(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	for _, name := range []string{"a", "b", "c"} {
		em.Persist(&model.Tag{Name: name})
	}
	b.flush(em)

	em = b.db.Fork()
	tags, err := orm.Find[model.Tag](b.ctx, em, orm.M{}, orm.OrderBy("-id"))
	b.ok(err)
	b.rec.Take()
	for _, tag := range tags {
		tag.Name += "!"
	}
	b.ok(em.Flush(b.ctx))
	sent := strings.Join(b.rec.Take(), "\n")
	want := `UPDATE "tags" SET "name" = ? WHERE "id" = ? ['a!' 1] ['b!' 2] ['c!' 3]`
	if !strings.Contains(sent, want) {
		t.Errorf("sent\n%s\nwant\n%s", sent, want)
	}
}

// TestExistingRowsAreWrittenFirst expects a unit that changes a row and inserts
// others that refer to it to take the stronger lock first.
func TestExistingRowsAreWrittenFirst(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	jon := &model.Author{Name: "Jon", Email: "jon@x"}
	em.Persist(jon)
	b.flush(em)
	jon.Name = "Jon S."
	em.Persist(&model.Book{Title: "Winter", Author: orm.To(jon)})
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`UPDATE "authors" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['Jon S.' 2 1 1]`,
		`INSERT INTO "books" ("title", "isbn", "pages", "price", "author_id", "publisher_code") VALUES (?, ?, ?, ?, ?, ?) ['Winter' null 0 0 1 null]`,
		`commit`,
	)
}
