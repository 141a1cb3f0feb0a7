package mongo

import (
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// distinct compiles a query without equal rows: a group by all columns. It can
// be ordered by what is read only, as in SQL.
func (c *compiler) distinct(q *qb.Select) (*Command, error) {
	s, err := c.roots(q)
	if err != nil {
		return nil, err
	}
	if len(q.Populate) > 0 || slices.ContainsFunc(q.Joins, func(j *qb.Join) bool { return len(j.Output) > 0 }) {
		return nil, unsupportedClause(q.Entity, "distinct", "together with joined relations")
	}
	if err := s.windowed(q); err != nil {
		return nil, err
	}
	r := &reader{scope: s, sort: &sorting{}}
	if err := r.leaves(q.Output); err != nil {
		return nil, err
	}
	if err := r.expressions(q.Exprs); err != nil {
		return nil, err
	}
	cmd := &Command{Kind: Aggregate, Collection: Collection(q.Entity)}
	group, at := bson.D{}, map[string]string{}
	for i, cell := range r.cells {
		path := strings.Join(cell.Path, ".")
		name := fmt.Sprintf("c%d", i)
		group = append(group, bson.E{Key: name, Value: op("$ifNull", bson.A{r.source(path), nil})})
		at[path] = name
		cmd.Cells = append(cmd.Cells, Cell{Path: []string{keyField, name}, Type: cell.Type})
	}
	order, err := r.order(q.OrderBy)
	if err != nil {
		return nil, err
	}
	for _, e := range order.keys {
		name, read := at[e.Key]
		if !read {
			return nil, unsupportedClause(q.Entity, "distinct", "ordered by something that is not read")
		}
		r.sort.by(keyField+"."+name, e.Value == -1)
	}
	s.out.add("$group", bson.D{{Key: keyField, Value: group}})
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

// source is the expression behind a field that is kept or computed.
func (r *reader) source(path string) any {
	if i := index(r.keep.fields, path); i >= 0 && r.keep.fields[i].Value != 1 {
		return r.keep.fields[i].Value
	}
	return "$" + path
}
