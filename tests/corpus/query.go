package corpus

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// Query is a case as a logical query with its arguments.
type Query struct {
	// Select reads the keys of the roots and of what is joined to them.
	*qb.Select
	// Tree is the parsed condition.
	Tree *conditions.Tree
	// Args are the canonical values by slot number.
	Args []any
}

// Query makes the logical query of a case, as a find would. toOneOnly says that the
// engine joins targets of to-one relations only. Relations that are not joined are
// left to queries of their own.
func (c Case) Query(reg *mapper.Registry, toOneOnly bool) (*Query, error) {
	e := reg.Entity(c.Entity)
	env := conditions.Env{Registry: reg, Entity: e}
	tree, args, err := conditions.Compile(env, c.Where, 0)
	if err != nil {
		return nil, err
	}
	q := &Query{Tree: tree, Args: args, Select: &qb.Select{
		Registry: reg, Entity: e, Output: e.Key, Where: tree.Root, Slots: tree.Slots,
	}}
	for _, o := range c.Order {
		orders, err := qb.ParseOrder(env, o)
		if err != nil {
			return nil, err
		}
		q.OrderBy = append(q.OrderBy, orders...)
	}
	q.Limit, q.Offset = q.slot("limit", c.Limit), q.slot("offset", c.Offset)
	nodes, err := populate.Parse(env, populate.Options{
		Strategy: c.Strategy, JoinToOneOnly: toOneOnly, Filter: tree, Slots: q.Slots,
	}, populate.Paths(c.Populate...)...)
	if err != nil {
		return nil, err
	}
	q.Populate = joined(nodes.Nodes)
	return q, nil
}

// slot takes a slot for a limit or offset, which is none when negative.
func (q *Query) slot(path string, n int) conditions.Slot {
	if n < 0 {
		return conditions.NoSlot
	}
	q.Args = append(q.Args, int64(n))
	q.Slots = append(slices.Clip(q.Slots), conditions.SlotInfo{Path: path})
	return conditions.Slot(len(q.Args) - 1)
}

// joined copies the nodes that belong into their parent's statement, reading keys only.
func joined(nodes []*populate.Node) []*populate.Node {
	var list []*populate.Node
	for _, n := range nodes {
		if n.Strategy == populate.Joined {
			c := *n
			c.Fields, c.Children = n.Relation.Relation.Target.Key, joined(n.Children)
			list = append(list, &c)
		}
	}
	return list
}
