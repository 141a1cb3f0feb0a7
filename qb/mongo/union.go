package mongo

import (
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// union compiles a query whose rows are those of several: each gives documents with one
// field for each column, c0, c1 and so on.
func (c *compiler) union(q *qb.Select) (*Command, error) {
	if q.Count {
		return nil, unsupportedClause(q.Entity, "count", "of a union; count its rows, or its queries one by one")
	}
	if len(q.Populate) > 0 {
		return nil, unsupportedClause(q.Entity, "union", "together with joined relations")
	}
	stages, cells, err := c.unionRows(q)
	if err != nil {
		return nil, err
	}
	cmd := &Command{Kind: Aggregate, Collection: Collection(q.Entity), Cells: cells, pipeline: stages}
	if q.Limit != conditions.NoSlot && !c.nested {
		cmd.positive = append(cmd.positive, q.Limit)
	}
	return cmd, nil
}

// unionRows makes the rows of a union, in its order and cut to its page.
func (c *compiler) unionRows(q *qb.Select) (bson.A, []Cell, error) {
	first := *q
	first.Union, first.OrderBy, first.Limit, first.Offset = nil, nil, conditions.NoSlot, conditions.NoSlot
	stages, cells, err := c.arm(&first)
	if err != nil {
		return nil, nil, err
	}
	out := &pipeline{stages: stages}
	for _, u := range q.Union {
		if DatabaseName(u.Query.Entity.Root().Table.Schema, "*") != DatabaseName(q.Entity.Root().Table.Schema, "*") {
			return nil, nil, unsupportedClause(q.Entity, "union", "rows of "+u.Query.Entity.Name+", which lie in another database")
		}
		more, others, err := c.beside(u.Query).arm(u.Query)
		if err != nil {
			return nil, nil, err
		}
		if len(others) != len(cells) {
			return nil, nil, unsupportedClause(q.Entity, "union", fmt.Sprintf("queries of %d and %d columns", len(cells), len(others)))
		}
		out.add("$unionWith", bson.D{{Key: "coll", Value: Collection(u.Query.Entity)}, {Key: "pipeline", Value: more}})
		if !u.All {
			id := bson.D{}
			for i := range cells {
				name := columnName(i)
				id = append(id, bson.E{Key: name, Value: "$" + name})
			}
			out.add("$group", bson.D{{Key: keyField, Value: id}})
			out.add("$replaceRoot", bson.D{{Key: "newRoot", Value: "$" + keyField}})
		}
	}
	return c.unionPage(q, out, cells)
}

// unionPage sorts the rows of a union by their columns and cuts them to a page.
func (c *compiler) unionPage(q *qb.Select, out *pipeline, cells []Cell) (bson.A, []Cell, error) {
	s := c.newScope(q.Entity)
	s.out = out
	r := &reader{scope: s, sort: &sorting{}}
	for _, entry := range q.OrderBy {
		switch {
		case entry.Column < 1 || entry.Column > len(cells):
			return nil, nil, unsupportedClause(q.Entity, "order", "a union by something that it does not read")
		case entry.Collation != "":
			return nil, nil, unsupportedClause(q.Entity, "collation", "an order with a collation of its own")
		}
		s.sortBy(r.sort, columnName(entry.Column-1), entry)
	}
	if q.Limit != conditions.NoSlot {
		r.limit = value(q.Limit)
	}
	if q.Offset != conditions.NoSlot {
		r.skip = value(q.Offset)
	}
	r.cut()
	return out.stages, cells, nil
}

// arm makes the rows of one query of a union.
func (c *compiler) arm(q *qb.Select) (bson.A, []Cell, error) {
	nested := c.nested
	c.nested = true
	stages, cells, err := c.rowsOf(q)
	c.nested = nested
	if err != nil {
		return nil, nil, err
	}
	project := bson.D{{Key: keyField, Value: 0}}
	columns := make([]Cell, len(cells))
	for i, cell := range cells {
		columns[i] = Cell{Path: []string{columnName(i)}, Type: cell.Type}
		project = append(project, bson.E{Key: columnName(i), Value: op("$ifNull", bson.A{"$" + strings.Join(cell.Path, "."), nil})})
	}
	return append(stages[:len(stages):len(stages)], bson.D{{Key: "$project", Value: project}}), columns, nil
}

func columnName(i int) string { return fmt.Sprintf("c%d", i) }
