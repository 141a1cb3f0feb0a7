package plan

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb/find"
)

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

// load plans the query of one relation. Its keys are not known yet.
func (p *planner) load(n *populate.Node) (*Step, error) {
	query, err := find.Related(p.request.Registry, n)
	if err != nil {
		return nil, err
	}
	query.SemiJoin = p.request.SemiJoin
	step := &Step{Name: n.Path, Query: query, Keys: find.KeysSlot(n), Args: find.Args(n, p.values, nil)}
	step.KeysOf, step.KeysName = keysOf(n.Relation)
	step.Args[step.Keys] = nil
	return step, p.filters(step)
}

// keysOf says which keys the query of a relation needs, and how to print them.
func keysOf(rel *mapper.Property) (of, name string) {
	if find.ByOwners(rel) {
		return "the keys of " + rel.Entity.Name, "$owners"
	}
	return "the keys that " + rel.Entity.Name + "." + rel.Path + " holds", "$keys"
}

// none marks a step whose values are all known.
const none = conditions.NoSlot
