package histories_test

// keptPart are those about entities that are known in part.
var keptPart = []keptHistory{
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
}
