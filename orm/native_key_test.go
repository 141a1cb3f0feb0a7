package orm_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
)

type worded struct {
	Word string `orm:",pk"`
	Uses int
}

// TestTextIsAKey: a condition that is text is the key of a row, in writes past the unit of
// work as in a find, and never SQL.
func TestTextIsAKey(t *testing.T) {
	b := newBench(t, worded{})
	em := b.db.Fork()
	const word = "1 = 1 OR word"
	em.Persist(&worded{Word: word, Uses: 1}, &worded{Word: "other", Uses: 1})
	b.flush(em)
	if n := must(orm.NativeUpdate[worded](b.ctx, em, word, orm.M{"uses": 2})); n != 1 {
		t.Errorf("%d rows were updated", n)
	}
	if counts := must(orm.CountBy[worded](b.ctx, em, "uses", word)); len(counts) != 1 || counts[int64(2)] != 1 {
		t.Errorf("counts are %v", counts)
	}
	if n := must(orm.NativeDelete[worded](b.ctx, em, word)); n != 1 {
		t.Errorf("%d rows were deleted", n)
	}
	if n := must(orm.Count[worded](b.ctx, em, nil)); n != 1 {
		t.Errorf("%d rows are left", n)
	}
}

// TestCountByOfAnyName counts by properties that are called as a count might be.
func TestCountByOfAnyName(t *testing.T) {
	type tally struct {
		ID    int64
		N     int
		Count string `orm:"count"`
	}
	b := newBench(t, tally{})
	em := b.db.Fork()
	em.Persist(&tally{N: 3, Count: "x"}, &tally{N: 3, Count: "y"}, &tally{N: 4, Count: "y"})
	b.flush(em)
	if counts := must(orm.CountBy[tally](b.ctx, em, "n", nil)); len(counts) != 2 || counts[int64(3)] != 2 {
		t.Errorf("by n: %v", counts)
	}
	if counts := must(orm.CountBy[tally](b.ctx, em, "count", nil)); len(counts) != 2 || counts["y"] != 2 {
		t.Errorf("by count: %v", counts)
	}
}
