package mongo

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// Every leaf below a to-one hop is unknown where the hop has no target, so a
// leaf is true exactly when a target exists for which its remainder is true. A
// hop has at most one target, hence leaves joined by AND or OR may share one
// lookup: "some target with a" and "some target with b" speak of the same one.

// hop identifies the first step of a leaf.
type hop struct {
	alias    string
	relation *mapper.Property
}

// firstHop returns the hop that every leaf of n starts with.
func firstHop(n conditions.Node) (hop, bool) {
	switch n := n.(type) {
	case *conditions.AndNode:
		return commonHop(n.Nodes)
	case *conditions.OrNode:
		return commonHop(n.Nodes)
	case *conditions.Compare:
		h, ok := hopOf(n.Field)
		if other, isField := n.Value.(conditions.Field); isField && ok {
			h2, ok2 := hopOf(other)
			return h, ok2 && h == h2
		}
		return h, ok
	}
	if null, ok := n.(*conditions.Null); ok && null.Outer {
		return hop{}, false // asks about the row itself where there is no target
	}
	f, ok := leafField(n)
	if !ok {
		return hop{}, false
	}
	return hopOf(f)
}

func commonHop(nodes []conditions.Node) (hop, bool) {
	if len(nodes) == 0 {
		return hop{}, false
	}
	first, ok := firstHop(nodes[0])
	for _, n := range nodes[1:] {
		if h, ok2 := firstHop(n); !ok || !ok2 || h != first {
			return hop{}, false
		}
	}
	return first, ok
}

func hopOf(f conditions.Field) (hop, bool) {
	if len(f.Hops) == 0 {
		return hop{}, false
	}
	return hop{f.Alias, f.Hops[0]}, true
}

// leafField returns the field a leaf speaks of.
func leafField(n conditions.Node) (conditions.Field, bool) {
	switch n := n.(type) {
	case *conditions.Truth:
		return n.At, true
	case *conditions.Compare:
		return n.Field, true
	case *conditions.Null:
		return n.Field, true
	case *conditions.InNode:
		return n.Field, true
	case *conditions.Match:
		return n.Field, true
	case *conditions.Set:
		return n.Field, true
	case *conditions.ElementNode:
		return n.Field, true
	case *conditions.SomeNode:
		return n.Relation, true
	case *conditions.ReachNode:
		return n.Relation, true
	case *conditions.EveryNode:
		return n.Relation, true
	case *conditions.SizeNode:
		return n.Relation, true
	case *conditions.KeyIn:
		return n.Field, true
	case *conditions.RawNode:
		return n.At, true
	}
	return conditions.Field{}, false
}

// step returns n as seen from the target of its first hop.
func step(n conditions.Node) conditions.Node {
	switch n := n.(type) {
	case *conditions.AndNode:
		return &conditions.AndNode{Nodes: stepAll(n.Nodes)}
	case *conditions.OrNode:
		return &conditions.OrNode{Nodes: stepAll(n.Nodes)}
	case *conditions.Truth:
		return &conditions.Truth{Value: n.Value, At: stepField(n.At)}
	case *conditions.Compare:
		value := n.Value
		if f, ok := value.(conditions.Field); ok {
			value = stepField(f)
		}
		return &conditions.Compare{Field: stepField(n.Field), Op: n.Op, Value: value}
	case *conditions.Null:
		return &conditions.Null{Field: stepField(n.Field), Not: n.Not, Outer: n.Outer}
	case *conditions.InNode:
		return &conditions.InNode{Field: stepField(n.Field), Values: n.Values, Not: n.Not, OrNull: n.OrNull}
	case *conditions.Match:
		return &conditions.Match{Field: stepField(n.Field), Op: n.Op, Value: n.Value, Not: n.Not}
	case *conditions.Set:
		return &conditions.Set{Field: stepField(n.Field), Op: n.Op, SizeOp: n.SizeOp, Value: n.Value, Not: n.Not}
	case *conditions.ElementNode:
		return &conditions.ElementNode{Field: stepField(n.Field), Where: n.Where, Not: n.Not}
	case *conditions.SomeNode:
		return &conditions.SomeNode{Relation: stepField(n.Relation), Where: n.Where, Not: n.Not}
	case *conditions.ReachNode:
		return &conditions.ReachNode{Relation: stepField(n.Relation), Steps: n.Steps, Where: n.Where, Not: n.Not}
	case *conditions.EveryNode:
		return &conditions.EveryNode{Relation: stepField(n.Relation), Where: n.Where, Not: n.Not}
	case *conditions.SizeNode:
		return &conditions.SizeNode{Relation: stepField(n.Relation), Op: n.Op, Value: n.Value}
	case *conditions.KeyIn:
		return &conditions.KeyIn{Field: stepField(n.Field), Values: n.Values, Not: n.Not}
	case *conditions.RawNode:
		return &conditions.RawNode{Text: n.Text, Args: n.Args, At: stepField(n.At), Not: n.Not}
	}
	return n
}

func stepAll(nodes []conditions.Node) []conditions.Node {
	out := make([]conditions.Node, len(nodes))
	for i, n := range nodes {
		out[i] = step(n)
	}
	return out
}

func stepField(f conditions.Field) conditions.Field {
	f.Alias, f.Hops = "", f.Hops[1:]
	return f
}

// gather flattens a conjunction (or, with the same rule, a disjunction) and
// brings operands with the same first hop together, at the place of the first.
func gather(nodes []conditions.Node, join func([]conditions.Node) conditions.Node) []conditions.Node {
	var out []conditions.Node
	at := map[hop]int{}
	members := map[hop][]conditions.Node{}
	for _, n := range nodes {
		h, ok := firstHop(n)
		if !ok {
			out = append(out, n)
			continue
		}
		if _, seen := at[h]; !seen {
			at[h] = len(out)
			out = append(out, n)
		}
		members[h] = append(members[h], n)
		if list := members[h]; len(list) > 1 {
			out[at[h]] = join(list)
		}
	}
	return out
}

func conjunction(nodes []conditions.Node) conditions.Node { return &conditions.AndNode{Nodes: nodes} }

func disjunction(nodes []conditions.Node) conditions.Node { return &conditions.OrNode{Nodes: nodes} }

// conjuncts flattens nested conjunctions; nil is none.
func conjuncts(dst []conditions.Node, nodes ...conditions.Node) []conditions.Node {
	for _, n := range nodes {
		switch n := n.(type) {
		case nil:
		case *conditions.AndNode:
			dst = conjuncts(dst, n.Nodes...)
		default:
			dst = append(dst, n)
		}
	}
	return dst
}
