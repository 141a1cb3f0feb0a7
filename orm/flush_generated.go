package orm

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// readGenerated reads the generated columns of the rows that were updated, as far as they were read
// before: the database has computed them again, from what only it knows. It reads them in the session of the flush,
// once for all rows of a type, because no engine tells in which order many updated rows come back.
func (w *work) readGenerated(ctx context.Context, session driver.Session) error {
	var of []*mapper.Entity
	var rows map[*mapper.Entity][]*changeset.Change
	followed := w.followed()
	for _, c := range w.Changes {
		if c.Kind == changeset.Delete || c.Kind == changeset.Insert && !followed[c] || len(w.generated(c)) == 0 {
			continue
		}
		if rows[c.Entity] == nil {
			of = append(of, c.Entity)
		}
		if rows == nil {
			rows = map[*mapper.Entity][]*changeset.Change{}
		}
		rows[c.Entity] = append(rows[c.Entity], c)
	}
	for _, e := range of {
		keys := make([]any, len(rows[e]))
		for i, c := range rows[e] {
			keys[i] = w.keyAfter(c)
		}
		list, err := w.byKeys(ctx, session, e, leavesOf(e, w.Unit.Shape(e).Generated), keys)
		if err != nil {
			return err
		}
		for i, c := range rows[e] {
			if list[i].Entity != nil {
				w.remade(c, list[i])
			}
		}
	}
	return nil
}

// followed are the new rows that were updated after their insert, with what had to wait for others.
func (w *work) followed() (list map[*changeset.Change]bool) {
	for _, s := range w.plan.Steps {
		for _, op := range s.Ops {
			if op.Role != plan.FollowUp {
				break // all of a step have one role
			}
			if list == nil {
				list = map[*changeset.Change]bool{}
			}
			list[op.Change] = true
		}
	}
	return list
}

// keyAfter is the key that a row has when the flush has written it.
func (w *work) keyAfter(c *changeset.Change) any {
	if c.Kind == changeset.Insert {
		return w.Outcome.Key(c)
	}
	key := c.Key
	if c.Given != nil {
		key = c.Given.Key
	}
	if !c.Writes(c.Entity.KeyColumns) {
		return key
	}
	parts := mapper.Parts(nil, key)
	for i, column := range c.Entity.KeyColumns {
		if cell, writes := c.Cell(column); writes {
			parts[i] = w.Outcome.Resolve(cell.After)
		}
	}
	return mapper.NewTuple(parts)
}

// remakes reports updated rows with generated columns.
func (w *work) remakes() bool {
	return slices.ContainsFunc(w.Changes, func(c *changeset.Change) bool {
		return c.Kind == changeset.Update && len(w.generated(c)) > 0
	})
}

// generated are the generated properties that a row shows.
func (w *work) generated(c *changeset.Change) (list []*mapper.Property) {
	for _, p := range w.Unit.Shape(c.Entity).Generated {
		if c.Loaded.Has(p.Index) && !p.Absent(c.Current) {
			list = append(list, p)
		}
	}
	return list
}

// leavesOf are what is read for generated properties: in an embedded value these do not tell that it is
// there, its other leaves do.
func leavesOf(e *mapper.Entity, generated []*mapper.Property) []*mapper.Property {
	list := slices.Clone(e.Key)
	for _, p := range e.Leaves {
		beside := func(g *mapper.Property) bool { return g == p || g.Parent != nil && outermost(g) == outermost(p) }
		if slices.ContainsFunc(generated, beside) && !slices.Contains(list, p) && !p.Kind.IsRelation() && !p.Virtual {
			list = append(list, p)
		}
	}
	return list
}

// outermost is the embedded value around a leaf that stands in the entity itself, nil where there is none.
func outermost(p *mapper.Property) *mapper.Property {
	for ; p.Parent != nil && p.Parent.Parent != nil; p = p.Parent {
	}
	return p.Parent
}

// remade makes what was read of a row what the database has returned of its change.
func (w *work) remade(c *changeset.Change, read *managed) {
	var columns []*mapper.Column
	var values []any
	for _, p := range w.generated(c) {
		if p.Absent(read.Entity) {
			continue
		}
		columns, values = append(columns, p.Columns[0]), append(values, p.Access.Value(read.Entity))
	}
	w.Outcome.Return(c, columns, values)
}
