package histories_test

import (
	"slices"
	"testing"
)

// keptHistory is a history in which a difference was found once, in its shortest form.
type keptHistory struct {
	name  string
	steps []step
}

var kept = []keptHistory{
	{"an empty slice of a new entity", []step{
		{Do: "new", H: 2, T: "mask", V: []any{2, "N3", "F4"}},
		{Do: "replace", H: 2, F: "Gowns"},
		{Do: "flush"},
	}},
	{"slices of a new row are known", []step{
		{Do: "new", H: 3, T: "gown", V: []any{3, "N4", 3}},
		{Do: "attach", H: 4, T: "mask", F: "Matches", To: []int{3}, V: []any{4, "N4", "F1"}},
		{Do: "new", H: 7, T: "mask", V: []any{7, "N3", "F1"}},
		{Do: "flush"},
		{Do: "add", H: 3, F: "Matches", To: []int{4, 7}},
		{Do: "attach", H: 9, T: "gown", F: "Gowns", To: []int{7}, V: []any{9, "N3", 1}},
		{Do: "populate", H: 4, F: "Gowns"},
	}},
	{"the link of what the inverse side holds, after a rollback", []step{
		{Do: "new", H: 1, T: "guild", V: []any{1, "N3"}},
		{Do: "attach", H: 2, T: "actor", F: "Members", To: []int{1}, V: []any{2, "N4", "E988", "P162", "s4|c0", "s3|c1"}},
		{Do: "ownBack"},
		{Do: "flush"},
	}},
	{"the link of what the inverse side holds, after a plan", []step{
		{Do: "new", H: 2, T: "guild", V: []any{2, "N1"}},
		{Do: "attach", H: 4, T: "actor", F: "Members", To: []int{2}, V: []any{4, "N3", "E1", "P262", "s1|c1", "s4|c0"}},
		{Do: "plan"},
	}},
	{"a reference to itself by the inverse side, rolled back", []step{
		{Do: "new", H: 5, T: "actor", V: []any{5, "N1", "E564", "P60", "s4|c0", nil}},
		{Do: "flush"},
		{Do: "nest"},
		{Do: "point", H: 5, F: "UnderstudyOf", To: []int{5}},
		{Do: "flush"},
		{Do: "back"},
		{Do: "flush"},
	}},
	{"from itself to a new one, rolled back", []step{
		{Do: "new", H: 2, T: "actor", V: []any{2, "N2", "E3", "P196", "s1|c0", nil}},
		{Do: "point", H: 2, F: "Understudy", To: []int{2}},
		{Do: "flush"},
		{Do: "new", H: 6, T: "actor", V: []any{6, "N1", "E142", nil, "s3|c1", nil}},
		{Do: "nest"},
		{Do: "point", H: 2, F: "Understudy", To: []int{6}},
		{Do: "flush"},
		{Do: "back"},
		{Do: "flush"},
	}},
	{"a one-to-one move and a call of a collection, rolled back", []step{
		{Do: "new", H: 2, T: "actor", V: []any{2, "N2", "E674", "P682", "s1|c1", "s4|c0"}},
		{Do: "attach", H: 3, T: "locker", F: "Locker", To: []int{2}, V: []any{3, "C48"}},
		{Do: "new", H: 4, T: "actor", V: []any{4, "N2", "E817", "P4", "s3|c0", "s1|c0"}},
		{Do: "flush"},
		{Do: "nest"},
		{Do: "point", H: 3, F: "Actor", To: []int{4}},
		{Do: "add", H: 4, F: "Pupils", To: []int{2}},
		{Do: "flush"},
		{Do: "back"},
		{Do: "flush"},
	}},
	{"the scalar beside a reference to a new row", []step{
		{Do: "new", H: 4, T: "play", V: []any{4, "T4"}},
		{Do: "flush"},
		{Do: "attach", H: 5, T: "actor", F: "Director", To: []int{4}, V: []any{5, "N1", "E4", nil, "s3|c0", "s3|c0"}},
		{Do: "flush"},
	}},
	{"the scalar beside a reference, after a commit without an answer", []step{
		{Do: "new", H: 1, T: "play", V: []any{1, "T1"}},
		{Do: "attach", H: 2, T: "actor", F: "Director", To: []int{1}, V: []any{2, "N1", "E855", nil, "s3|c1", "s2|c0"}},
		{Do: "flushFault", F: "commit", N: 3},
	}},
	{"the same target is no change, to-many", []step{
		{Do: "new", H: 2, T: "board", V: []any{2, "N3"}},
		{Do: "attach", H: 4, T: "cue", F: "Cues", To: []int{2}, V: []any{4, "L3"}},
		{Do: "flush"},
		{Do: "new", H: 5, T: "board", V: []any{5, "N1"}},
		{Do: "point", H: 4, F: "Board", To: []int{2}},
		{Do: "add", H: 5, F: "Cues", To: []int{4}},
		{Do: "flush"},
	}},
	{"the same target is no change, one-to-one", []step{
		{Do: "new", H: 2, T: "locker", V: []any{2, "C973"}},
		{Do: "attach", H: 3, T: "actor", F: "Actor", To: []int{2}, V: []any{3, "N3", "E125", "P940", "s3|c1", nil}},
		{Do: "flush"},
		{Do: "point", H: 2, F: "Actor", To: []int{3}},
		{Do: "attach", H: 4, T: "locker", F: "Locker", To: []int{3}, V: []any{4, "C564"}},
		{Do: "flush"},
	}},
	{"new parts of what is removed", []step{
		{Do: "new", H: 7, T: "play", V: []any{7, "T1"}},
		{Do: "flush"},
		{Do: "new", H: 8, T: "scene", To: []int{7}, V: []any{8, 2, nil}},
		{Do: "remove", H: 7},
		{Do: "flush"},
	}},
	{"a collection after a failed flush", []step{
		{Do: "new", H: 1, T: "actor", V: []any{1, "N2", "E654", nil, "s3|c0", "s2|c1"}},
		{Do: "attach", H: 2, T: "actor", F: "Pupils", To: []int{1}, V: []any{2, "N3", "E935", nil, "s1|c1", "s2|c0"}},
		{Do: "empty", H: 2, F: "Clubs"},
		{Do: "flushFault", N: 1},
		{Do: "flush"},
		{Do: "attach", H: 11, T: "guild", F: "Clubs", To: []int{2}, V: []any{11, "N4"}},
		{Do: "flush"},
	}},
	{"an absent embedded value merged", []step{
		{Do: "new", H: 5, T: "actor", V: []any{5, "N4", "E395", nil, "s4|c0", "s2|c1"}},
		{Do: "flush"},
		{Do: "merge", H: 5, F: "Work", V: []any{nil}},
		{Do: "flush"},
	}},
	{"a unit cleared inside a transaction", []step{
		{Do: "new", H: 2, T: "patron", V: []any{2, "N3"}},
		{Do: "flush"},
		{Do: "begin"},
		{Do: "clear"},
		{Do: "rollback"},
		{Do: "find", H: 2},
		{Do: "load", H: 2, F: "Gift"},
	}},
	{"emptied, then its owner removed", []step{
		{Do: "new", H: 1, T: "patron", V: []any{1, "N2"}},
		{Do: "attach", H: 3, T: "gift", F: "Gift", To: []int{1}, V: []any{3, "N4"}},
		{Do: "flush"},
		{Do: "point", H: 1, F: "Gift"},
		{Do: "remove", H: 1},
		{Do: "flush"},
	}},
	{"a refresh after a flush that was rolled back", []step{
		{Do: "new", H: 1, T: "board", V: []any{1, "N4"}},
		{Do: "flush"},
		{Do: "nest"},
		{Do: "set", H: 1, F: "Name", V: []any{"N1"}},
		{Do: "flush"},
		{Do: "refresh", H: 1},
		{Do: "back"},
	}},
	{"a new entity's collection after a call from the other side", []step{
		{Do: "new", H: 3, T: "actor", V: []any{3, "N2", "E545", nil, "s1|c1", nil}},
		{Do: "flush"},
		{Do: "new", H: 4, T: "guild", V: []any{4, "N2"}},
		{Do: "add", H: 3, F: "Clubs", To: []int{4}},
		{Do: "empty", H: 4, F: "Members"},
		{Do: "flush"},
	}},
	{"all changes are written before a query", []step{
		{Do: "new", H: 3, T: "actor", V: []any{3, "N4", "E930", "P617", "s4|c1", nil}},
		{Do: "attach", H: 6, T: "play", F: "Plays", To: []int{3}, V: []any{6, "T2"}},
		{Do: "point", H: 6, F: "Director", To: []int{3}},
		{Do: "new", H: 7, T: "guild", V: []any{7, "N4"}},
		{Do: "flush"},
		{Do: "attach", H: 9, T: "actor", F: "Cast", To: []int{6}, V: []any{9, "N3", "E720", nil, "s4|c1", "s4|c0"}},
		{Do: "point", H: 6, F: "Director", To: []int{9}},
		{Do: "add", H: 9, F: "Clubs", To: []int{7}},
		{Do: "find", H: 7},
	}},
	{"cascades of what a nested scope brought, rolled back outside", []step{
		{Do: "begin"},
		{Do: "new", H: 2, T: "ticket", V: []any{2, "S502"}},
		{Do: "new", H: 4, T: "truck", V: []any{4, "P186", 2}},
		{Do: "nest"},
		{Do: "attach", H: 5, T: "actor", F: "For", To: []int{2}, V: []any{5, "N3", "E386", "P45", "s2|c1", "s3|c1"}},
		{Do: "leave"},
		{Do: "point", H: 4, F: "Driver", To: []int{5}},
		{Do: "populate", H: 5, F: "Understudy", N: 2},
		{Do: "rollback"},
		{Do: "flush"},
	}},
}

// TestKept plays them on every engine.
func TestKept(t *testing.T) {
	onStages(t, func(t *testing.T, _ string, s *stage) {
		for _, k := range slices.Concat(kept, keptMore, keptRolledBack, keptKnown, keptTakenBack, keptSeen, keptReread, keptStated, keptPast, keptForgotten, keptWhole, keptGone, keptCleared, keptPlaces, keptColumns, keptHeard, heardThenBack(), keptAgain, keptHeardAlone, keptLinksPast) {
			t.Run(k.name, func(t *testing.T) {
				s.playBoth(t, k.steps)
			})
		}
	})
}
