package schema

import (
	"context"
	"slices"

	"ariga.io/atlas/sql/schema"
)

// planned writes changes as statements, with foreign keys out of the way of columns whose type
// changes: MySQL and MariaDB change no column that a foreign key is of or refers to. Other
// engines change such columns, and the foreign keys with them.
func (l *live) planned(ctx context.Context, current, desired *schema.Realm, changes []schema.Change) (*Plan, error) {
	if l.databaseName == "" {
		return l.plan(ctx, l.Driver, changes)
	}
	h := &holding{retyped: retyped(changes)}
	rest := h.takeOut(changes)
	pairs(current, desired, h.takeAway)
	all := &Plan{Transactional: true}
	for _, part := range [][]schema.Change{h.before, rest, h.after} {
		p, err := l.plan(ctx, l.Driver, part)
		if err != nil {
			return nil, err
		}
		all = all.then(p)
	}
	return all, nil
}

// holding are the foreign keys that hold columns.
type holding struct {
	retyped       map[tableColumn]bool
	taken         []*schema.ForeignKey
	before, after []schema.Change
}

// tableColumn is a column by the names of its table and of itself.
type tableColumn struct{ table, column string }

// retyped are the columns that get another type, or whose text gets another collation.
func retyped(changes []schema.Change) map[tableColumn]bool {
	list := map[tableColumn]bool{}
	for _, c := range changes {
		m, ok := c.(*schema.ModifyTable)
		if !ok {
			continue
		}
		for _, change := range m.Changes {
			c, ok := change.(*schema.ModifyColumn)
			if ok && (c.Change.Is(schema.ChangeType) || c.Change.Is(schema.ChangeCollate) || c.Change.Is(schema.ChangeCharset)) {
				list[tableColumn{m.T.Name, c.To.Name}] = true
			}
		}
	}
	return list
}

// holds reports a foreign key of or to such a column.
func (h *holding) holds(fk *schema.ForeignKey) bool {
	of := func(t *schema.Table, columns []*schema.Column) bool {
		return t != nil && slices.ContainsFunc(columns, func(c *schema.Column) bool { return h.retyped[tableColumn{t.Name, c.Name}] })
	}
	return of(fk.Table, fk.Columns) || of(fk.RefTable, fk.RefColumns)
}

// takeOut takes the changes of such foreign keys out of the others.
func (h *holding) takeOut(changes []schema.Change) (rest []schema.Change) {
	for _, c := range changes {
		m, ok := c.(*schema.ModifyTable)
		if !ok {
			rest = append(rest, c)
			continue
		}
		kept := &schema.ModifyTable{T: m.T}
		for _, c := range m.Changes {
			switch c := c.(type) {
			case *schema.DropForeignKey:
				if h.holds(c.F) {
					h.drop(m.T, c.F)
					continue
				}
			case *schema.AddForeignKey:
				if h.holds(c.F) {
					h.add(m.T, c.F)
					continue
				}
			case *schema.ModifyForeignKey:
				if h.holds(c.From) || h.holds(c.To) {
					h.drop(m.T, c.From)
					h.add(m.T, c.To)
					continue
				}
			}
			kept.Changes = append(kept.Changes, c)
		}
		if len(kept.Changes) == len(m.Changes) {
			kept = m
		}
		if len(kept.Changes) > 0 {
			rest = append(rest, kept)
		}
	}
	return rest
}

// takeAway drops the others of a table, and makes them again.
func (h *holding) takeAway(have, want *schema.Table) {
	for _, old := range have.ForeignKeys {
		fk, stays := want.ForeignKey(old.Symbol)
		if stays && h.holds(old) && !slices.Contains(h.taken, old) {
			h.drop(want, old)
			h.add(want, fk)
		}
	}
}

func (h *holding) drop(t *schema.Table, fk *schema.ForeignKey) {
	h.taken = append(h.taken, fk)
	h.before = append(h.before, &schema.ModifyTable{T: t, Changes: []schema.Change{&schema.DropForeignKey{F: fk}}})
}

func (h *holding) add(t *schema.Table, fk *schema.ForeignKey) {
	h.after = append(h.after, &schema.ModifyTable{T: t, Changes: []schema.Change{&schema.AddForeignKey{F: fk}}})
}
