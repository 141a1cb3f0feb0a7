package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
)

// TestChangeOfARowThatIsGone: without a version, a change and a removal of a row that somebody else has deleted
// find no row, and the flush succeeds.
func TestChangeOfARowThatIsGone(t *testing.T) {
	enginesWith(t, nil, []any{Fuse{}}, func(t *testing.T, e engine) {
		for _, removes := range []bool{false, true} {
			em := e.db.Fork()
			x := &Fuse{Name: "x"}
			em.Persist(x)
			ok(t, em.Flush(t.Context()))
			_, err := orm.NativeDelete[Fuse](t.Context(), e.db.Fork(), nil, orm.AllowAll())
			ok(t, err)
			if x.Name = "y"; removes {
				em.Remove(x)
			}
			ok(t, em.Flush(t.Context()))
			if got := fuses(t, e.db); got != "" {
				t.Errorf("stored is %q", got)
			}
		}
	})
}
