package docpath_test

import (
	"slices"
	"testing"

	"github.com/weft-orm/weft/internal/docpath"
)

func TestElement(t *testing.T) {
	for step, want := range map[string]int{"[0]": 0, "[7]": 7, "[10]": 10, "[999999999]": 999999999} {
		if n, ok := docpath.Element(step); !ok || n != want {
			t.Errorf("%s is %d, %t", step, n, ok)
		}
	}
	for _, key := range []string{"", "[]", "0", "[a]", "[-1]", "[+1]", "[01]", "[1000000000]", "[0", "x[0]", "[0]x", "[ 0]"} {
		if docpath.IsElement(key) {
			t.Errorf("%q is an element", key)
		}
	}
}

func TestCut(t *testing.T) {
	for piece, want := range map[string][]string{
		"items": {"items"}, "items[0]": {"items", "[0]"}, "items[0][12]": {"items", "[0]", "[12]"}, "[3]": {"", "[3]"}, "a[x][1]": {"a[x]", "[1]"}, "a[1]b": {"a[1]b"},
	} {
		name, elements := docpath.Cut(piece)
		if got := append([]string{name}, elements...); !slices.Equal(got, want) {
			t.Errorf("%s is %q", piece, got)
		}
	}
}
