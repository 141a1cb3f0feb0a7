package conditions

// negate returns the node that is true where n is false and unknown where n is
// unknown: De Morgan above, the negative twin of each leaf below.
func negate(n Node) Node {
	switch n := n.(type) {
	case *AndNode:
		return &OrNode{negateAll(n.Nodes)}
	case *OrNode:
		return &AndNode{negateAll(n.Nodes)}
	case *Truth:
		return &Truth{Value: !n.Value, At: n.At}
	case *Compare:
		return &Compare{n.Field, n.Op.negated(), n.Value}
	case *Null:
		return &Null{Field: n.Field, Not: !n.Not, Outer: n.Outer}
	case *InNode:
		return &InNode{n.Field, n.Values, !n.Not, n.OrNull}
	case *Match:
		return &Match{n.Field, n.Op, n.Value, !n.Not}
	case *Set:
		return negateSet(n)
	case *ElementNode:
		return &ElementNode{n.Field, n.Where, !n.Not}
	case *SomeNode:
		return &SomeNode{n.Relation, n.Where, !n.Not}
	case *ReachNode:
		return &ReachNode{n.Relation, n.Steps, n.Where, !n.Not}
	case *EveryNode:
		return &EveryNode{n.Relation, n.Where, !n.Not}
	case *SizeNode:
		return &SizeNode{n.Relation, n.Op.negated(), n.Value}
	case *KeyIn:
		return &KeyIn{n.Field, n.Values, !n.Not}
	case *Exists:
		return &Exists{n.Query, !n.Not}
	case *RawNode:
		return &RawNode{n.Text, n.Args, n.At, !n.Not}
	}
	return n // unknown stays unknown
}

func negateAll(nodes []Node) []Node {
	out := make([]Node, len(nodes))
	for i, n := range nodes {
		out[i] = negate(n)
	}
	return out
}

func negateSet(n *Set) Node {
	twin := *n
	if n.Op == OpSize {
		twin.SizeOp = n.SizeOp.negated()
	} else {
		twin.Not = !n.Not
	}
	return &twin
}
