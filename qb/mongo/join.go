package mongo

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// join adds an explicit join: its rows under the field of its alias, one
// document for each, as a join multiplies.
func (s *scope) join(j *qb.Join) error {
	if j.Relation == nil || j.Query != nil {
		return s.joinRows(j)
	}
	from, err := s.at(conditions.Field{Alias: j.From})
	if err != nil {
		return err
	}
	l, err := linkOf(j.Relation)
	if err != nil {
		return err
	}
	sub, err := s.c.newRelated(j.Relation)
	if err != nil {
		return err
	}
	if err := sub.where(j.On); err != nil {
		return err
	}
	s.out.lookupFrom(from, l, j.Alias, sub.out)
	s.out.unwind(j.Alias, j.Left)
	s.aliases[j.Alias] = row{entity: l.target, prefix: j.Alias + "."}
	return nil
}

// joinedLeaves adds the columns of a join that selects them.
func (r *reader) joinedLeaves(j *qb.Join) error {
	if len(j.Output) == 0 {
		return nil
	}
	part := *r.scope
	part.row = r.aliases[j.Alias]
	sub := &reader{scope: &part, keep: r.keep}
	if err := sub.leaves(j.Output); err != nil {
		return err
	}
	r.cells, r.keep = append(r.cells, sub.cells...), sub.keep
	return nil
}

// splitByAlias parts the conditions that can be tested before the joins from
// those that speak of joined rows.
func splitByAlias(q *qb.Select, nodes []conditions.Node) (early, late []conditions.Node) {
	for _, n := range nodes {
		if speaksOf(n, q.Alias) {
			early = append(early, n)
		} else {
			late = append(late, n)
		}
	}
	return early, late
}

// speaksOf reports that every field of n, outside of quantifiers, is of the root.
func speaksOf(n conditions.Node, root string) bool {
	members := []conditions.Node(nil)
	switch n := n.(type) {
	case *conditions.AndNode:
		members = n.Nodes
	case *conditions.OrNode:
		members = n.Nodes
	case *conditions.Compare:
		if f, ok := n.Value.(conditions.Field); ok && f.Alias != "" && f.Alias != root {
			return false
		}
	}
	for _, m := range members {
		if !speaksOf(m, root) {
			return false
		}
	}
	f, ok := leafField(n)
	return !ok || f.Alias == "" || f.Alias == root
}
