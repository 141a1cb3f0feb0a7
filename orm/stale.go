package orm

import (
	"context"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/load"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// stale returns what finds the stale row of a locked step, for engines that only
// count all rows of an operation together: it reads the rows again in the
// session of the flush.
func (w *work) stale(s driver.Session) func(context.Context, *plan.Step) (*changeset.Change, error) {
	return func(ctx context.Context, step *plan.Step) (*changeset.Change, error) {
		db, e := w.db, step.Write.Entity
		u := unit.ReadOnly(db.units, &home{cleared: true})
		list := make([]*managed, len(step.Ops))
		for i, op := range step.Ops {
			list[i] = u.Entry(e, op.Change.Key)
		}
		l := load.New(&db.loads, u, s, nil)
		// No filter is on: what is hidden may be stale as well.
		if err := l.ByKey(ctx, list, &load.Options{Limit: -1, Offset: -1, Schema: w.schema}); err != nil {
			return nil, err
		}
		for i, op := range step.Ops {
			if differs(list[i], op.Change) {
				return op.Change, nil
			}
		}
		return nil, nil
	}
}

// differs reports a row that the operation did not reach: an update leaves its
// version behind, a delete nothing.
func differs(m *managed, c *changeset.Change) bool {
	if c.Kind == changeset.Delete {
		return m.Entity != nil
	}
	return m.Entity == nil || !changeset.Same(c.Lock.Column.Property.Access.Value(m.Entity), c.Lock.After)
}
