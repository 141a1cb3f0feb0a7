package orm

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// guardedWrite is a write made by a query builder, with the guards that hold for it.
type guardedWrite struct {
	em    *EntityManager
	write *qb.Write
	rules []*guardRule
	// existing are conditions that find the rows an upsert may take the place of.
	existing []any
}

// guardWrite holds the guards against a write and returns its arguments. An update or
// delete reaches only rows that the guards show, whatever filters the query has.
func (em *EntityManager) guardWrite(w *qb.Write, args []any) (*guardedWrite, []any, error) {
	rules, err := em.filtering.rules("exec")
	if err != nil || w.Entity == nil {
		return nil, args, err
	}
	rules = slices.DeleteFunc(rules, func(r *guardRule) bool {
		return !w.Entity.IsSubtypeOf(r.entity) && !r.entity.IsSubtypeOf(w.Entity)
	})
	if len(rules) == 0 {
		return nil, args, nil
	}
	g := &guardedWrite{em: em, write: w, rules: rules}
	switch w.Kind {
	case qb.Insert:
		return g, args, g.inserts(args)
	case qb.Truncate:
		return nil, nil, rules[0].refuse("exec", w.Entity, nil, "a truncate deletes the rows that it hides; delete by a condition")
	case qb.Update:
		if err := g.assigns(args); err != nil {
			return nil, nil, err
		}
	}
	args, err = g.restrict(args)
	return g, args, err
}

// restrict makes the guards filters of the write, in the place of filters of their names.
func (g *guardedWrite) restrict(args []any) ([]any, error) {
	w := g.write
	w.Shape = nil // which does not tell the guards
	for _, r := range g.rules {
		tree, err := r.tree(w.Registry, conditions.Slot(len(w.Slots)))
		if err != nil {
			return nil, err
		}
		w.Filters = slices.DeleteFunc(slices.Clone(w.Filters), func(f qb.Filter) bool { return f.Entity == r.entity && f.Name == r.filter })
		w.Filters = append(w.Filters, qb.Filter{Entity: r.entity, Name: r.filter, Where: tree.Root})
		w.Slots = append(slices.Clip(w.Slots), tree.Slots...)
		args = append(slices.Clip(args), r.args...)
	}
	return args, nil
}

// assigns refuses an update that would hide rows, or may: one that sets some of the columns
// that a guard asks for and leaves others as they are.
func (g *guardedWrite) assigns(args []any) error {
	row := cellRow{}
	for _, a := range g.write.Assign {
		slot, known := a.Value.(conditions.Slot)
		row[a.Column] = unknownCell
		if known && int(slot) < len(args) {
			row[a.Column] = args[slot]
		}
	}
	for _, r := range g.rules {
		set, unset := 0, 0
		for _, c := range r.columns() {
			if v, ok := row[c]; !ok {
				unset++
			} else if set++; v == unknownCell {
				unset++
			}
		}
		switch {
		case set == 0:
		case unset > 0:
			return r.refuse("exec", g.write.Entity, nil, "whether it would hide the rows cannot be told; set all that it asks for to values, or change entities")
		default:
			if err := r.hold("exec", g.write.Entity, nil, row, "it would hide the rows that are written"); err != nil {
				return err
			}
		}
	}
	return nil
}

// inserts refuses rows that guards would hide, and notes which rows an upsert meets.
func (g *guardedWrite) inserts(args []any) error {
	w := g.write
	if w.From != nil {
		return g.rules[0].refuse("exec", w.Entity, nil, "the rows of a query cannot be judged before they are written; read them, and insert them")
	}
	replaces := w.Conflict != nil && len(w.Conflict.Merge) > 0
	for width := len(w.Set); width > 0 && len(args) >= width; args = args[width:] {
		row := cellRow{}
		for i, c := range w.Set {
			row[c] = args[i]
		}
		if err := guardRows("exec", g.rules, w.Entity, nil, row); err != nil {
			return err
		}
		if !replaces {
			continue
		}
		for _, set := range append(uniqueSets(w.Entity), w.Entity.Key, uniqueProperties(w.Conflict.On)) {
			if at := uniqueAt(set, row.of); at != nil {
				g.existing = append(g.existing, at)
			}
		}
	}
	return nil
}

// looks returns what refuses an upsert that would take the place of hidden rows, to be called in
// the transaction of the write; nil where there are none to look at.
func (g *guardedWrite) looks() func(context.Context) error {
	if g == nil || len(g.existing) == 0 {
		return nil
	}
	return func(ctx context.Context) error {
		return g.em.guardFound(ctx, "exec", g.rules, g.write.Entity, g.existing)
	}
}

// cellRow is a row given by its cells. Columns that are not named are NULL.
type cellRow map[*mapper.Column]any

// unknownCell stands for a value that only the database knows.
var unknownCell = any(&struct{ byte }{})

// of returns the value of a property in canonical form, nil while part of it is missing.
func (r cellRow) of(p *mapper.Property) any {
	parts := make([]any, len(p.Columns))
	for i, c := range p.Columns {
		if parts[i] = r[c]; parts[i] == nil {
			return nil
		}
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return mapper.NewTuple(parts)
}

// Value is that of a property that is no relation.
func (r cellRow) Value(p *mapper.Property) (any, error) { return r.of(p), nil }

// Key is the key that a reference holds. The row's own is not asked for by a guard.
func (r cellRow) Key(p *mapper.Property) (any, error) {
	if p == nil {
		return nil, nil
	}
	return r.of(p), nil
}

// One and Many are not asked for: the condition of a guard walks no relations.
func (r cellRow) One(*mapper.Property) (conditions.Row, error)    { return nil, nil }
func (r cellRow) Many(*mapper.Property) ([]conditions.Row, error) { return nil, nil }
