package session

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/weft-orm/weft/mapper"
)

// maxContested bounds the rows that are locked before a transaction runs again.
const maxContested = 1000

// Contest collects the existing rows that the runs of a retried transaction
// wanted to write. A run that follows a conflict locks them before it reads
// anything: what it then decides by is current and stays so, and the same conflict
// cannot come again, however many others contend. All lock in the same order, which
// is that of a flush.
//
// A nil Contest collects nothing.
type Contest struct{ rows map[contestant]bool }

// contestant is a row by its entity and canonical key.
type contestant struct {
	meta *mapper.Entity
	key  any
}

// Add notes a row that a flush wants to write.
func (c *Contest) Add(e *mapper.Entity, key any) {
	if c == nil || key == nil || len(c.rows) > maxContested {
		return
	}
	if c.rows == nil {
		c.rows = map[contestant]bool{}
	}
	c.rows[contestant{e, key}] = true
}

// Lock calls lock with the keys of the rows noted so far, entity by entity, in the
// order that compare gives. When there are too many it does nothing.
func (c *Contest) Lock(ctx context.Context, compare func(a, b any) int, lock func(context.Context, *mapper.Entity, []any) error) error {
	if len(c.rows) > maxContested {
		return nil
	}
	rows := slices.SortedFunc(maps.Keys(c.rows), func(a, b contestant) int {
		return cmp.Or(cmp.Compare(a.meta.Ordinal, b.meta.Ordinal), compare(a.key, b.key))
	})
	for len(rows) > 0 {
		meta := rows[0].meta
		var keys []any
		for len(rows) > 0 && rows[0].meta == meta {
			keys, rows = append(keys, rows[0].key), rows[1:]
		}
		if err := lock(ctx, meta, keys); err != nil {
			return err
		}
	}
	return nil
}
