package load

import (
	"slices"
	"testing"
)

// TestGroups adds every entity several times, to short groups and a long one.
func TestGroups(t *testing.T) {
	all := make([]*managed, 1000)
	for i := range all {
		all[i] = &managed{}
	}
	var g groups[string]
	for range 3 {
		for i, m := range all {
			g.add("long", m)
			if i < 5 {
				g.add("short", m)
			}
		}
	}
	if !slices.Equal(g.lists["long"], all) || !slices.Equal(g.lists["short"], all[:5]) {
		t.Errorf("%d and %d entities", len(g.lists["long"]), len(g.lists["short"]))
	}
	if len(g.seen["long"]) != len(all) || g.seen["short"] != nil {
		t.Errorf("%d and %d were counted", len(g.seen["long"]), len(g.seen["short"]))
	}
}
