package identity

import (
	"math/rand/v2"
	"testing"

	"github.com/weft-orm/weft/internal/slot"
)

// TestInts compares the table with a map under entries that come and go, so that
// searches run into each other and across the end.
func TestInts(t *testing.T) {
	for _, span := range []int64{8, 60, 1 << 40} {
		r := rand.New(rand.NewPCG(1, uint64(span)))
		var table ints
		want := map[int64]*slot.Entry{}
		for range 20_000 {
			key := r.Int64N(span) - span/2
			if span > 1000 {
				key = key / (span / 300) * (span / 300)
			}
			switch r.IntN(3) {
			case 0:
				table.delete(key, &slot.Entry{}) // another entity has it
				if e := want[key]; e != nil {
					table.delete(key, e)
				}
				delete(want, key)
			case 1:
				e := &slot.Entry{}
				*table.seat(key, r.IntN(3)) = e
				want[key] = e
			}
			if table.get(key) != want[key] || table.n != len(want) {
				t.Fatalf("key %d: %p of %d, want %p of %d", key, table.get(key), table.n, want[key], len(want))
			}
		}
		for key, e := range want {
			if table.get(key) != e {
				t.Errorf("key %d is lost", key)
			}
		}
	}
}

// TestIntsRoom checks that a table which is told what follows grows once.
func TestIntsRoom(t *testing.T) {
	var table ints
	for key := range int64(1000) {
		*table.seat(key, 1000) = &slot.Entry{}
		if len(table.slots) != 1334 {
			t.Fatalf("%d places for %d entries", len(table.slots), key+1)
		}
	}
}
