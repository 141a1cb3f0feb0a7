package histories_test

// keptPlaces are those about places of one-to-one relations that one row takes from another.
var keptPlaces = []keptHistory{
	{"a place taken from a row that counts as not read after a rollback", []step{
		{Do: "new", H: 2, T: "actor", V: []any{2, "N2", "E637", nil, "s4|c1", "s2|c1"}},
		{Do: "attach", H: 3, T: "actor", F: "UnderstudyOf", To: []int{2}, V: []any{3, "N3", "E897", "P13", "s3|c0", "s2|c0"}},
		{Do: "new", H: 9, T: "guild", V: []any{9, "N3"}},
		{Do: "flush"},
		{Do: "clear"},
		{Do: "find", H: 2},
		{Do: "begin"},
		{Do: "rawDelete", H: 9},
		{Do: "point", H: 2, F: "Understudy", To: []int{2}},
		{Do: "flush"},
		{Do: "rollback"},
		{Do: "flush"},
	}},
	{"a place given up again after a read has seen that it was taken", []step{
		{Do: "new", H: 1, T: "gown", V: []any{1, "N2", nil}},
		{Do: "attach", H: 2, T: "actor", F: "Owner", To: []int{1}, V: []any{2, "N1", "E1", nil, "s3|c0", "s1|c0"}},
		{Do: "point", H: 2, F: "UnderstudyOf", To: []int{2}},
		{Do: "new", H: 6, T: "ticket", V: []any{6, "S1"}},
		{Do: "attach", H: 8, T: "actor", F: "For", To: []int{6}, V: []any{8, "N3", "E670", "P727", "s4|c1", nil}},
		{Do: "point", H: 8, F: "UnderstudyOf", To: []int{8}},
		{Do: "flush"},
		{Do: "clear"},
		{Do: "find", H: 8},
		{Do: "populate", H: 1, F: "Owner", N: 1},
		{Do: "point", H: 8, F: "Understudy", To: []int{2}},
		{Do: "load", H: 8, F: "Understudy", N: 2},
		{Do: "attach", H: 14, T: "actor", F: "Understudy", To: []int{8}, V: []any{14, "N4", "E334", "P160", "s1|c0", "s4|c0"}},
		{Do: "flush"},
	}},
}
