package histories_test

import "testing"

// TestReassignedAndPopulated: a reference that was given another key is populated as it is now.
func TestReassignedAndPopulated(t *testing.T) {
	for _, n := range []int{0, 1, 2} {
		replay(t, "sqlite", []step{
			{Do: "new", H: 1, T: "truck", V: []any{1, "P418", 1}},
			{Do: "attach", H: 2, T: "actor", F: "Driver", To: []int{1}, V: []any{2, "N3", "E82", "P546", "s4|c0", "s4|c1"}},
			{Do: "new", H: 7, T: "mask", V: []any{7, "N1", "F3"}},
			{Do: "attach", H: 9, T: "actor", F: "Owner", To: []int{7}, V: []any{9, "N3", "E4", nil, "s3|c1", "s2|c0"}},
			{Do: "flush"},
			{Do: "clear"},
			{Do: "find", H: 1},
			{Do: "find", H: 2},
			{Do: "mode", N: 1},
			{Do: "key", H: 1, F: "Driver", To: []int{9}},
			{Do: "populate", H: 1, F: "Driver", N: n},
			{Do: "add", H: 2, F: "Pupils", To: []int{9}},
		})
	}
}

// TestAddedAndPopulated: an item that is not stored in the collection yet, and was read in part, is read
// as a whole with it, whatever the strategy.
func TestAddedAndPopulated(t *testing.T) {
	onStages(t, func(t *testing.T, _ string, s *stage) {
		for _, n := range []int{0, 1, 2} {
			s.playBoth(t, []step{
				{Do: "new", H: 3, T: "gown", V: []any{3, "N4", 3}},
				{Do: "new", H: 4, T: "guild", V: []any{4, "N3"}},
				{Do: "attach", H: 7, T: "actor", F: "Owner", To: []int{3}, V: []any{7, "N1", "E214", "P649", "s2|c0", "s3|c0"}},
				{Do: "flush"},
				{Do: "clear"},
				{Do: "find", H: 7, F: "Name"},
				{Do: "part", H: 4, F: "Members", N: 6},
				{Do: "mode", N: 1},
				{Do: "add", H: 7, F: "Clubs", To: []int{4}},
				{Do: "populate", H: 4, F: "Members", N: n},
				{Do: "flush"},
			})
		}
	})
}
