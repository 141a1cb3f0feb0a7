package plan

import (
	"fmt"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// Bulk is an update or delete of the rows a condition finds.
type Bulk struct {
	Kind  qb.WriteKind
	Table *Table
	Set   []Assign
	// Where is nil when all rows are meant.
	Where Pred
}

// Assign sets a column.
type Assign struct {
	Column string
	Value  Expr
}

// BuildBulk plans a write in condition form. The table is known by its own
// name, because not every engine allows an alias there. A condition that joins,
// or whose sub-queries the engine forbids, becomes a sub-query of keys.
func BuildBulk(w *qb.Write, opts Options) (*Bulk, error) {
	if w.Entity == nil {
		return nil, fmt.Errorf("%w: a bulk write without an entity", ErrQuery)
	}
	part, err := written(w)
	if err != nil {
		return nil, err
	}
	table := part.Table
	if part == w.Entity && w.Table != nil {
		table = w.Table
	}
	p := newPlanner(bulkQuery(w, w.Alias), opts)
	out := &Bulk{Kind: w.Kind, Table: p.table(table, table.Name)}
	sel := &Select{}
	root := &source{alias: table.Name, entity: part, joins: &sel.Joins}
	p.taken = append(p.taken, table.Name)
	s := &scope{planner: p, row: root, named: []*source{root}}
	for _, a := range w.Assign {
		out.Set = append(out.Set, Assign{a.Column.Name, s.operand(a.Value, a.Column.Type)})
	}
	if len(sel.Joins) > 0 {
		return nil, fmt.Errorf("%w: a bulk update of %s cannot set a column to a value of another table", ErrUnsupported, w.Entity.Name)
	}
	if part == w.Entity && (w.Alias == "" || w.Alias == table.Name) {
		where := all(s.visible(root), s.pred(w.Where, true))
		if p.err != nil {
			return nil, p.err
		}
		direct := len(sel.Joins) == 0 && *table == *w.Entity.Table
		if direct && (opts.WriteSubqueries || !hasQuery(where)) {
			out.Where = where
			return out, p.err
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	out.Where, err = keysOf(w, root, opts)
	return out, err
}

// written returns the entity whose table a bulk write changes: the one that has all
// columns set, or for a delete the root, whose rows take those of the other tables
// along by their foreign keys.
func written(w *qb.Write) (*mapper.Entity, error) {
	parts := w.Entity.StoredIn()
	if w.Kind == qb.Delete || len(parts) < 2 {
		return parts[0], nil
	}
	of := func(c *mapper.Column) *mapper.Entity {
		for _, part := range parts {
			if c.Table != nil && *c.Table == *part.Table {
				return part
			}
		}
		return w.Entity
	}
	if len(w.Assign) == 0 {
		return w.Entity, nil
	}
	first := w.Assign[0].Column
	for _, a := range w.Assign {
		if c := a.Column; of(c) != of(first) {
			return nil, fmt.Errorf("%w: a bulk update of %s sets %s of table %s and %s of table %s; update one table at a time",
				ErrUnsupported, w.Entity.Name, first.Property.Path, of(first).Table.Name, c.Property.Path, of(c).Table.Name)
		}
	}
	return of(first), nil
}

// bulkQuery is the query for the keys of the rows a bulk write is about.
func bulkQuery(w *qb.Write, alias string) *qb.Select {
	return &qb.Select{
		Registry: w.Registry, Entity: w.Entity, Alias: alias, Output: w.Entity.Key, Where: w.Where,
		Filters: w.Filters, Schema: w.Schema, Slots: w.Slots,
		Limit: conditions.NoSlot, Offset: conditions.NoSlot,
	}
}

// keysOf restricts a bulk write to the keys a sub-query finds.
func keysOf(w *qb.Write, root *source, opts Options) (Pred, error) {
	sel, err := Build(bulkQuery(w, w.Alias), opts)
	if err != nil {
		return nil, err
	}
	in := &InSelect{Query: sel}
	for _, k := range w.Entity.KeyColumns {
		in.Exprs = append(in.Exprs, &Ref{Alias: root.alias, Name: k.Name, Type: k.Type, Column: k})
	}
	if !opts.WriteSubqueries {
		in.Query = materialized(sel)
	}
	return in, nil
}

// materialized wraps a query so that an engine reads it to the end before it
// begins to write.
func materialized(sel *Select) *Select {
	const alias = "found"
	outer := &Select{From: &Derived{Query: sel, Alias: alias}}
	for i := range sel.Columns {
		sel.Columns[i].Name = fmt.Sprintf("k%d", i)
		outer.Columns = append(outer.Columns, Column{Expr: &Ref{Alias: alias, Name: sel.Columns[i].Name}})
	}
	return outer
}

// hasQuery reports a sub-query anywhere in a predicate.
func hasQuery(p Pred) bool {
	switch p := p.(type) {
	case *And:
		return anyQuery(p.Preds)
	case *Or:
		return anyQuery(p.Preds)
	case *NotTrue:
		return hasQuery(p.Pred)
	case *Exists, *InSelect:
		return true
	case *Compare:
		_, left := p.Left.(*Sub)
		_, right := p.Right.(*Sub)
		return left || right
	default:
		return false
	}
}

func anyQuery(preds []Pred) bool {
	for _, p := range preds {
		if hasQuery(p) {
			return true
		}
	}
	return false
}
