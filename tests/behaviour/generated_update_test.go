package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// A cargo has columns that the database computes of others.
type (
	cargo struct {
		ID      int64
		Name    string
		Price   int64
		Count   int64
		Total   int64  `orm:",generated=price * count"`
		Double  *int64 `orm:",generated=price * 2,lazy"`
		Version int    `orm:",version"`
		Box     *cargoBox
	}
	cargoBox struct {
		Width int64
		Area  int64 `orm:",generated=box_width * box_width"`
	}
)

// TestGeneratedAfterUpdate: an entity shows what the database has computed of an update, and after a
// rollback what it showed before.
func TestGeneratedAfterUpdate(t *testing.T) {
	engines(t, []any{cargo{}}, func(t *testing.T, e engine) {
		if !e.caps.Checks {
			return // no SQL expressions
		}
		ok(t, e.refused)
		ctx, em := t.Context(), e.db.Fork()
		a, b := &cargo{Name: "a", Price: 2, Count: 3}, &cargo{Name: "b", Price: 5, Count: 5, Box: &cargoBox{Width: 2}}
		em.Persist(a, b)
		ok(t, em.Flush(ctx))
		shows := func(when string, c *cargo, total, area int64) {
			t.Helper()
			if c.Total != total || c.Double == nil || *c.Double != total*2/c.Count || c.Box != nil && c.Box.Area != area {
				t.Errorf("%s: %s shows %d and %+v", when, c.Name, c.Total, c.Box)
			}
		}
		shows("inserted", a, 6, 0)
		shows("inserted", b, 25, 4)
		a.Price, b.Count, b.Box.Width = 7, 6, 3
		ok(t, em.Flush(ctx))
		shows("updated", a, 21, 0)
		shows("updated", b, 30, 9)
		idle(t, em)
		a.Box = &cargoBox{Width: 4}
		b.Box = nil
		ok(t, em.Flush(ctx))
		shows("boxed", a, 21, 16)
		idle(t, em)
		failed := errors.New("failed")
		err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
			a.Price = 1
			if err := em.Flush(ctx); err != nil {
				return err
			}
			shows("in the transaction", a, 3, 16)
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		shows("rolled back", a, 21, 16)
		ok(t, em.Flush(ctx))
		shows("again", a, 3, 16)
		idle(t, em)
		part, err := orm.FindOneOrFail[cargo](ctx, e.db.Fork(), a.ID, orm.Fields("name"))
		ok(t, err)
		if part.Total != 0 {
			t.Errorf("a read in part shows %d", part.Total)
		}
	})
}

// TestGeneratedUnread: what was not read before stays unread.
func TestGeneratedUnread(t *testing.T) {
	engines(t, []any{cargo{}}, func(t *testing.T, e engine) {
		if !e.caps.Checks {
			return
		}
		ok(t, e.refused)
		ctx := t.Context()
		stored := e.db.Fork()
		c := &cargo{Name: "a", Price: 2, Count: 3}
		stored.Persist(c)
		ok(t, stored.Flush(ctx))
		em := e.db.Fork()
		c, err := orm.FindOneOrFail[cargo](ctx, em, c.ID, orm.Fields("price", "count"))
		ok(t, err)
		c.Price = 4
		ok(t, em.Flush(ctx))
		if c.Total != 0 || c.Double != nil {
			t.Errorf("it shows %+v", c)
		}
		ok(t, em.Refresh(ctx, c))
		if c.Total != 12 {
			t.Errorf("it is %d", c.Total)
		}
	})
}
