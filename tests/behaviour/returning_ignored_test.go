package behaviour_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

// Stamp is known by its code.
type Stamp struct {
	ID   int64
	Code string `orm:",unique"`
}

// TestReturningOfIgnoredRows gives back the rows that an insert has made, not those that were in its way.
func TestReturningOfIgnoredRows(t *testing.T) {
	engines(t, []any{Stamp{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&Stamp{Code: "a"})
		ok(t, em.Flush(t.Context()))
		insert := orm.QB[Stamp](em, "").Insert(orm.M{"code": "a"}, orm.M{"code": "b"}).OnConflict("code").Ignore().Returning("code")
		made, err := orm.Result[string](t.Context(), em, insert)
		if e.caps.ReturnsIgnored {
			if !errors.Is(err, driver.ErrUnsupported) {
				t.Errorf("%v, %v", made, err)
			}
			return
		}
		if e.caps.Name == "mongo" && errors.Is(err, driver.ErrUnsupported) { // its bulk writes return counts
			return
		}
		ok(t, err)
		if len(made) != 1 || made[0] != "b" {
			t.Errorf("returned %v, want b", made)
		}
	})
}
