package schema_test

import (
	"strings"
	"testing"

	qbsql "github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
)

// Section refers to another by its slug, and to one by its key.
type Section struct {
	ID     int64
	Slug   string           `orm:",unique,length=40"`
	Parent rel.Ref[Section] `orm:",references=slug"`
	Next   rel.Ref[Section]
}

// TestOwnKeyComesAfterItsIndex: where an index is made apart from its table, a foreign key of
// the table to the indexed column comes after both.
func TestOwnKeyComesAfterItsIndex(t *testing.T) {
	text, err := schema.SQL(registry(t, Section{}), qbsql.Postgres())
	must(t, err)
	at := func(part string) int {
		i := strings.Index(text, part)
		if i < 0 || strings.Contains(text[i+len(part):], part) {
			t.Fatalf("%q is not there once:\n%s", part, text)
		}
		return i
	}
	table, byKey := at(`CREATE TABLE "sections"`), at(`FOREIGN KEY ("next_id") REFERENCES "sections" ("id")`)
	index, bySlug := at(`CREATE UNIQUE INDEX "sections_slug_uniq" ON "sections" ("slug")`), at(`FOREIGN KEY ("parent_slug") REFERENCES "sections" ("slug")`)
	if table > byKey || table > index || index > bySlug {
		t.Errorf("the statements come in another order:\n%s", text)
	}
}

// TestOwnKeySettles: tables with such a key are as the mapping says once they were made.
func TestOwnKeySettles(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			db := target{registry(t, Section{}), server.open(t)}
			must(t, schema.Create(t.Context(), db))
			noDifference(t, db)
		})
	}
}
