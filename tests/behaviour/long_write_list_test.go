package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
)

type coin struct {
	ID   int64
	Face int
}

// TestBulkWritesByLongLists updates and deletes by lists of all the lengths that travel in another
// way, beside another condition, with keys that repeat and keys that no row has.
func TestBulkWritesByLongLists(t *testing.T) {
	engines(t, []any{coin{}}, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		const coins = 2000
		all := make([]*coin, coins)
		for i := range all {
			all[i] = &coin{ID: int64(2*i + 2), Face: i % 2}
		}
		ok(t, orm.BulkInsert(ctx, em, all))
		from := int64(2)
		for _, n := range []int{1, 31, 32, 33, 512, 513, 700} {
			keys := []int64{1, 3, 5, from}
			for i := n - 1; i >= 0; i-- {
				keys = append(keys, from+int64(2*i))
			}
			from += int64(2 * n)
			changed, err := orm.NativeUpdate[coin](ctx, em, cond{"id": keys}, cond{"face": 7})
			ok(t, err)
			few, err := orm.NativeDelete[coin](ctx, em, cond{"id": keys, "face !=": 7})
			ok(t, err)
			gone, err := orm.NativeDelete[coin](ctx, em, cond{"face": 7, "id": keys})
			ok(t, err)
			if changed != int64(n) || few != 0 || gone != int64(n) {
				t.Errorf("%d keys: %d rows changed, %d and %d deleted", n, changed, few, gone)
			}
		}
		left, err := orm.Find[coin](ctx, e.db.Fork(), nil, orm.OrderBy("id"))
		ok(t, err)
		if len(left) != coins-1822 || left[0].ID != from {
			t.Errorf("%d coins are left, from %d", len(left), left[0].ID)
		}
	})
}
