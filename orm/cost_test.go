package orm_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/orm/internal/recorder"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
)

// What a flush costs must not grow with what it is not about. These tests count
// allocations and statements; the times are those of the benchmarks beside them.

// pile has many pieces, which it removes when they leave.
type pile struct {
	ID     int64
	Pieces rel.Collection[stone] `orm:",mappedBy=Pile,cascade=persist,orphanRemoval"`
}

type stone struct {
	ID   int64
	Pile rel.Ref[pile]
	Name *string
	Data []byte
}

// spent returns the allocations and the bytes of one run.
func spent(run func()) (allocs, bytes uint64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc
}

// piled stores a pile of n stones and reads it.
func piled(tb testing.TB, n int) (*orm.EntityManager, *pile) {
	tb.Helper()
	ctx := context.Background()
	db := must(orm.Open(ctx, sqlite.Memory(), orm.Entities(pile{}, stone{})))
	tb.Cleanup(func() { db.Close() })
	check(tb, schema.Create(ctx, db))
	p, name := &pile{}, "a"
	stones := make([]*stone, n)
	for i := range stones {
		stones[i] = &stone{Name: &name, Data: []byte("abc")}
	}
	p.Pieces.Set(stones...)
	em := db.Fork()
	em.Persist(p)
	check(tb, em.Flush(ctx))
	em = db.Fork()
	return em, must(orm.FindOneOrFail[pile](ctx, em, p.ID, orm.Populate("pieces")))
}

// TestCleanEntitiesCostNothing flushes with a hundred and with ten thousand clean entities.
func TestCleanEntitiesCostNothing(t *testing.T) {
	var first float64
	for i, n := range []int{100, 10_000} {
		em, _ := piled(t, n)
		check(t, em.Flush(t.Context()))
		got := fewestAllocs(func() { check(t, em.Flush(t.Context())) })
		if i == 0 {
			first = got
		}
		if got > first {
			t.Errorf("%v allocations with %d clean entities, %v with 100", got, n, first)
		}
	}
}

// TestFlushesDoNotGrow persists and flushes one entity after the other.
func TestFlushesDoNotGrow(t *testing.T) {
	rec := recorder.New(sqlite.Memory())
	db := must(orm.Open(t.Context(), rec, orm.Entities(counter{})))
	defer db.Close()
	check(t, schema.Create(t.Context(), target{db}))
	em := db.Fork()
	flush := func(times int) func() {
		return func() {
			for range times {
				em.Persist(newCounter())
				check(t, em.Flush(t.Context()))
			}
		}
	}
	flush(100)()
	rec.Take()
	const most = 60 // allocations for each
	few, fewBytes := spent(flush(100))
	sent := len(rec.Take())
	flush(2000)()
	rec.Take()
	many, manyBytes := spent(flush(100))
	if again := len(rec.Take()); again != sent || sent != 300 {
		t.Errorf("100 flushes sent %d lines at first, %d later", sent, again)
	}
	if few > 100*most {
		t.Errorf("%d allocations for a flush, want %d at most", few/100, most)
	}
	if 10*many > 11*few || 10*manyBytes > 15*fewBytes {
		t.Errorf("100 flushes took %d allocations and %d bytes at first, %d and %d after 2,200", few, fewBytes, many, manyBytes)
	}
}

// TestItemsLeaveOneByOne takes 500 items out of a collection of a thousand, and out of one of twenty thousand.
func TestItemsLeaveOneByOne(t *testing.T) {
	removed := func(n int) (calls, flush, bytes uint64) {
		em, p := piled(t, n)
		all := p.Pieces.Items()
		calls, bytes = spent(func() {
			for i := range 500 {
				p.Pieces.Remove(all[i*(n/500)])
			}
		})
		flush, _ = spent(func() { check(t, em.Flush(t.Context())) })
		if p.Pieces.Len() != n-500 {
			t.Errorf("%d of %d are left", p.Pieces.Len(), n)
		}
		return calls, flush, bytes
	}
	few, fewFlush, _ := removed(1000)
	many, manyFlush, bytes := removed(20_000)
	if 10*many > 12*few+1000 || 10*manyFlush > 11*fewFlush {
		t.Errorf("500 calls and their flush took %d and %d allocations with a thousand, %d and %d with twenty thousand", few, fewFlush, many, manyFlush)
	}
	// The list is copied once, and each item gets a place in an index or two.
	if bytes > 20_000*200 {
		t.Errorf("500 calls took %d bytes with twenty thousand", bytes)
	}
}

// BenchmarkItemsLeave takes 500 items out one by one.
func BenchmarkItemsLeave(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		for _, order := range []string{"from the front", "from the back", "scattered"} {
			b.Run(fmt.Sprint(n, " ", order), func(b *testing.B) {
				em, p := piled(b, n)
				for b.Loop() {
					b.StopTimer()
					em.Clear()
					p = must(orm.FindOneOrFail[pile](context.Background(), em, p.ID, orm.Populate("pieces")))
					all := p.Pieces.Items()
					b.StartTimer()
					for i := range 500 {
						switch order {
						case "from the front":
							p.Pieces.Remove(all[i])
						case "from the back":
							p.Pieces.Remove(all[n-1-i])
						default:
							p.Pieces.Remove(all[i*7919%n])
						}
					}
				}
			})
		}
	}
}
