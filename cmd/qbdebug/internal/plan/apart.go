package plan

import (
	"math"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// joined copies the nodes that belong into their parent's statement.
func joined(nodes []*populate.Node) []*populate.Node {
	var list []*populate.Node
	for _, n := range nodes {
		if n.Strategy == populate.Joined {
			c := *n
			c.Children = joined(n.Children)
			list = append(list, &c)
		}
	}
	return list
}

// apart plans the queries of relations that are loaded with a query of their own,
// parents first.
func (p *planner) apart(nodes []*populate.Node) ([]*Step, error) {
	var steps []*Step
	for _, n := range nodes {
		if n.Strategy != populate.Joined {
			step, err := p.load(n)
			if err != nil {
				return nil, err
			}
			steps = append(steps, step)
		}
		below, err := p.apart(n.Children)
		if err != nil {
			return nil, err
		}
		steps = append(steps, below...)
	}
	return steps, nil
}

// load plans the query of one relation: targets by their own keys where the
// owners hold them, else by the keys of the owners.
func (p *planner) load(n *populate.Node) (*Step, error) {
	rel := n.Relation
	target := rel.Relation.Target
	step := &Step{Name: n.Path, Query: &qb.Select{
		Registry: p.request.Registry, Entity: target, Limit: conditions.NoSlot, Offset: conditions.NoSlot,
		Output: n.Fields, Populate: joined(n.Children), KeyIn: p.request.KeyIn,
	}}
	if n.Fields == nil {
		step.Query.Output = ordinary(target)
	}
	byOwners := rel.Kind.IsToMany() || !rel.Relation.Owning && rel.Relation.Style == mapper.PointerField
	if byOwners {
		step.keys(rel.Entity, "$owners", "the keys of "+rel.Entity.Name)
	} else {
		step.keys(target, "$keys", "the keys that "+rel.Entity.Name+"."+rel.Path+" holds")
	}
	limit, offset := step.number("limit", n.Limit, math.MaxInt64), step.number("offset", n.Offset, 0)
	step.Args = append(step.Args, n.Values...)
	step.Query.Slots = append(step.Query.Slots, n.Slots...)
	if n.Where != nil {
		step.Query.Where = n.Where.Root
	}
	var err error
	if byOwners {
		err = p.byOwners(step, n, limit, offset)
	} else {
		byKeys(step)
	}
	if err == nil {
		err = p.filters(step)
	}
	return step, err
}

// byOwners reads the targets related to a set of owners.
func (p *planner) byOwners(step *Step, n *populate.Node, limit, offset conditions.Slot) error {
	rel, q := n.Relation, step.Query
	q.Via = &qb.Via{Relation: rel, Owners: step.Keys, Limit: conditions.NoSlot, Offset: conditions.NoSlot}
	if n.Limit >= 0 || n.Offset >= 0 {
		q.Via.Limit, q.Via.Offset = limit, offset
	}
	entries := n.OrderBy
	if entries == nil {
		entries = rel.Relation.OrderBy
	}
	if entries == nil && rel.Relation.Ordered {
		return nil
	}
	order, err := p.order(conditions.Env{Registry: p.request.Registry, Entity: q.Entity}, entries)
	q.OrderBy = totalOrder(order, q.Entity)
	return err
}

// byKeys reads the targets whose keys the owners hold.
func byKeys(step *Step) {
	q := step.Query
	var in conditions.Node = &conditions.KeyIn{Values: step.Keys}
	if key := q.Entity.Key; len(q.Entity.KeyColumns) == 1 {
		in = &conditions.InNode{Field: conditions.Field{Property: key[0]}, Values: step.Keys}
	}
	if q.Where != nil {
		in = &conditions.AndNode{Nodes: []conditions.Node{in, q.Where}}
	}
	q.Where = in
}

// keys takes the slot of a list of keys of e that is not known yet.
func (s *Step) keys(e *mapper.Entity, name, of string) {
	info := conditions.SlotInfo{List: true, Path: e.Name + " key"}
	if len(e.KeyColumns) == 1 {
		info.Type = e.KeyColumns[0].Type
	} else {
		for _, c := range e.KeyColumns {
			info.Tuple = append(info.Tuple, c.Type)
		}
	}
	s.Keys, s.KeysName, s.KeysOf = conditions.Slot(len(s.Args)), name, of
	s.Args = append(s.Args, nil)
	s.Query.Slots = append(s.Query.Slots, info)
}
