package histories_test

// keptGone are those about references to rows that go while other rows take their keys or values.
var keptGone = []keptHistory{
	{"a reference by a unique value of a row that goes, which another takes", []step{
		{Do: "new", H: 2, T: "actor", V: []any{2, "N3", "E84", nil, "s4|c1", nil}},
		{Do: "new", H: 4, T: "actor", V: []any{4, "N2", "E12", "P508", "s2|c1", "s4|c1"}},
		{Do: "new", H: 7, T: "follower", V: []any{7, "N2"}},
		{Do: "flush"},
		{Do: "add", H: 4, F: "Fans", To: []int{7}},
		{Do: "rotate", F: "Email", To: []int{4, 2}},
		{Do: "remove", H: 4},
		{Do: "flush"},
	}},
	{"a reference to a new row that goes before it comes to be", []step{
		{Do: "new", H: 6, T: "workshop", V: []any{6, "N1"}},
		{Do: "new", H: 7, T: "workshop", V: []any{7, "N2"}},
		{Do: "flush"},
		{Do: "new", H: 10, T: "patron", V: []any{10, "N2"}},
		{Do: "assign", H: 7, F: "Sponsor", To: []int{10}},
		{Do: "point", H: 6, F: "Sponsor", To: []int{10}},
		{Do: "remove", H: 6},
		{Do: "flush"},
	}},
	{"a reference by the key of a row that goes, which a new one has", []step{
		{Do: "new", H: 2, T: "troupe", V: []any{2, "C1", "N3", "R1", 1}},
		{Do: "new", H: 7, T: "play", V: []any{7, "N2"}},
		{Do: "flush"},
		{Do: "point", H: 7, F: "Troupe", To: []int{2}},
		{Do: "remove", H: 2},
		{Do: "new", H: 9, T: "troupe", V: []any{9, "C1", "N4", "R2", 2}},
		{Do: "flush"},
	}},
	{"a pointer by the key of a row that goes, which another changes to", []step{
		{Do: "new", H: 2, T: "troupe", V: []any{2, "C1", "N3", "R1", 1}},
		{Do: "new", H: 8, T: "ticket", V: []any{8, "S1"}},
		{Do: "new", H: 9, T: "troupe", V: []any{9, "C2", "N4", "R2", 2}},
		{Do: "flush"},
		{Do: "point", H: 8, F: "Host", To: []int{2}},
		{Do: "remove", H: 2},
		{Do: "new", H: 10, T: "troupe", V: []any{10, "C1", "N4", "R3", 2}},
		{Do: "flush"},
	}},
}
