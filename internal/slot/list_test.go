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

// model is a list and what changed since it was settled, kept the plain way.
type model struct{ list, added, removed []unsafe.Pointer }

func without(list []unsafe.Pointer, p unsafe.Pointer) []unsafe.Pointer {
	return slices.DeleteFunc(slices.Clone(list), func(x unsafe.Pointer) bool { return x == p })
}

func (m *model) join(at int, p unsafe.Pointer) {
	if at < 0 || at > len(m.list) {
		at = len(m.list)
	}
	m.list = slices.Insert(slices.Clone(m.list), at, p)
	if slices.Contains(m.removed, p) {
		m.removed = without(m.removed, p)
		return
	}
	m.added = append(m.added, p)
}

func (m *model) leave(p unsafe.Pointer) {
	m.list = without(m.list, p)
	if slices.Contains(m.added, p) {
		m.added = without(m.added, p)
	} else if !slices.Contains(m.removed, p) {
		m.removed = append(m.removed, p)
	}
}

// TestItemsAtRandom changes items in all ways and expects what plain slices say.
// Views taken on the way must stay as they were.
func TestItemsAtRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	all := addresses(200)
	s, m := &Items{Loaded: true}, &model{}
	type seen struct{ view, copy []unsafe.Pointer }
	var views []seen
	for step := range 30000 {
		p := all[random.IntN(len(all))]
		switch random.IntN(40) {
		default:
			if !s.Has(p) {
				s.Join(p)
				m.join(-1, p)
			}
		case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13:
			if s.Has(p) {
				s.Leave(p)
				m.leave(p)
			}
		case 14, 15:
			if at := random.IntN(len(m.list) + 1); !s.Has(p) {
				s.JoinAt(at, p)
				m.join(at, p)
			}
		case 16:
			v := s.View()
			views = append(views, seen{v, slices.Clone(v)})
		case 17:
			s.Settle()
			m.added, m.removed = nil, nil
		case 18:
			s = s.CloneFor(s.Self)
		case 19:
			s.Forget(p)
			m.list, m.added, m.removed = without(m.list, p), without(m.added, p), without(m.removed, p)
		}
		if s.Len() != len(m.list) || s.Has(p) != slices.Contains(m.list, p) || s.Removed.Has(p) != slices.Contains(m.removed, p) {
			t.Fatalf("step %d: the items differ from the model", step)
		}
		if step%17 == 0 && (!slices.Equal(s.Read(), m.list) || !slices.Equal(s.Added.Read(), m.added) || !slices.Equal(s.Removed.Read(), m.removed)) {
			t.Fatalf("step %d: %d items, not the %d of the model in order", step, s.Len(), len(m.list))
		}
	}
	for i, v := range views {
		if !slices.Equal(v.view, v.copy) {
			t.Errorf("view %d was changed", i)
		}
	}
}

func TestReplace(t *testing.T) {
	all := addresses(100)
	var c Collection
	c.Replace(all[:60])
	c.Items.Settle()
	c.Replace(slices.Concat(all[90:], all[:50]))
	if got := c.Items.Read(); !slices.Equal(got, slices.Concat(all[90:], all[:50])) {
		t.Errorf("%d items, or another order", len(got))
	}
	if c.Items.Added.Len() != 10 || c.Items.Removed.Len() != 10 || c.Items.Wiped {
		t.Errorf("%d added, %d removed", c.Items.Added.Len(), c.Items.Removed.Len())
	}
}

func TestDistinct(t *testing.T) {
	all := addresses(100)
	list := slices.Concat(all[:3], []unsafe.Pointer{nil}, all, all[50:])
	if got := Distinct(list); !slices.Equal(got, all) {
		t.Errorf("%d items, not the %d in order", len(got), len(all))
	}
}

// BenchmarkLeave takes 500 items one by one out of collections of two sizes.
func BenchmarkLeave(b *testing.B) {
	for _, n := range []int{1000, 100000} {
		all := addresses(n)
		order := rand.New(rand.NewPCG(1, 2)).Perm(n)[:500]
		b.Run(map[int]string{1000: "1000", 100000: "100000"}[n], func(b *testing.B) {
			for b.Loop() {
				s := NewItems(nil, all, true)
				for _, i := range order {
					s.Leave(all[i])
				}
			}
		})
	}
}
