package mongo

import (
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// isGrouped reports a query that reads groups instead of rows.
func isGrouped(q *qb.Select) bool {
	if len(q.GroupBy) > 0 || q.Having != nil {
		return true
	}
	for _, output := range q.Exprs {
		if _, ok := output.Expr.(qb.Aggregate); ok {
			return true
		}
	}
	return false
}

// grouping compiles a query of groups: $group with the group's fields in _id and
// one accumulator or more for each aggregate, then a $project that finishes them.
type grouping struct {
	*scope
	keys    []conditions.Field
	id      bson.D
	acc     bson.D
	project bson.D
	// nulls are the fields that tell null for the order.
	nulls bson.D
	// known are the aggregates so far.
	known []aggregated
}

// aggregated is a finished aggregate and its value in the group of no rows.
type aggregated struct {
	what  string
	cell  Cell
	empty any
}

func (c *compiler) group(q *qb.Select) (*Command, error) {
	if len(q.Populate) > 0 {
		return nil, unsupportedClause(q.Entity, "group by", "together with joined relations")
	}
	s, err := c.roots(q)
	if err != nil {
		return nil, err
	}
	g := &grouping{scope: s, project: bson.D{{Key: keyField, Value: 0}}}
	if err := g.by(q.GroupBy); err != nil {
		return nil, err
	}
	cmd := &Command{Kind: Aggregate, Collection: Collection(q.Entity)}
	for _, output := range slices.Concat(keyOutputs(q), q.Exprs) {
		cell, empty, err := g.output(output)
		if err != nil {
			return nil, err
		}
		cmd.Cells, cmd.Default = append(cmd.Cells, cell), append(cmd.Default, empty)
	}
	order, err := g.order(q.OrderBy)
	if err != nil {
		return nil, err
	}
	having, err := g.having(q.Having)
	if err != nil {
		return nil, err
	}
	g.stages(q)
	if len(q.GroupBy) > 0 || q.Having != nil || q.Count || c.nested {
		cmd.Default = nil
	}
	s.out.match(having)
	if q.Count {
		return g.count(cmd), nil
	}
	if len(g.nulls) > 0 {
		s.out.add("$set", g.nulls)
	}
	r := &reader{scope: s, sort: order}
	if q.Limit != conditions.NoSlot {
		r.limit, cmd.positive = value(q.Limit), append(cmd.positive, q.Limit)
	}
	if q.Offset != conditions.NoSlot {
		r.skip = value(q.Offset)
	}
	r.cut()
	cmd.pipeline = s.out.stages
	return cmd, nil
}

func (g *grouping) by(exprs []qb.Expr) error {
	for _, e := range exprs {
		f, ok := e.(qb.FieldExpr)
		if !ok {
			return unsupportedClause(g.entity, "group by", "expressions other than fields")
		}
		key := f.Field.OnForeignKey()
		parts := 1
		if key.Property == f.Field.Property { // not the part of a key that a reference holds
			parts = max(1, len(key.Property.Columns))
		}
		for range parts {
			v, err := g.expression(key, false)
			if err != nil {
				return err
			}
			name := fmt.Sprintf("g%d", len(g.keys))
			g.keys = append(g.keys, key)
			g.id = append(g.id, bson.E{Key: name, Value: op("$ifNull", bson.A{v, nil})})
			g.project = append(g.project, bson.E{Key: name, Value: "$" + keyField + "." + name})
			key.Part++
		}
	}
	return nil
}

// keyOutputs are the properties that a query of groups reads, as expressions.
func keyOutputs(q *qb.Select) []qb.Output {
	var out []qb.Output
	for _, p := range q.Output {
		for part := range max(1, len(p.Columns)) {
			out = append(out, qb.Output{Name: p.Path, Expr: qb.FieldExpr{Field: conditions.Field{Property: p, Part: part}}})
		}
	}
	return out
}

// output compiles an output column, and its value in the group of no rows.
func (g *grouping) output(o qb.Output) (Cell, any, error) {
	switch e := o.Expr.(type) {
	case qb.FieldExpr:
		name, err := g.keyOf(e.Field)
		return Cell{Path: []string{name}, Type: fieldType(e.Field)}, nil, err
	case qb.Aggregate:
		return g.aggregate(e)
	}
	return Cell{}, nil, unsupportedClause(g.entity, "select "+o.Name, "expressions other than fields and aggregates")
}

// keyOf finds a field among those grouped by.
func (g *grouping) keyOf(f conditions.Field) (string, error) {
	f = f.OnForeignKey()
	for i, key := range g.keys {
		if sameField(key, f) {
			return fmt.Sprintf("g%d", i), nil
		}
	}
	return "", unsupportedField(g.entity, f, "group by", "a field that is not grouped by")
}

func sameField(a, b conditions.Field) bool {
	return a.Alias == b.Alias && a.Property == b.Property && a.Part == b.Part && a.As == b.As &&
		slices.Equal(a.Hops, b.Hops) && slices.Equal(a.JSON, b.JSON)
}

// aggregate returns where an aggregate stands in the documents of groups, and its
// value in the group of no rows; one that is asked for again is not made again.
func (g *grouping) aggregate(a qb.Aggregate) (Cell, any, error) {
	what := a.Field
	what.Func, what.Distinct = a.Func, a.Distinct
	for _, known := range g.known {
		if known.what == what.String() {
			return known.cell, known.empty, nil
		}
	}
	cell, empty, err := g.accumulate(a)
	if err == nil {
		g.known = append(g.known, aggregated{what.String(), cell, empty})
	}
	return cell, empty, err
}

func (g *grouping) accumulate(a qb.Aggregate) (Cell, any, error) {
	name := fmt.Sprintf("a%d", len(g.project))
	cell := Cell{Path: []string{name}}
	if a.Func == "count" && a.Field.Property == nil {
		g.acc = append(g.acc, bson.E{Key: name, Value: op("$sum", 1)})
		g.project = append(g.project, bson.E{Key: name, Value: 1})
		cell.Type = countType
		return cell, int64(0), nil
	}
	v, err := g.expression(a.Field, false)
	if err != nil {
		return cell, nil, err
	}
	isNull := op("$eq", bson.A{op("$ifNull", bson.A{v, nil}), nil})
	if a.Distinct {
		return g.distinct(a, cell, v, isNull)
	}
	switch a.Func {
	case "count":
		g.acc = append(g.acc, bson.E{Key: name, Value: op("$sum", op("$cond", bson.A{isNull, 0, 1}))})
		g.project = append(g.project, bson.E{Key: name, Value: 1})
		cell.Type = countType
		return cell, int64(0), nil
	case "sum":
		// $sum of nothing is 0 where SQL says null, so values are counted beside it.
		g.acc = append(g.acc, bson.E{Key: name, Value: op("$sum", v)},
			bson.E{Key: name + "n", Value: op("$sum", op("$cond", bson.A{isNull, 0, 1}))})
		sum := op("$cond", bson.A{op("$gt", bson.A{"$" + name + "n", 0}), "$" + name, nil})
		g.project = append(g.project, bson.E{Key: name, Value: sum})
		cell.Type = sumType(a.Field)
	case "avg":
		g.acc = append(g.acc, bson.E{Key: name, Value: op("$avg", v)})
		g.project = append(g.project, bson.E{Key: name, Value: 1})
	case "min", "max":
		g.acc = append(g.acc, bson.E{Key: name, Value: op("$"+a.Func, v)})
		g.project = append(g.project, bson.E{Key: name, Value: 1})
		cell.Type = fieldType(a.Field)
	default:
		return cell, nil, unsupportedField(g.entity, a.Field, a.Func, "this aggregate")
	}
	return cell, nil, nil
}

// distinct aggregates the set of values other than null.
func (g *grouping) distinct(a qb.Aggregate, cell Cell, v any, isNull bson.D) (Cell, any, error) {
	name := cell.Path[0]
	g.acc = append(g.acc, bson.E{Key: name, Value: op("$addToSet", op("$cond", bson.A{isNull, "$$REMOVE", v}))})
	set := "$" + name
	switch a.Func {
	case "count":
		g.project = append(g.project, bson.E{Key: name, Value: op("$size", set)})
		cell.Type = countType
		return cell, int64(0), nil
	case "sum":
		sum := op("$cond", bson.A{op("$eq", bson.A{set, bson.A{}}), nil, op("$sum", set)})
		g.project = append(g.project, bson.E{Key: name, Value: sum})
		cell.Type = sumType(a.Field)
	case "avg", "min", "max":
		g.project = append(g.project, bson.E{Key: name, Value: op("$"+a.Func, set)})
		if a.Func != "avg" {
			cell.Type = fieldType(a.Field)
		}
	default:
		return cell, nil, unsupportedField(g.entity, a.Field, a.Func, "this aggregate")
	}
	return cell, nil, nil
}

// sumType is the type of a sum, which for whole numbers and decimals is the field's.
func sumType(f conditions.Field) *mapper.Type {
	if t := fieldType(f); t != nil && (t.Kind == mapper.Int || t.Kind == mapper.DecimalKind) {
		return t
	}
	return nil
}

// order sorts groups by what they were grouped by, or by an aggregate.
func (g *grouping) order(entries []qb.Order) (*sorting, error) {
	o := &sorting{}
	for _, entry := range entries {
		switch e := entry.Expr.(type) {
		case qb.FieldExpr:
			name, err := g.keyOf(e.Field)
			if err != nil {
				return nil, err
			}
			g.sortBy(o, name, entry)
		case qb.Aggregate:
			cell, _, err := g.aggregate(e)
			if err != nil {
				return nil, err
			}
			g.sortBy(o, cell.Path[0], entry)
		default:
			return nil, unsupportedClause(g.entity, "order", "expressions other than fields and aggregates")
		}
	}
	return o, nil
}

// sortBy adds a field of the finished groups to an order, with null in its place: MongoDB
// has it lowest, other places take a field of their own.
func (g *grouping) sortBy(o *sorting, name string, entry qb.Order) {
	if entry.Nulls == qb.NullsLast && !entry.Desc || entry.Nulls == qb.NullsFirst && entry.Desc {
		g.nulls = append(g.nulls, bson.E{Key: "n" + name, Value: op("$eq", bson.A{op("$ifNull", bson.A{"$" + name, nil}), nil})})
		o.by("n"+name, entry.Nulls == qb.NullsFirst)
	}
	o.by(name, entry.Desc)
}
