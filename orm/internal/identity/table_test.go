package identity

import (
	"math/rand/v2"
	"testing"

	"github.com/weft-orm/weft/internal/slot"
)

// TestTable compares the table with a map under entries that come and go, so that
// searches run into each other and across the end.
func TestTable(t *testing.T) {
	for _, span := range []int64{8, 60, 1 << 40} {
		r := rand.New(rand.NewPCG(1, uint64(span)))
		var table Table[integer, slot.Entry]
		want := map[int64]*slot.Entry{}
		for range 20_000 {
			key := r.Int64N(span) - span/2
			if span > 1000 {
				key = key / (span / 300) * (span / 300)
			}
			switch r.IntN(3) {
			case 0:
				table.Delete(integer(key), &slot.Entry{}) // another entity has it
				if e := want[key]; e != nil {
					table.Delete(integer(key), e)
				}
				delete(want, key)
			case 1:
				e := &slot.Entry{}
				*table.Seat(integer(key), r.IntN(3)) = e
				want[key] = e
			}
			if table.Get(integer(key)) != want[key] || table.n != len(want) {
				t.Fatalf("key %d: %p of %d, want %p of %d", key, table.Get(integer(key)), table.n, want[key], len(want))
			}
		}
		for key, e := range want {
			if table.Get(integer(key)) != e {
				t.Errorf("key %d is lost", key)
			}
		}
	}
}

// TestTableRoom checks that a table which is told what follows grows once.
func TestTableRoom(t *testing.T) {
	var table Table[integer, slot.Entry]
	for key := range int64(1000) {
		*table.Seat(integer(key), 1000) = &slot.Entry{}
		if len(table.slots) != 1334 {
			t.Fatalf("%d places for %d entries", len(table.slots), key+1)
		}
	}
}

// TestTableEnds looks for what is not there, in tables made for any number: a search needs a free
// slot to end at.
func TestTableEnds(t *testing.T) {
	for n := range 20 {
		var table Table[integer, slot.Entry]
		table.Expect(n)
		for key := range integer(40) {
			*table.Seat(key, 0) = &slot.Entry{}
			if table.Len() == len(table.slots) {
				t.Fatalf("a table made for %d is full with %d", n, table.Len())
			}
			if table.Get(-1) != nil {
				t.Fatal("found what is not there")
			}
		}
	}
}
