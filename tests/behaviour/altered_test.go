package behaviour_test

import (
	"context"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// Altered has a column whose type changes while the application runs.
type Altered struct {
	ID   int64
	Rank int32
	Note string `orm:",length=20,default='x',optional"`
}

// TestTablesAlteredUnderway alters a table under an open database: reads, flushes and
// bulk inserts go on, although their statements were prepared before.
func TestTablesAlteredUnderway(t *testing.T) {
	alter := map[string][]string{
		"postgres": {"alter table altereds alter rank type bigint", "alter table altereds alter note type text", "alter table altereds add extra int"},
		"mariadb":  {"alter table altereds modify `rank` bigint not null", "alter table altereds modify note text not null default 'x'", "alter table altereds add extra int"},
		"mysql":    {"alter table altereds modify `rank` bigint not null", "alter table altereds add extra int"},
		"sqlite":   {"alter table altereds add column extra integer", "alter table altereds add column more integer"},
	}
	engines(t, []any{Altered{}}, func(t *testing.T, e engine) {
		texts := alter[e.caps.Name]
		if texts == nil {
			t.Skip("there are no columns")
		}
		work := func() {
			t.Helper()
			em := e.db.Fork()
			a := &Altered{Rank: 1}
			em.Persist(a)
			ok(t, em.Flush(t.Context()))
			a.Rank++
			ok(t, em.Flush(t.Context()))
			ok(t, orm.BulkInsert(t.Context(), em, []*Altered{{Rank: 2}}))
			found, err := orm.Find[Altered](t.Context(), e.db.Fork(), orm.M{"rank": 2})
			ok(t, err)
			if len(found) == 0 || found[0].Note != "x" {
				t.Errorf("found %d rows", len(found))
			}
			for _, err := range orm.Stream[Altered](t.Context(), e.db.Fork(), nil) {
				ok(t, err)
			}
			ok(t, e.db.Fork().Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				_, err := orm.FindOneOrFail[Altered](ctx, em, a.ID)
				return err
			}))
		}
		work()
		work()
		for _, text := range texts {
			execText(t, e.db, text)
			work()
		}
	})
}
