package changeset_test

import (
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/orm/internal/changeset"
)

// items are distinct addresses to make lists of.
var items [12]byte

func list(letters string) []unsafe.Pointer {
	out := make([]unsafe.Pointer, len(letters))
	for i, c := range letters {
		out[i] = unsafe.Pointer(&items[c-'a'])
	}
	return out
}

func TestDiffItems(t *testing.T) {
	tests := []struct {
		before, after         string
		added, removed, moved []int
	}{
		{"", "", nil, nil, nil},
		{"abc", "abc", nil, nil, nil},
		{"", "ab", []int{0, 1}, nil, nil},
		{"ab", "", nil, []int{0, 1}, nil},
		{"abc", "abd", []int{2}, []int{2}, nil},
		{"abc", "bc", nil, []int{0}, []int{0, 1}},
		{"ab", "ba", nil, nil, []int{0, 1}},
		{"abc", "xab"[1:], nil, []int{2}, nil},
	}
	for _, tt := range tests {
		d := changeset.DiffItems(list(tt.before), list(tt.after))
		if !slices.Equal(d.Added, tt.added) || !slices.Equal(d.Removed, tt.removed) || !slices.Equal(d.Moved, tt.moved) {
			t.Errorf("%q -> %q: %+v", tt.before, tt.after, d)
		}
	}
}

func TestDiffItemsApplies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) []unsafe.Pointer {
			letters := rapid.SliceOfNDistinct(rapid.IntRange(0, 11), 0, 12, rapid.ID[int]).Draw(t, label)
			out := make([]unsafe.Pointer, len(letters))
			for i, n := range letters {
				out[i] = unsafe.Pointer(&items[n])
			}
			return out
		}
		before, after := draw("before"), draw("after")
		d := changeset.DiffItems(before, after)
		if got := apply(before, after, d); !slices.Equal(got, after) {
			t.Fatalf("apply(diff) = %v, want %v", got, after)
		}
	})
}

// apply rebuilds after from before, using after only where the difference says so.
func apply(before, after []unsafe.Pointer, d changeset.Diff) []unsafe.Pointer {
	out := make([]unsafe.Pointer, len(before)-len(d.Removed)+len(d.Added))
	for i, p := range before {
		if !slices.Contains(d.Removed, i) && i < len(out) && !slices.Contains(d.Added, i) && !slices.Contains(d.Moved, i) {
			out[i] = p
		}
	}
	for _, i := range slices.Concat(d.Added, d.Moved) {
		out[i] = after[i]
	}
	return out
}
