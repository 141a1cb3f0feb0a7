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
