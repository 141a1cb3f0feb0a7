package orm

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/flush"
)

// maxContested bounds the rows that are locked before a transaction runs again.
const maxContested = 1000

// contest collects the existing rows that the runs of a retried transaction
// wanted to write. A run that follows a conflict locks them before it reads
// anything: what it then decides by is current and stays so, and the same conflict
// cannot come again, however many others contend. All lock in the same order, which
// is that of a flush.
//
// A nil contest collects nothing.
type contest struct{ rows map[contestant]bool }

// contestant is a row by its entity and canonical key.
type contestant struct {
	meta *mapper.Entity
	key  any
}

// add notes the rows a flush wants to write.
func (c *contest) add(changes []*changeset.Change) {
	if c == nil {
		return
	}
	if c.rows == nil {
		c.rows = map[contestant]bool{}
	}
	for _, change := range changes {
		if change.Kind != changeset.Insert && change.Key != nil && len(c.rows) <= maxContested {
			c.rows[contestant{change.Entity, change.Key}] = true
		}
	}
}

// lock locks the rows noted so far in the open transaction of em, where the engine
// has row locks. Rows that are gone are left out.
func (c *contest) lock(ctx context.Context, em *EntityManager) error {
	if !em.db.caps.RowLocks || len(c.rows) > maxContested {
		return nil
	}
	rows := slices.SortedFunc(maps.Keys(c.rows), func(a, b contestant) int {
		return cmp.Or(cmp.Compare(a.meta.Ordinal, b.meta.Ordinal), flush.CompareKeys(a.key, b.key))
	})
	for len(rows) > 0 {
		meta := rows[0].meta
		n := slices.IndexFunc(rows, func(r contestant) bool { return r.meta != meta })
		if n < 0 {
			n = len(rows)
		}
		if err := em.lockRows(ctx, meta, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// lockRows locks rows of one entity in key order; nothing of them becomes managed.
func (em *EntityManager) lockRows(ctx context.Context, e *mapper.Entity, rows []contestant) error {
	keys := make([]any, len(rows))
	for i, r := range rows {
		if keys[i] = r.key; len(e.KeyColumns) > 1 {
			keys[i] = mapper.Parts(nil, r.key)
		}
	}
	opts := []FindOption{ReadOnly(), LockForUpdate()}
	if e.Key[0].Relation == nil && len(e.Key) == 1 {
		opts = append(opts, OrderBy(e.Key[0].Path)) // others are found through the index, in its order
	}
	for _, filter := range e.Filters {
		opts = append(opts, WithoutFilter(filter.Name))
	}
	r := &request{meta: e, cond: M{"$in": keys}}
	r.opts.set(opts)
	f, l := em.readers(&r.opts)
	_, err := f.find(ctx, r, l) // not a read of the user's: no hook is told
	return err
}
