package orm

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/load"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
)

// stale returns what finds the stale row of a locked step, for engines that only
// count all rows of an operation together: it reads the rows again in the
// session of the flush. Where another transaction has written the very version of this
// flush, it guesses.
func (w *work) stale(session driver.Session) func(context.Context, *plan.Step) (*changeset.Change, bool, error) {
	return func(ctx context.Context, s *plan.Step) (*changeset.Change, bool, error) {
		changes := make([]*changeset.Change, len(s.Ops))
		for i, op := range s.Ops {
			changes[i] = op.Change
		}
		list, err := w.again(ctx, session, changes, true)
		if err != nil {
			return nil, false, err
		}
		for i, c := range changes {
			if differs(list[i], c) {
				return c, true, nil
			}
		}
		for i, op := range s.Ops {
			if op.Role != plan.Delete && !holds(list[i], op) {
				return op.Change, false, nil
			}
		}
		return nil, false, nil
	}
}

// again reads the rows of changes of one table in a session: as the flush has met them, or as they
// were before it.
func (w *work) again(ctx context.Context, session driver.Session, changes []*changeset.Change, met bool) ([]*managed, error) {
	keys := make([]any, len(changes))
	for i, c := range changes {
		keys[i] = c.Key
		if met && c.Given != nil {
			keys[i] = c.Given.Key
		}
	}
	return w.byKeys(ctx, session, lockedIn(changes[0]), nil, keys)
}

// byKeys reads rows of an entity in a session, or some leaves of it, apart from what is managed.
func (w *work) byKeys(ctx context.Context, session driver.Session, e *mapper.Entity, leaves []*mapper.Property, keys []any) ([]*managed, error) {
	db := w.db
	u := unit.ReadOnly(db.units, &homeOf(nil, true).Manager)
	list := make([]*managed, len(keys))
	for i, key := range keys {
		list[i] = u.Entry(e, key)
	}
	// No filter is on: what is hidden may be stale as well.
	return list, load.New(&db.loads, u, session, nil).ByKey(ctx, list, leaves, &load.Options{Limit: -1, Offset: -1, Schema: w.schema})
}

// differs reports a row that the operation did not reach: an update leaves its
// version behind, a delete nothing.
func differs(m *managed, c *changeset.Change) bool {
	if c.Kind == changeset.Delete && !c.Soft {
		return m.Entity != nil
	}
	return m.Entity == nil || c.Lock != nil && !changeset.Same(version(m, c), c.Lock.After) ||
		slices.ContainsFunc(c.Checks(), func(cell changeset.Cell) bool { return !cellSame(m, cell.Column, cell.After) })
}

// lockedIn is the type whose rows tell that a change is stale.
func lockedIn(c *changeset.Change) *mapper.Entity {
	if c.Lock != nil {
		return c.Lock.Column.Property.Entity
	}
	return c.Entity.Root()
}

// moved reports a row that is gone, or holds another version or value than the change was
// made on.
func moved(m *managed, c *changeset.Change) bool {
	return m.Entity == nil || c.Lock != nil && !changeset.Same(version(m, c), c.Lock.Before) ||
		slices.ContainsFunc(c.Checks(), func(cell changeset.Cell) bool { return !cellSame(m, cell.Column, cell.Before) })
}

// cellSame reports that a row that was read holds a value in a column. What is no value
// in a read row, a handle or a part of a reference to what is new, is taken for the same.
func cellSame(m *managed, column *mapper.Column, v any) bool {
	p := column.Property
	if _, handle := v.(changeset.Handle); handle || p == nil || !m.Meta.IsSubtypeOf(p.Entity) {
		return true
	}
	if !p.Kind.IsRelation() {
		return changeset.Same(p.Access.Value(m.Entity), v)
	}
	if p.Relation.Style == mapper.PointerField {
		return true // it is not loaded
	}
	key, _ := p.TargetKey(m.Entity)
	parts := mapper.Parts(nil, key)
	return column.Part >= len(parts) || changeset.Same(parts[column.Part], v)
}

// holds reports a row with the values that an operation writes.
func holds(m *managed, op *plan.Op) bool {
	for i, column := range op.Set {
		p := column.Property
		if p != nil && !p.Kind.IsRelation() && m.Meta.IsSubtypeOf(p.Entity) && !changeset.Same(p.Access.Value(m.Entity), qb.Written(op.Values[i])) {
			return false
		}
	}
	return true
}

func version(m *managed, c *changeset.Change) any {
	return c.Lock.Column.Property.Access.Value(m.Entity)
}

// lostRow is a conflict of versions of which only some rows are known that it is
// about. Its error names one of them.
type lostRow struct {
	err      *OptimisticLockError
	suspects []*changeset.Change
}

// findLost lets the error of a lost conflict name the row, now that the flush has been
// undone: a fresh row has the version again that the flush expected. undone is false
// where the transaction goes on with what the flush wrote.
func (w *work) findLost(ctx context.Context, em *EntityManager, undone bool) {
	if w.lost == nil || !undone {
		return
	}
	ctx = context.WithoutCancel(ctx)
	session := em.scope.Session
	if session == nil {
		own, err := em.scope.Open(ctx, driver.SessionOptions{Transaction: true})
		if err != nil {
			return // the guess stands
		}
		defer func() { _ = own.End(ctx, false) }() // it has only read
		session = own
	}
	list, err := w.again(ctx, session, w.lost.suspects, false)
	if err != nil {
		return
	}
	for i, c := range w.lost.suspects {
		if moved(list[i], c) {
			w.lost.err.Key, w.lost.err.Expected, w.lost.err.Properties = c.Key, expected(c), checked(c)
			return
		}
	}
}
