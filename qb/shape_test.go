package qb_test

import (
	"bytes"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// TestShape tells writes in condition form apart by all but their values.
func TestShape(t *testing.T) {
	reg := registry(t)
	author := func(alias string) *qb.Builder { return qb.New(reg, "Author", alias) }
	shape := func(b *qb.Builder) []byte {
		t.Helper()
		q, _, err := b.Query()
		if err != nil {
			t.Fatal(err)
		}
		return q.(*qb.Write).Shape
	}
	same := [][2]*qb.Builder{
		{author("").Delete().Where(qb.M{"id": 1}), author("").Where(qb.M{"id": 2}).Delete()},
		{author("").Delete().Where(qb.M{"id": []int{1}}), author("").Delete().Where(qb.M{"id": []int{1, 2, 3}})},
		{author("").Update(qb.M{"name": "a", "age": 1}).Where(qb.M{"age >": 3}), author("").Update(qb.M{"age": 7, "name": "b"}).Where(qb.M{"age >": 0})},
	}
	for i, pair := range same {
		if a, b := shape(pair[0]), shape(pair[1]); a == nil || !bytes.Equal(a, b) {
			t.Errorf("pair %d: %q, %q", i, a, b)
		}
	}
	seen := map[string]int{}
	for i, b := range []*qb.Builder{
		author("").Delete().Where(qb.M{"id": 1}),
		author("").Delete().Where(qb.M{"id": []int{1}}),
		author("").Delete().Where(qb.M{"age": 1}),
		author("").Delete().Where(qb.M{"age >": 1}),
		author("a").Delete().Where(qb.M{"id": 1}),
		qb.New(reg, "Book", "").Delete().Where(qb.M{"id": 1}),
		author("").Update(qb.M{"age": 1}).Where(qb.M{"id": 1}),
		author("").Update(qb.M{"name": "a"}).Where(qb.M{"id": 1}),
		author("").Update(qb.M{"age": conditions.Raw("age + ?", 1)}).Where(qb.M{"id": 1}),
		author("").Update(qb.M{"age": conditions.Raw("age - ?", 1)}).Where(qb.M{"id": 1}),
		author("").Delete().Where(qb.M{"id": 1}).Where(qb.M{"age": 1}),
		author("").Delete().Where(qb.M{"id": 1}).OrWhere(qb.M{"age": 1}),
		author("").Delete().Where(qb.M{"id": 1, "age": 1}),
		author("").Delete().Where(qb.M{"id": 1}).Comment("a"),
		author("").Delete().Where(qb.M{"id": 1}).Returning("id"),
		author("").Delete().Where(qb.M{"id": 1}).Returning("id", "name"),
		author("").Delete().AllowAll(),
	} {
		key := string(shape(b))
		if before, twice := seen[key]; twice || key == "" {
			t.Errorf("writes %d and %d have the shape %q", before, i, key)
		}
		seen[key] = i
	}
	if got := shape(author("").Delete().Where(qb.M{"id": qb.M{"$in": author("b").Select("id").Where(qb.M{"age": 1})}})); got != nil {
		t.Errorf("a write with a sub-query has the shape %q", got)
	}
}
