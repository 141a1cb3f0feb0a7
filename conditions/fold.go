package conditions

import "reflect"

// normalize folds a tree that is already free of negation above leaves: groups
// within groups of their kind, constants, repeats. From here on unknown and
// false are the same, since nothing negates a node any more; so the truth of the
// whole does not change.
func normalize(n Node) Node {
	switch n := n.(type) {
	case *AndNode:
		return conjunction(n.Nodes)
	case *OrNode:
		return disjunction(n.Nodes)
	case unknown:
		return &Truth{}
	case *Truth:
		if !n.Value {
			return &Truth{}
		}
	case *InNode:
		if n.Not && n.OrNull { // a negative leaf is never true on NULL
			return guarded(&InNode{Field: n.Field, Values: n.Values, Not: true}, n.Field)
		}
		return guarded(n, n.Field)
	case *Compare:
		return guarded(n, n.Field)
	case *Match:
		return guarded(n, n.Field)
	case *ElementNode:
		return normalElement(n)
	case *SomeNode:
		return normalSome(n)
	case *ReachNode:
		return normalReach(n)
	case *EveryNode:
		return normalEvery(n)
	}
	return n
}

// guarded adds to a leaf about one column of a composite reference that the
// reference as a whole is there: with a NULL in any column it is NULL.
func guarded(n Node, f Field) Node {
	if f.Func != "" || f.Property == nil || f.Element || !f.Property.Kind.IsToOne() || len(f.Property.Relation.Target.KeyColumns) < 2 {
		return n
	}
	whole := f
	whole.Part = 0
	return &AndNode{[]Node{n, &Null{Field: whole, Not: true}}}
}

// IsTrue reports a condition that is true for every row. A constant behind a to-one
// relation is none: it is unknown where the relation has no target.
func IsTrue(n Node) bool {
	t, ok := n.(*Truth)
	return ok && t.Value && len(t.At.Hops) == 0
}

func isFalse(n Node) bool {
	t, ok := n.(*Truth)
	return ok && !t.Value
}

func conjunction(nodes []Node) Node {
	out := make([]Node, 0, len(nodes))
	for _, n := range nodes {
		n = normalize(n)
		switch inner, isAnd := n.(*AndNode); {
		case isFalse(n):
			return n
		case IsTrue(n):
		case isAnd:
			for _, m := range inner.Nodes {
				out = appendNew(out, m)
			}
		default:
			out = appendNew(out, n)
		}
	}
	switch len(out) {
	case 0:
		return &Truth{Value: true}
	case 1:
		return out[0]
	}
	return &AndNode{out}
}

func disjunction(nodes []Node) Node {
	out := make([]Node, 0, len(nodes))
	for _, n := range nodes {
		n = normalize(n)
		switch inner, isOr := n.(*OrNode); {
		case IsTrue(n):
			return n
		case isFalse(n):
		case isOr:
			for _, m := range inner.Nodes {
				out = appendNew(out, m)
			}
		default:
			out = appendNew(out, n)
		}
	}
	switch len(out) {
	case 0:
		return &Truth{}
	case 1:
		return out[0]
	}
	return &OrNode{out}
}

// appendNew appends a leaf without values unless it is there already; leaves with
// values are never the same, since each has a slot of its own.
func appendNew(nodes []Node, n Node) []Node {
	switch n.(type) {
	case *Null, *Truth:
		for _, m := range nodes {
			if reflect.DeepEqual(m, n) {
				return nodes
			}
		}
	}
	return append(nodes, n)
}

// normalSome folds the condition of a quantifier: any row at all, or none.
func normalSome(n *SomeNode) Node {
	if n.Where == nil {
		return n
	}
	where := normalize(n.Where)
	switch {
	case IsTrue(where):
		where = nil
	case isFalse(where) && n.Not: // two-valued, once the row it starts from is there
		return &Truth{Value: true, At: Field{Alias: n.Relation.Alias, Hops: n.Relation.Hops}}
	case isFalse(where):
		return where
	}
	return &SomeNode{n.Relation, where, n.Not}
}

// normalElement folds the condition on an element: any element at all.
func normalElement(n *ElementNode) Node {
	if n.Where == nil {
		return n
	}
	where := normalize(n.Where)
	if IsTrue(where) {
		where = nil
	}
	return &ElementNode{n.Field, where, n.Not}
}

func normalEvery(n *EveryNode) Node {
	where := normalize(n.Where)
	switch {
	case IsTrue(where) && n.Not:
		return &Truth{}
	case IsTrue(where):
		return &Truth{Value: true, At: Field{Alias: n.Relation.Alias, Hops: n.Relation.Hops}}
	case isFalse(where): // every row fails: all is well only when there is none
		return &SomeNode{Relation: n.Relation, Not: !n.Not}
	}
	return &EveryNode{n.Relation, where, n.Not}
}
