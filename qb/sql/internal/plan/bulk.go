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
	// Joins find the rows where the engine would else ask a sub-query for every row.
	Joins []*Join
	// Where is nil when all rows are meant.
	Where Pred
	// Whole is the condition with the lists that Joins stand for, nil where they stand for none.
	Whole Pred
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
	root := &source{alias: table.Name, name: w.Alias, entity: part, joins: &sel.Joins}
	p.taken = append(p.taken, table.Name)
	s := &scope{planner: p, row: root, named: []*source{root}}
	for _, a := range w.Assign {
		out.Set = append(out.Set, Assign{a.Column.Name, s.operand(a.Value, a.Column.Type)})
	}
	if len(sel.Joins) > 0 {
		return nil, fmt.Errorf("%w: a bulk update of %s cannot set a column to a value of another table", ErrUnsupported, w.Entity.Name)
	}
	s.askOnce(w.Where)
	if part == w.Entity && (w.Alias == "" || w.Alias == table.Name || !hasText(w.Where)) {
		where := all(s.visible(root), s.pred(w.Where, true))
		if p.err != nil {
			return nil, p.err
		}
		direct := len(sel.Joins) == 0 && *table == *w.Entity.Table
		if direct && (opts.WriteSubqueries || !hasQuery(where)) {
			out.Where = where
			spell(where)
			if !opts.WriteSubqueries && len(w.Returning) == 0 { // several tables return nothing
				if out.Joins, out.Where = p.lists(where); len(out.Joins) > 0 {
					out.Whole = where
				}
			}
			return out, p.err
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	err = out.keysOf(w, root, opts)
	return out, err
}

// lists turns lists that a row must be in into joins with them: an engine that cannot
// plan a sub-query of a write as a join asks it again for every row of the table.
func (p *planner) lists(where Pred) (joins []*Join, rest Pred) {
	var others []Pred
	for _, m := range members(where) {
		list := listed(m)
		if list == nil {
			others = append(others, m)
			continue
		}
		list.Alias = p.alias()
		var on []Pred
		for i, r := range list.Refs {
			on = append(on, &Compare{r, conditions.OpEq, &Ref{Alias: list.Alias, Name: fmt.Sprintf("v%d", i)}})
		}
		joins = append(joins, &Join{Source: list, On: all(on...)})
	}
	return joins, all(others...)
}

// members are the predicates that must all hold.
func members(where Pred) []Pred {
	if and, ok := where.(*And); ok {
		return and.Preds
	}
	return []Pred{where}
}

// spell marks the lists that a row must be in, which are the rows of the write or more.
func spell(where Pred) {
	for _, m := range members(where) {
		if in, ok := m.(*InList); ok && listed(in) != nil {
			in.Written = true
		}
	}
}

// listed is the list that a predicate asks for a column, or several, to be in.
func listed(p Pred) *Listed {
	switch p := p.(type) {
	case *InList:
		r, ok := p.Expr.(*Ref)
		if p.Not || p.Aggregate || !ok || r.Type == nil || r.Type.Kind == mapper.Bytes || r.Type.Kind == mapper.Array || r.Type.Kind == mapper.Custom || r.Type.NativeEnum != "" {
			return nil
		}
		return &Listed{List: p.List.Slot, Refs: []*Ref{r}}
	case *TupleIn:
		if !p.Not {
			return &Listed{List: p.List, Refs: p.Refs, Keys: true}
		}
	}
	return nil
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

// keysOf restricts a bulk write to the keys a sub-query finds. Where a write may not
// read its own table in a sub-query, it is joined with the keys, which are different
// and so read to the end before the write begins.
func (b *Bulk) keysOf(w *qb.Write, root *source, opts Options) error {
	sel, err := Build(bulkQuery(w, w.Alias), opts)
	if err != nil {
		return err
	}
	in := &InSelect{Query: sel}
	for _, k := range w.Entity.KeyColumns {
		in.Exprs = append(in.Exprs, &Ref{Alias: root.alias, Name: k.Name, Type: k.Type, Column: k})
	}
	if opts.WriteSubqueries {
		b.Where = in
		return nil
	}
	const alias = "found"
	if len(w.Returning) > 0 {
		outer := &Select{From: &Derived{Query: sel, Alias: alias}}
		for i := range sel.Columns {
			sel.Columns[i].Name = fmt.Sprintf("k%d", i)
			outer.Columns = append(outer.Columns, Column{Expr: &Ref{Alias: alias, Name: sel.Columns[i].Name}})
		}
		in.Query = outer
		b.Where = in
		return nil
	}
	sel.Distinct = true
	var on []Pred
	for i := range sel.Columns {
		sel.Columns[i].Name = fmt.Sprintf("k%d", i)
		on = append(on, &Compare{in.Exprs[i], conditions.OpEq, &Ref{Alias: alias, Name: sel.Columns[i].Name}})
	}
	b.Joins = []*Join{{Source: &Derived{Query: sel, Alias: alias}, On: all(on...)}}
	return nil
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
