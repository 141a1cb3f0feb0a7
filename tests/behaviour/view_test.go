package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
)

// Sale is what the totals are made of.
type Sale struct {
	ID     int64 `orm:",assigned"`
	Branch string
	Amount int64
}

// BranchTotal is backed by a query and read-only.
type BranchTotal struct {
	_      struct{} `orm:"query='select branch, sum(amount) as total from sales group by branch'"`
	Branch string   `orm:",pk"`
	Total  int64
}

// TestEntityBackedByAQuery reads an entity that has no table.
func TestEntityBackedByAQuery(t *testing.T) {
	engines(t, []any{Sale{}, BranchTotal{}}, func(t *testing.T, e engine) {
		if !e.caps.Checks {
			t.Skip("the engine has no SQL")
		}
		em := e.db.Fork()
		for i, amount := range []int64{5, 7, 11} {
			em.Persist(&Sale{ID: int64(i), Branch: []string{"a", "b"}[i%2], Amount: amount})
		}
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		got, err := orm.Find[BranchTotal](t.Context(), em, orm.M{"total >": 7}, orm.OrderBy("branch"))
		ok(t, err)
		if len(got) != 1 || got[0].Branch != "a" || got[0].Total != 16 {
			t.Errorf("got %s", encode(t, got))
		}
		idle(t, em)
	})
}
