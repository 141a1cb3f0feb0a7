package unit

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// TestAddresses compares the table with a map under entities that come and go, so that
// searches run into each other and across the end.
func TestAddresses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	memory := make([]int64, 60)
	var table addresses
	want := map[unsafe.Pointer]*Managed{}
	for range 20_000 {
		m := &Managed{}
		m.Entity = unsafe.Pointer(&memory[r.IntN(len(memory))])
		switch known := want[m.Entity]; {
		case r.IntN(2) == 0:
			*table.Seat(address{m.Entity}, 0) = m
			want[m.Entity] = m
		case known != nil && r.IntN(4) > 0:
			table.Delete(address{known.Entity}, known)
			delete(want, m.Entity)
		default:
			table.Delete(address{m.Entity}, m) // which is another than the one known
		}
		if table.Get(address{m.Entity}) != want[m.Entity] || table.Len() != len(want) {
			t.Fatalf("%p of %d, want %p of %d", table.Get(address{m.Entity}), table.Len(), want[m.Entity], len(want))
		}
	}
	for at, m := range want {
		if table.Get(address{at}) != m {
			t.Error("an entity is lost")
		}
	}
}
