package seeding_test

import (
	"context"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/ormtest"
	"github.com/weft-orm/weft/seed"
	"github.com/weft-orm/weft/tests/model"
)

// TestSharedDatabase runs tests on one database that do not see each other's rows.
func TestSharedDatabase(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, db *orm.DB) {
		for _, name := range []string{"first", "second"} {
			t.Run("truncate "+name, func(t *testing.T) {
				ormtest.Truncate(t, db)
				ormtest.Seed(t, db, authors)
				em := db.Fork()
				_, err := seed.For[model.Employee]().Has("reports", seed.For[model.Employee](), 2).Many(t.Context(), ormtest.Run(em), 3)
				ok(t, err)
				if a, b := count[model.Author](t, db, nil), count[model.Employee](t, db, nil); a != 1 || b != 9 {
					t.Errorf("%d authors, %d employees", a, b)
				}
			})
		}
		for _, name := range []string{"first", "second"} {
			t.Run("rollback "+name, func(t *testing.T) {
				em := ormtest.Rollback(t, db)
				_, err := seed.For[model.Book]().Many(t.Context(), ormtest.Run(em), 3)
				ok(t, err)
				ok(t, em.Transactional(t.Context(), func(_ context.Context, em *orm.EntityManager) error {
					em.Persist(&model.Tag{Name: name})
					return nil
				}))
				n, err := orm.Count[model.Book](t.Context(), em, nil)
				ok(t, err)
				if n != 3 {
					t.Errorf("the test sees %d books", n)
				}
			})
		}
		if a, b, c := count[model.Author](t, db, nil), count[model.Book](t, db, nil), count[model.Tag](t, db, nil); a+b+c != 0 {
			t.Errorf("left behind: %d authors, %d books, %d tags", a, b, c)
		}
	})
}
