package orm

import (
	"context"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/populate"
)

// stale returns what finds the stale row of a locked step, for engines that only
// count all rows of an operation together: it reads the rows again in the
// session of the flush.
func (w *work) stale(s driver.Session) func(context.Context, *plan.Step) (*changeset.Change, error) {
	return func(ctx context.Context, step *plan.Step) (*changeset.Change, error) {
		db, e := w.db, step.Write.Entity
		u := unit.ReadOnly(db.units, &home{cleared: true})
		f := &finder{db: db, unit: u, scope: session.Within(&db.sessions, s, w.schema)}
		opts := newFindOptions(nil)
		for _, filter := range e.Filters {
			opts.filters = append(opts.filters, filterSwitch{name: filter.Name, off: true})
		}
		list := make([]*managed, len(step.Ops))
		for i, op := range step.Ops {
			list[i] = u.Entry(e, op.Change.Key)
		}
		l := &populator{db: db, unit: u, finder: f}
		node := &populate.Node{Relation: selfRelation(e), Limit: -1, Offset: -1}
		if _, err := l.byKey(ctx, list, node, opts); err != nil {
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
