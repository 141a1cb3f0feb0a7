package histories_test

// keptLinksPast are those about links that are written past the unit.
var keptLinksPast = []keptHistory{
	{"a link added unread that another unit has written since", linksPast(
		step{Do: "add", H: 4, F: "Clubs", To: []int{1}},
		step{Do: "otherLink", H: 4, F: "Clubs", To: []int{1}},
		step{Do: "flush"},
		step{Do: "load", H: 4, F: "Clubs"},
	)},
	{"a link taken out unread that another unit has deleted since", linksPast(
		step{Do: "take", H: 4, F: "Clubs", To: []int{2}},
		step{Do: "otherLink", H: 4, F: "Clubs", To: []int{2}, N: 1},
		step{Do: "flush"},
		step{Do: "load", H: 2, F: "Members"},
	)},
	{"a list emptied unread takes what has come since", linksPast(
		step{Do: "empty", H: 4, F: "Clubs"},
		step{Do: "otherLink", H: 4, F: "Clubs", To: []int{1}},
		step{Do: "rawLink", H: 4, F: "Clubs", To: []int{1}},
		step{Do: "flush"},
	)},
	{"a list set unread keeps what has gone since", linksPast(
		step{Do: "replace", H: 2, F: "Members", To: []int{4}},
		step{Do: "otherLink", H: 4, F: "Clubs", To: []int{2}, N: 1},
		step{Do: "flush"},
	)},
	{"a link written by a statement and read, rolled back", linksPast(
		step{Do: "begin"},
		step{Do: "rawLink", H: 4, F: "Clubs", To: []int{1}},
		step{Do: "load", H: 4, F: "Clubs"},
		step{Do: "take", H: 4, F: "Clubs", To: []int{1, 2}},
		step{Do: "rollback"},
		step{Do: "flush"},
		step{Do: "load", H: 1, F: "Members"},
	)},
	{"a link deleted by a statement, read and put back, rolled back", linksPast(
		step{Do: "begin"},
		step{Do: "rawLink", H: 4, F: "Clubs", To: []int{2}, N: 1},
		step{Do: "load", H: 2, F: "Members"},
		step{Do: "add", H: 2, F: "Members", To: []int{4}},
		step{Do: "rollback"},
		step{Do: "flush"},
	)},
	{"an ordered link at the end", []step{
		{Do: "new", H: 1, T: "play", V: []any{1, "T1"}},
		{Do: "new", H: 2, T: "actor", V: []any{2, "N1", "E2", nil, "s1|c0", nil}},
		{Do: "new", H: 3, T: "actor", V: []any{3, "N1", "E3", nil, "s1|c0", nil}},
		{Do: "add", H: 1, F: "Cast", To: []int{2}},
		{Do: "flush"},
		{Do: "clear"},
		{Do: "find", H: 1},
		{Do: "otherLink", H: 1, F: "Cast", To: []int{3}},
		{Do: "load", H: 1, F: "Cast"},
		{Do: "replace", H: 1, F: "Cast", To: []int{3, 2}},
		{Do: "flush"},
	}},
}

// linksPast reads two guilds and an actor, who is a member of the second, without their lists.
func linksPast(end ...step) []step {
	return append([]step{
		{Do: "new", H: 1, T: "guild", V: []any{1, "N1"}},
		{Do: "new", H: 2, T: "guild", V: []any{2, "N2"}},
		{Do: "new", H: 4, T: "actor", V: []any{4, "N1", "E4", nil, "s1|c0", nil}},
		{Do: "add", H: 4, F: "Clubs", To: []int{2}},
		{Do: "flush"},
		{Do: "clear"},
		{Do: "find", H: 1},
		{Do: "find", H: 2},
		{Do: "find", H: 4},
	}, end...)
}
