package conditions

import "slices"

// Members returns the members of a conjunction or disjunction, nothing for other nodes.
func Members(n Node) []Node {
	switch n := n.(type) {
	case *AndNode:
		return n.Nodes
	case *OrNode:
		return n.Nodes
	}
	return nil
}

// Walk calls visit for every field that n mentions, in order. For a quantifier the
// field is its relation and where its condition, which Walk does not enter; for
// all others where is nil. What is reached in steps is a quantifier whose field ends with the
// relation as a hop. What is said about the elements of an array is left out.
func Walk(n Node, visit func(f Field, where Node)) {
	switch n := n.(type) {
	case *AndNode:
		for _, m := range n.Nodes {
			Walk(m, visit)
		}
	case *OrNode:
		for _, m := range n.Nodes {
			Walk(m, visit)
		}
	case *Truth:
		visit(n.At, nil)
	case *Compare:
		visit(n.Field, nil)
		walkOperand(n.Value, visit)
	case *Null:
		visit(n.Field, nil)
	case *InNode:
		visit(n.Field, nil)
	case *Match:
		visit(n.Field, nil)
	case *Set:
		visit(n.Field, nil)
	case *KeyIn:
		visit(n.Field, nil)
	case *ElementNode:
		visit(n.Field, nil)
	case *SomeNode:
		visit(n.Relation, n.Where)
	case *ReachNode:
		beyond := Field{Alias: n.Relation.Alias, Hops: append(slices.Clip(n.Relation.Hops), n.Relation.Property)}
		visit(beyond, n.Where)
	case *EveryNode:
		visit(n.Relation, n.Where)
	case *SizeNode:
		visit(n.Relation, nil)
	case *RawNode:
		visit(n.At, nil)
		for _, arg := range n.Args {
			walkOperand(arg, visit)
		}
	}
}

func walkOperand(o Operand, visit func(f Field, where Node)) {
	switch o := o.(type) {
	case Field:
		visit(o, nil)
	case *RawValue:
		for _, arg := range o.Args {
			walkOperand(arg, visit)
		}
	}
}
