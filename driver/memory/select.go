package memory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// selectProgram implements driver.Program: the query itself.
type selectProgram struct {
	query  *qb.Select
	schema *schema
}

// String returns a description; there is no language to print.
func (p *selectProgram) String() string {
	var b strings.Builder
	b.WriteString("find " + p.query.Entity.Name)
	if p.query.Count {
		b.Reset()
		b.WriteString("count " + p.query.Entity.Name)
	}
	if p.query.Via != nil {
		b.WriteString(" via " + p.query.Via.Relation.String())
	}
	for _, o := range p.query.OrderBy {
		if f, ok := o.Expr.(qb.FieldExpr); ok && f.Field.Property != nil {
			fmt.Fprintf(&b, " order by %s", f.Field.Property.Path)
			if o.Desc {
				b.WriteString(" desc")
			}
		}
	}
	return b.String()
}

// checkSelect refuses what the engine cannot do. Row locks need nothing: a transaction that may write
// has the turn to write from its first statement on, and what it reads stays as it is until it ends.
func checkSelect(q *qb.Select) error {
	if err := qb.CheckFilters(q.Filters); err != nil {
		return err
	}
	if err := checkStored(q); err != nil {
		return err
	}
	for what, asked := range map[string]bool{
		"joins": len(q.Joins) > 0, "grouping": len(q.GroupBy) > 0 || q.Having != nil, "distinct": q.Distinct || len(q.DistinctOn) > 0,
		"common table expressions": len(q.With) > 0, "unions": len(q.Union) > 0,
		"sub-queries in place of a table": q.From != nil || q.Source != "", "index hints": len(q.Indexes) > 0,
	} {
		if asked {
			return unsupported("%s", what)
		}
	}
	for _, p := range q.Output {
		if p.Formula != "" {
			return unsupported("the formula of %s", p)
		}
	}
	for _, o := range q.OrderBy {
		if _, ok := o.Expr.(qb.FieldExpr); !ok {
			return unsupported("order by %T", o.Expr)
		}
		if o.Collation != "" {
			return unsupported("the collation %s of an order", o.Collation)
		}
	}
	for _, x := range q.Exprs {
		if f, ok := x.Expr.(qb.FieldExpr); !ok || slices.ContainsFunc(f.Field.Hops, func(p *mapper.Property) bool { return p.Kind.IsToMany() }) {
			return unsupported("computed outputs")
		}
	}
	return checkNodes(q.Populate)
}

func checkNodes(nodes []*populate.Node) error {
	for _, n := range nodes {
		if !n.Relation.Kind.IsToOne() {
			return unsupported("joined populate of %s", n.Relation)
		}
		if err := checkNodes(n.Children); err != nil {
			return err
		}
	}
	return nil
}

// result is a root, with the key of the owner it was found for.
type result struct {
	root  *row
	owner []any
	// position is the place of an item in an ordered relation.
	position any
}

// run returns the result rows.
func (p *selectProgram) run(tables snapshot, args []any) ([][]any, error) {
	q := p.query
	v := &view{schema: p.schema, tables: tables, filters: q.Filters}
	v.evaluator = &conditions.Evaluator{Args: args}
	found, err := p.find(v, args)
	if err != nil {
		return nil, err
	}
	if q.Count {
		return [][]any{{int64(len(found))}}, nil
	}
	if found, err = p.sort(v, found); err != nil {
		return nil, err
	}
	if q.Via != nil {
		found = perOwner(found, number(args, q.Via.Offset, 0), number(args, q.Via.Limit, -1))
	}
	found = page(found, number(args, q.Offset, 0), number(args, q.Limit, -1))
	all := make([][]any, len(found))
	for i, f := range found {
		if all[i], err = p.output(f); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// find returns the matching roots.
func (p *selectProgram) find(v *view, args []any) ([]result, error) {
	q := p.query
	var candidates []result
	if q.Via == nil {
		rows, err := v.all(q.Entity)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			candidates = append(candidates, result{root: r})
		}
	} else {
		owners, _ := args[q.Via.Owners].([]any)
		for _, key := range owners {
			parts, composite := key.([]any)
			if !composite {
				parts = mapper.Parts(nil, key)
			}
			rows, positions, err := v.related(q.Via.Relation, parts)
			if err != nil {
				return nil, err
			}
			for i, r := range rows {
				c := result{root: r, owner: parts}
				if positions != nil {
					c.position = positions[i]
				}
				candidates = append(candidates, c)
			}
		}
	}
	var found []result
	for _, c := range candidates {
		if q.Alias != "" {
			v.evaluator.Aliases = map[string]conditions.Row{q.Alias: c.root}
		}
		ok, err := v.evaluator.Matches(q.Where, c.root)
		if err != nil {
			return nil, unsupported("%w", err)
		}
		if ok {
			found = append(found, c)
		}
	}
	return found, nil
}

// number returns the value of a limit or offset.
func number(args []any, slot conditions.Slot, absent int) int {
	if slot == conditions.NoSlot {
		return absent
	}
	n, ok := args[slot].(int64)
	if !ok {
		return absent
	}
	return int(n)
}

func page(found []result, offset, limit int) []result {
	found = found[min(offset, len(found)):]
	if limit >= 0 {
		found = found[:min(limit, len(found))]
	}
	return found
}

// perOwner pages the results of each owner.
func perOwner(found []result, offset, limit int) []result {
	seen := map[any]int{}
	return slices.DeleteFunc(found, func(f result) bool {
		key := comparable(mapper.NewTuple(f.owner))
		n := seen[key]
		seen[key]++
		return n < offset || limit >= 0 && n-offset >= limit
	})
}

// output returns the result columns of a root.
func (p *selectProgram) output(f result) ([]any, error) {
	out := slices.Clone(f.owner)
	out, err := appendCells(out, f.root, p.query.Output)
	if err != nil {
		return nil, err
	}
	if out, err = appendNodes(out, f.root, p.query.Populate); err != nil {
		return nil, err
	}
	for _, x := range p.query.Exprs {
		v, err := f.root.view.evaluator.Value(x.Expr.(qb.FieldExpr).Field, f.root)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if p.query.Via != nil && p.query.Via.Positions {
		out = append(out, f.position)
	}
	return out, nil
}

func appendNodes(out []any, owner *row, nodes []*populate.Node) ([]any, error) {
	for _, n := range nodes {
		var target *row
		var err error
		if owner != nil {
			if target, err = owner.one(n.Relation); err != nil {
				return nil, err
			}
		}
		if target != nil && n.Where != nil {
			ok, err := target.view.evaluator.Matches(n.Where.Root, target)
			if err != nil {
				return nil, err
			}
			if !ok {
				target = nil
			}
		}
		if out, err = appendCells(out, target, n.Fields); err != nil {
			return nil, err
		}
		if out, err = appendNodes(out, target, n.Children); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// appendCells appends the columns of properties; NULLs for an absent row.
func appendCells(out []any, x *row, properties []*mapper.Property) ([]any, error) {
	for _, p := range properties {
		columns := p.Columns
		inverse := p.Elsewhere()
		if inverse {
			columns = p.Relation.Target.KeyColumns
		}
		switch {
		case x == nil:
			out = append(out, make([]any, len(columns))...)
		case inverse:
			target, err := x.keyed(p)
			if err != nil {
				return nil, err
			}
			if target == nil {
				out = append(out, make([]any, len(columns))...)
			} else {
				out = append(out, target.cells(columns)...)
			}
		default:
			out = append(out, x.cells(columns)...)
		}
	}
	return out, nil
}
