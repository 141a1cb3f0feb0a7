package mongo

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// stages writes the groups into the pipeline. Without keys there is one group, also
// of no rows: where its values are tested it must be made up.
func (g *grouping) stages(q *qb.Select) {
	var id any
	if len(q.GroupBy) > 0 {
		id = g.id
	}
	group := append(bson.D{{Key: keyField, Value: id}}, g.acc...)
	if id != nil || q.Having == nil && !q.Count && !g.c.nested {
		g.out.add("$group", group)
		g.out.add("$project", g.project)
		return
	}
	empty := bson.D{}
	for _, a := range g.known {
		empty = append(empty, bson.E{Key: a.cell.Path[0], Value: a.empty})
	}
	g.out.wholeGroup(bson.A{bson.D{{Key: "$group", Value: group}}, bson.D{{Key: "$project", Value: g.project}}}, empty)
}

// wholeGroup makes the one group of all documents so far, by stages that give one
// document or none, and of no documents the empty one.
func (p *pipeline) wholeGroup(stages bson.A, empty bson.D) {
	rows := append(slices.Clone(p.stages), stages...)
	p.stages = nil
	p.add("$facet", bson.D{{Key: "rows", Value: rows}})
	p.add("$replaceRoot", bson.D{{Key: "newRoot", Value: op("$ifNull", bson.A{op("$first", "$rows"), empty})}})
}

// count counts the groups.
func (g *grouping) count(cmd *Command) *Command {
	g.out.add("$count", "n")
	cmd.Cells, cmd.Default = []Cell{{Path: []string{"n"}, Type: countType}}, []any{int64(0)}
	cmd.pipeline = g.out.stages
	return cmd
}

// having compiles a condition on groups: every field of it is one of the group's.
func (g *grouping) having(n conditions.Node) (any, error) {
	switch n := n.(type) {
	case nil:
		return always, nil
	case *conditions.AndNode:
		return g.tests(n.Nodes, and)
	case *conditions.OrNode:
		return g.tests(n.Nodes, or)
	case *conditions.Truth:
		if n.Value {
			return always, nil
		}
		return never, nil
	case *conditions.RawNode, *conditions.Exists, *conditions.KeyIn:
		return nil, unsupportedClause(g.entity, "having", "SQL, sub-queries and composite keys")
	}
	f, _ := leafField(n)
	name, err := g.field(f)
	if err != nil {
		return nil, err
	}
	if c, ok := n.(*conditions.Compare); ok {
		if other, ok := c.Value.(conditions.Field); ok {
			right, err := g.field(other)
			test := is("$expr", op(c.Op.String(), bson.A{"$" + name, "$" + right}))
			return and(is(name, op("$ne", nil)), is(right, op("$ne", nil)), test), err
		}
	}
	return g.ownLeaf(name, n)
}

func (g *grouping) tests(nodes []conditions.Node, join func(...any) any) (any, error) {
	tests := make([]any, len(nodes))
	for i, n := range nodes {
		var err error
		if tests[i], err = g.having(n); err != nil {
			return nil, err
		}
	}
	return join(tests...), nil
}

// field returns the name of a field in the documents of groups.
func (g *grouping) field(f conditions.Field) (string, error) {
	if f.Func == "" {
		return g.keyOf(f)
	}
	a := qb.Aggregate{Func: f.Func, Distinct: f.Distinct, Field: f}
	a.Field.Func, a.Field.Distinct = "", false
	cell, _, err := g.aggregate(a)
	if err != nil {
		return "", err
	}
	return cell.Path[0], nil
}
