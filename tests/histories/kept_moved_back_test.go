package histories_test

import (
	"slices"
	"testing"
)

// movedBack is a row that leaves its owner in a transaction, which is flushed, and comes back to it
// before that is rolled back; the other side is read in between.
type movedBack struct {
	name              string
	start             []step
	away, read, again []step
}

// star makes an actor.
func star(h int, email string) step {
	return step{Do: "new", H: h, T: "actor", V: []any{h, "N3", email, nil, "s4|c1", nil}}
}

// led stores what a view of 6 leads to, forgets all, and reads again the ones that are known from the start.
func led(made []step, view string, to int, known ...step) []step {
	return slices.Concat(made, []step{{Do: "point", H: 6, F: view, To: []int{to}}, {Do: "flush"}, {Do: "clear"}}, known, []step{{Do: "begin"}})
}

func pointed(view string, to ...int) []step { return []step{{Do: "point", H: 6, F: view, To: to}} }

var (
	threeStars = []step{star(5, "E5"), star(6, "E6"), star(8, "E8")}
	twoStars   = []step{star(6, "E6"), star(8, "E8")}
	aLocker    = []step{star(5, "E5"), star(8, "E8"), {Do: "new", H: 6, T: "locker", V: []any{6, "C1"}}}
	aGown      = []step{star(5, "E5"), star(8, "E8"), {Do: "new", H: 6, T: "gown", V: []any{6, "N4", nil}}}
	aProp      = []step{
		{Do: "new", H: 5, T: "workshop", V: []any{5, "N1"}},
		{Do: "new", H: 8, T: "workshop", V: []any{8, "N1"}},
		{Do: "attach", H: 6, T: "prop", F: "Props", To: []int{5}, V: []any{6, "N1"}},
	}
	threePlays = []step{
		{Do: "new", H: 5, T: "play", V: []any{5, "T1"}},
		{Do: "new", H: 6, T: "play", V: []any{6, "T1"}},
		{Do: "new", H: 8, T: "play", V: []any{8, "T1"}},
	}
)

var allMovedBack = []movedBack{
	{"itself", led(twoStars, "Understudy", 6, step{Do: "merge", H: 6}, step{Do: "find", H: 8}),
		pointed("Understudy", 8), []step{{Do: "populate", H: 6, F: "UnderstudyOf"}}, pointed("Understudy", 6)},
	{"a pointer", led(threeStars, "Understudy", 5, step{Do: "merge", H: 6}, step{Do: "find", H: 8}),
		pointed("Understudy", 8), []step{{Do: "populate", H: 5, F: "UnderstudyOf"}}, pointed("Understudy", 5)},
	{"a pointer read in part", led(threeStars, "Understudy", 5, step{Do: "find", H: 6, F: "Name"}, step{Do: "merge", H: 5}, step{Do: "find", H: 8}),
		pointed("Understudy", 8), []step{{Do: "populate", H: 5, F: "UnderstudyOf"}}, pointed("Understudy", 5)},
	{"a part", led(aLocker, "Actor", 5, step{Do: "find", H: 6}, step{Do: "find", H: 8}),
		pointed("Actor", 8), []step{{Do: "populate", H: 5, F: "Locker"}}, pointed("Actor", 5)},
	{"a part of what is merged", led(aLocker, "Actor", 5, step{Do: "find", H: 6}, step{Do: "find", H: 8}),
		pointed("Actor", 8), []step{{Do: "merge", H: 5}, {Do: "load", H: 5, F: "Locker"}}, pointed("Actor", 5)},
	{"to nobody", led(threeStars, "Mentor", 5, step{Do: "merge", H: 6}),
		pointed("Mentor"), []step{{Do: "populate", H: 5, F: "Pupils"}}, pointed("Mentor", 5)},
	{"a collection", led(threeStars, "Mentor", 5, step{Do: "merge", H: 5}, step{Do: "merge", H: 6}, step{Do: "find", H: 8}),
		pointed("Mentor", 8), []step{{Do: "populate", H: 5, F: "Pupils"}}, pointed("Mentor", 5)},
	{"a subtype", led(aGown, "Owner", 5, step{Do: "find", H: 6}, step{Do: "find", H: 8}),
		pointed("Owner", 8), []step{{Do: "populate", H: 5, F: "Wardrobe"}}, pointed("Owner", 5)},
	{"a slice", led(threePlays, "Prequel", 5, step{Do: "find", H: 6}, step{Do: "find", H: 8}),
		pointed("Prequel", 8), []step{{Do: "populate", H: 5, F: "Sequels"}}, pointed("Prequel", 5)},
	{"by key, a part", led(aLocker, "Actor", 5, step{Do: "merge", H: 6}, step{Do: "find", H: 5}),
		[]step{{Do: "key", H: 6, F: "Actor", To: []int{8}}}, []step{{Do: "populate", H: 8, F: "Locker"}}, pointed("Actor", 5)},
	{"by key, a collection", led(threeStars, "Mentor", 5, step{Do: "merge", H: 6}, step{Do: "find", H: 5}),
		[]step{{Do: "key", H: 6, F: "Mentor", To: []int{8}}}, []step{{Do: "populate", H: 8, F: "Pupils"}}, pointed("Mentor", 5)},
	{"by key, a slice", led(aProp, "Maker", 5, step{Do: "merge", H: 6}, step{Do: "find", H: 5}),
		[]step{{Do: "key", H: 6, F: "Maker", To: []int{8}}}, []step{{Do: "populate", H: 8, F: "Props"}}, pointed("Maker", 5)},
}

// TestMovedBack plays them on every engine: whatever the other side has read, it shows the row again
// when the transaction is taken back, and not where that never was.
func TestMovedBack(t *testing.T) {
	flushed, back, end := []step{{Do: "flush"}}, []step{{Do: "rollback"}}, []step{{Do: "flush"}}
	onStages(t, func(t *testing.T, _ string, s *stage) {
		for _, m := range allMovedBack {
			for name, steps := range map[string][]step{
				"read, again":          slices.Concat(m.away, flushed, m.read, m.again, back, end),
				"read, again, flushed": slices.Concat(m.away, flushed, m.read, m.again, flushed, back, end),
				"again, flushed, read": slices.Concat(m.away, flushed, m.again, flushed, m.read, back, end),
				"read twice":           slices.Concat(m.away, flushed, m.read, m.again, flushed, m.read, back, end),
				"again afterwards":     slices.Concat(m.away, flushed, m.read, back, m.again, end),
				"away":                 slices.Concat(m.away, flushed, m.read, back, end),
			} {
				t.Run(m.name+", "+name, func(t *testing.T) {
					s.playBoth(t, slices.Concat(m.start, steps))
				})
			}
		}
	})
}
