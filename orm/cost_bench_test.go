package orm_test

import (
	"context"
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// counters stores n rows and reads them with a manager of their own.
func counters(tb testing.TB, db *orm.DB, n int) (*orm.EntityManager, []*counter) {
	tb.Helper()
	em := db.Fork()
	for range n {
		em.Persist(newCounter())
	}
	check(tb, em.Flush(context.Background()))
	em = db.Fork()
	return em, must(orm.Find[counter](context.Background(), em, nil))
}

func memoryCounters(tb testing.TB) *orm.DB {
	tb.Helper()
	db := must(orm.Open(context.Background(), sqlite.Memory(), orm.Entities(counter{})))
	tb.Cleanup(func() { db.Close() })
	check(tb, schema.Create(context.Background(), db))
	return db
}

// BenchmarkCleanFlush compares a flush that finds 10,000 entities unchanged with a
// comparison field by field, written by hand.
func BenchmarkCleanFlush(b *testing.B) {
	em, list := counters(b, memoryCounters(b), 10000)
	b.Run("weft", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := em.Flush(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
	copies := make([]counter, len(list))
	for i, c := range list {
		copies[i] = *c
	}
	b.Run("by hand", func(b *testing.B) {
		for b.Loop() {
			for i, c := range list {
				x := &copies[i]
				if c.ID != x.ID || c.Name != x.Name || c.Email != x.Email || c.Age != x.Age || c.Score != x.Score {
					b.Fatal("changed")
				}
			}
		}
	})
}

// BenchmarkPersistAndFlush flushes a thousand entities one by one, in one manager.
func BenchmarkPersistAndFlush(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		db := memoryCounters(b)
		em := db.Fork()
		b.StartTimer()
		for range 1000 {
			em.Persist(newCounter())
			if err := em.Flush(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	}
}
