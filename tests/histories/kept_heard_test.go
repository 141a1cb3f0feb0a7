package histories_test

import "slices"

// keptHeard are those about entities that were forgotten while their fields said what nobody had looked at.
var keptHeard = []keptHistory{
	{"a slice that an item joined and another left", []step{
		{Do: "new", H: 5, T: "play", V: []any{5, "T1"}},
		{Do: "new", H: 6, T: "play", V: []any{6, "T2"}},
		{Do: "new", H: 7, T: "play", V: []any{7, "T3"}},
		{Do: "add", H: 5, F: "Sequels", To: []int{6}},
		{Do: "flush"},
		{Do: "replace", H: 5, F: "Sequels", To: []int{7}},
		{Do: "forget", H: 5},
		{Do: "flush"},
	}},
	{"a slice of links", []step{
		{Do: "new", H: 5, T: "play", V: []any{5, "T1"}},
		{Do: "new", H: 6, T: "actor", V: []any{6, "N2", "E168", nil, "s3|c1", "s3|c0"}},
		{Do: "flush"},
		{Do: "add", H: 6, F: "Plays", To: []int{5}},
		{Do: "forget", H: 6},
		{Do: "flush"},
	}},
	{"a place beside itself that another takes", []step{
		{Do: "new", H: 6, T: "actor", V: []any{6, "N2", "E168", nil, "s3|c1", "s3|c0"}},
		{Do: "new", H: 12, T: "actor", V: []any{12, "N3", "E743", nil, "s2|c1", "s1|c0"}},
		{Do: "point", H: 6, F: "UnderstudyOf", To: []int{6}},
		{Do: "flush"},
		{Do: "point", H: 6, F: "UnderstudyOf", To: []int{12}},
		{Do: "forget", H: 6},
		{Do: "plan"},
		{Do: "flush"},
	}},
	{"a place that another takes, and is forgotten as well", []step{
		{Do: "new", H: 6, T: "actor", V: []any{6, "N2", "E168", nil, "s3|c1", "s3|c0"}},
		{Do: "new", H: 12, T: "actor", V: []any{12, "N3", "E743", nil, "s2|c1", "s1|c0"}},
		{Do: "point", H: 6, F: "UnderstudyOf", To: []int{6}},
		{Do: "flush"},
		{Do: "point", H: 6, F: "UnderstudyOf", To: []int{12}},
		{Do: "forget", H: 6},
		{Do: "forget", H: 12},
		{Do: "flush"},
	}},
	{"a place that is given up with the row that took it", []step{
		{Do: "new", H: 3, T: "actor", V: []any{3, "N4", "E969", nil, "s1|c1", "s3|c1"}},
		{Do: "new", H: 5, T: "actor", V: []any{5, "N1", "E541", "P920", "s4|c1", "s4|c0"}},
		{Do: "new", H: 8, T: "actor", V: []any{8, "N1", "E689", nil, "s3|c0", "s4|c1"}},
		{Do: "point", H: 5, F: "Understudy", To: []int{3}},
		{Do: "flush"},
		{Do: "clear", To: []int{8}},
		{Do: "find", H: 3},
		{Do: "point", H: 8, F: "Understudy", To: []int{3}},
		{Do: "forget", H: 8},
		{Do: "populate", H: 3, F: "UnderstudyOf", N: 1},
		{Do: "flush"},
	}},
	{"parts exchanged with another", []step{
		{Do: "new", H: 3, T: "actor", V: []any{3, "N3", "E967", "P254", "s1|c0", nil}},
		{Do: "new", H: 5, T: "actor", V: []any{5, "N4", "E915", nil, "s3|c1", "s3|c0"}},
		{Do: "new", H: 10, T: "locker", V: []any{10, "C146"}},
		{Do: "new", H: 11, T: "locker", V: []any{11, "C309"}},
		{Do: "point", H: 5, F: "Locker", To: []int{10}},
		{Do: "point", H: 3, F: "Locker", To: []int{11}},
		{Do: "flush"},
		{Do: "exchange", F: "Locker", To: []int{5, 3}},
		{Do: "forget", H: 3},
		{Do: "flush"},
	}},
	{"a removed owner that a row has left", []step{
		{Do: "new", H: 4, T: "actor", V: []any{4, "N3", "E838", nil, "s1|c0", "s1|c1"}},
		{Do: "attach", H: 6, T: "follower", F: "Fans", To: []int{4}, V: []any{6, "N2"}},
		{Do: "flush"},
		{Do: "take", H: 4, F: "Fans", To: []int{6}},
		{Do: "remove", H: 4},
		{Do: "forget", H: 4},
		{Do: "flush"},
	}},
}

// heardThenBack are the same where a flush has written what the fields said, and the entity was forgotten,
// inside of a transaction, or of a part of one, that came to nothing.
func heardThenBack() (list []keptHistory) {
	moves := append([]keptHistory{
		{"a slice that an item left", []step{
			{Do: "new", H: 2, T: "actor", V: []any{2, "N2", "E850", nil, "s4|c1", nil}},
			{Do: "new", H: 7, T: "follower", V: []any{7, "N3"}},
			{Do: "add", H: 2, F: "Fans", To: []int{7}},
			{Do: "flush"},
			{Do: "take", H: 2, F: "Fans", To: []int{7}},
			{Do: "forget", H: 2},
			{Do: "flush"},
		}},
		{"a slice that an item joined from another, and that is read again", []step{
			{Do: "new", H: 2, T: "actor", V: []any{2, "N2", "E850", nil, "s4|c1", nil}},
			{Do: "new", H: 3, T: "actor", V: []any{3, "N3", "E851", nil, "s1|c1", nil}},
			{Do: "new", H: 7, T: "follower", V: []any{7, "N3"}},
			{Do: "add", H: 2, F: "Fans", To: []int{7}},
			{Do: "flush"},
			{Do: "add", H: 3, F: "Fans", To: []int{7}},
			{Do: "take", H: 2, F: "Fans", To: []int{7}},
			{Do: "forget", H: 3},
			{Do: "find", H: 3},
			{Do: "populate", H: 3, F: "Fans"},
			{Do: "flush"},
		}},
	}, keptHeard...)
	for _, k := range moves {
		at := slices.IndexFunc(k.steps, func(st step) bool { return st.Do == "forget" })
		after := at
		for k.steps[after].Do == "forget" {
			after++
		}
		for _, scope := range []struct{ name, begin, end string }{{"in a transaction", "begin", "rollback"}, {"in a part of one", "nest", "back"}} {
			list = append(list, keptHistory{k.name + ", " + scope.name, slices.Concat(k.steps[:at], []step{{Do: scope.begin}, {Do: "flush"}}, k.steps[at:after], []step{{Do: scope.end}}, k.steps[after:])})
		}
	}
	return list
}
