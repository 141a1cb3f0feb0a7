package populate

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// restrict gives drafts the conditions that a condition about the roots sets on
// them; set keeps the one of a draft. A related row is loaded when it is one that
// the condition asked for: in a conjunction, a row any of the conditions on the
// path speaks of; in an alternative, all rows as soon as one branch does not speak
// of the path. Only conditions that ask for related rows count: $none, $every, $size
// and negations say nothing about rows that are there.
func restrict(root *draft, cond conditions.Node, set func(d *draft, n conditions.Node)) {
	spread(root, []conditions.Node{cond}, nil, set)
}

// spread walks the children of d. about are alternative conditions on the row that
// hops lead to d from.
func spread(d *draft, about []conditions.Node, hops []*mapper.Property, set func(*draft, conditions.Node)) {
	for _, c := range d.children {
		if c.relation.Kind.IsToOne() {
			spread(c, about, append(hops[:len(hops):len(hops)], c.relation), set)
			continue
		}
		at := conditions.Field{Hops: hops, Property: c.relation}
		found, ok := asked(at, about)
		if !ok {
			continue
		}
		switch len(found) {
		case 1:
			set(c, found[0])
		default:
			set(c, &conditions.OrNode{Nodes: found})
		}
		spread(c, found, nil, set)
	}
}

// asked returns the conditions that alternatives set on the rows at a to-many
// relation; ok is false when some alternative lets all rows be loaded.
func asked(at conditions.Field, alternatives []conditions.Node) (found []conditions.Node, ok bool) {
	for _, n := range alternatives {
		list, restricted := askedBy(at, n)
		if !restricted {
			return nil, false
		}
		found = append(found, list...)
	}
	return found, len(found) > 0
}

func askedBy(at conditions.Field, n conditions.Node) (found []conditions.Node, ok bool) {
	switch n := n.(type) {
	case *conditions.AndNode:
		for _, member := range n.Nodes {
			list, _ := askedBy(at, member)
			found = append(found, list...)
		}
		return found, len(found) > 0
	case *conditions.OrNode:
		return asked(at, n.Nodes)
	case *conditions.SomeNode:
		if n.Not || n.Where == nil || n.Relation.Property != at.Property || !slices.Equal(n.Relation.Hops, at.Hops) || conditions.IsTrue(n.Where) {
			return nil, false
		}
		return []conditions.Node{n.Where}, true
	}
	return nil, false
}
