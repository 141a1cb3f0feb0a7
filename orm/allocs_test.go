package orm_test

import (
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// counter is an entity with what a row of a common table has.
type counter struct {
	ID    int64
	Name  string
	Email string
	Age   int
	Score float64
}

// openCounters opens a database file with an empty table.
func openCounters(t *testing.T) *orm.DB {
	t.Helper()
	db := must(orm.Open(t.Context(), sqlite.File(t.TempDir()+"/a.db"), orm.Entities(counter{})))
	t.Cleanup(func() { db.Close() })
	check(t, schema.Create(t.Context(), db))
	return db
}

func newCounter() *counter { return &counter{Name: "a", Email: "a@example.org", Age: 7000, Score: 1.5} }

func TestAllocationsOfFindByKey(t *testing.T) {
	db := openCounters(t)
	row := newCounter()
	em := db.Fork()
	em.Persist(row)
	check(t, em.Flush(t.Context()))
	got := fewestAllocs(func() { must(orm.FindOneOrFail[counter](t.Context(), db.Fork(), row.ID)) })
	if budget := 26.0; got > budget {
		t.Errorf("%v allocations, want %v at most", got, budget)
	}
}

// TestAllocationsOfInserts counts per row: the entity, its place in the unit, its
// cells, boxes of their values, and what the Go driver needs. A build with the race
// detector takes one more.
func TestAllocationsOfInserts(t *testing.T) {
	const rows = 1000
	db := openCounters(t)
	run := func() {
		em := db.Fork()
		for range rows {
			em.Persist(newCounter())
		}
		check(t, em.Flush(t.Context()))
	}
	run()
	got := testing.AllocsPerRun(5, run) / rows
	if budget := 8.5; got > budget {
		t.Errorf("%v allocations for each row, want %v at most", got, budget)
	}
}
