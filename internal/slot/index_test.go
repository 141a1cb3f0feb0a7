package slot

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

func addresses(n int) []unsafe.Pointer {
	all := make([]unsafe.Pointer, n)
	for i := range all {
		all[i] = unsafe.Pointer(new(int64))
	}
	return all
}

// TestItemsAtRandom changes items in all ways, those that bypass the index
// included, and expects what a search of the lists finds.
func TestItemsAtRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	all := addresses(200)
	s := &Items{}
	var copies []*Items
	for step := range 20000 {
		p := all[random.IntN(len(all))]
		switch random.IntN(40) {
		default:
			if !s.Has(p) {
				s.Join(p)
			}
		case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9:
			s.Leave(p)
		case 10, 11, 12, 13, 14, 15, 16, 17, 18, 19:
			if !s.HasRemoved(p) {
				s.Remove(p)
			}
		case 20:
			before := *s // what a rollback goes back to
			copies = append(copies, &before)
		case 21:
			if len(copies) > 0 {
				*s = *copies[random.IntN(len(copies))]
				s.List, s.Removed = slices.Clip(s.List), slices.Clip(s.Removed)
			}
		case 22:
			s.List = slices.Clone(s.List[:len(s.List)/2])
		case 24:
			s.Leave(all[:7]...)
		case 23:
			s = s.CloneFor(s.Self)
		}
		for _, p := range all[:20] {
			if got, want := s.Has(p), slices.Contains(s.List, p); got != want {
				t.Fatalf("step %d: Has is %t, not %t", step, got, want)
			}
			if got, want := s.HasRemoved(p), slices.Contains(s.Removed, p); got != want {
				t.Fatalf("step %d: HasRemoved is %t, not %t", step, got, want)
			}
		}
	}
}

// TestIndexIsKept expects one index however often items join and leave.
func TestIndexIsKept(t *testing.T) {
	s, all := &Items{}, addresses(2000)
	var first *index
	for i, p := range all {
		if s.Has(p) {
			t.Fatal("an item is there before it joined")
		}
		s.Join(p)
		if i > few && first == nil {
			s.Has(p)
			first = s.items
		}
	}
	for _, p := range all[:1000] {
		s.Leave(p)
	}
	if s.Has(all[0]) || !s.Has(all[1000]) || len(s.List) != 1000 {
		t.Errorf("%d items are left", len(s.List))
	}
	if s.items != first || first == nil || first.n != 1000 {
		t.Error("the index was made again")
	}
}

func TestDistinct(t *testing.T) {
	all := addresses(100)
	list := slices.Concat(all[:3], []unsafe.Pointer{nil}, all, all[50:])
	if got := Distinct(list); !slices.Equal(got, all) {
		t.Errorf("%d items, not the %d in order", len(got), len(all))
	}
}

// TestLeaveOfMany makes one list, not one for each item that leaves.
func TestLeaveOfMany(t *testing.T) {
	all := addresses(2000)
	s := &Items{}
	if n := testing.AllocsPerRun(5, func() { s.List = all; s.Leave(all[500:1500]...) }); n > 100 {
		t.Errorf("%.0f allocations", n)
	}
	if !slices.Equal(s.List, slices.Concat(all[:500], all[1500:])) || !s.Dirty {
		t.Errorf("%d items are left", len(s.List))
	}
}
