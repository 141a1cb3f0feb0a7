package orm_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestLoadCountIsCountedByTheDatabase: no key of an item is read.
func TestLoadCountIsCountedByTheDatabase(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	ann := &model.Author{Name: "Ann", Email: "ann@example.org"}
	ann.Books.Add(&model.Book{Title: "A", Pages: 10}, &model.Book{Title: "B", Pages: 20})
	bob := &model.Author{Name: "Bob", Email: "bob@example.org"}
	em.Persist(ann, bob)
	b.flush(em)
	counts := must(orm.LoadCount(b.ctx, em, []*model.Author{ann, bob}, "books", orm.M{"pages >": 10}))
	if counts[ann] != 1 || counts[bob] != 0 || len(counts) != 2 {
		t.Errorf("counts are %v", counts)
	}
	b.sent(`SELECT "e0"."author_id", count(*) FROM "books" AS "e0" WHERE (("e0"."author_id" IN (SELECT value FROM json_each(?))) AND ("e0"."pages" > ?)) GROUP BY "e0"."author_id" [[1 2] 10]`)
	if counts := must(orm.LoadCount(b.ctx, em, []*model.Author{}, "books", nil)); len(counts) != 0 {
		t.Errorf("counts of nobody are %v", counts)
	}
	b.sent()
}
