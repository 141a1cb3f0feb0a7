package graph

import "fmt"

// Edge says that From comes before To.
type Edge struct {
	From, To int32
	// Cost decides between edges of the same kind; the cheaper one is broken.
	Cost int32
	// Tag is by what the caller finds again what a broken edge is about. It is no pointer, so
	// that the edges of many rows are nothing to a collection of garbage.
	Tag int32
	// Kind says whether, and in which order of preference, the edge may be broken.
	Kind Kind
}

// Kind is the strength of an edge.
type Kind uint8

// The kinds of edges, the weakest first.
const (
	// Preferred is an order without consequences: it is dropped without a patch.
	Preferred Kind = iota + 1
	// PatchKey is a nullable foreign key: it can be written later.
	PatchKey
	// PatchUnique is a unique value that can be given up for a while.
	PatchUnique
	// Required is an order that nothing can replace.
	Required
)

// String returns the kind's name in plans.
func (k Kind) String() string {
	switch k {
	case Preferred:
		return "preferred"
	case PatchKey:
		return "patch-key"
	case PatchUnique:
		return "patch-unique"
	case Required:
		return "required"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// CycleError is a ring of required edges.
type CycleError struct {
	// Ring are the edges of one shortest ring, each starting where the one before ends.
	Ring []Edge
}

// Error returns the ring as numbers; callers that know names make a better message.
func (e *CycleError) Error() string {
	s := "unbreakable cycle:"
	for _, edge := range e.Ring {
		s += fmt.Sprintf(" %d ->", edge.From)
	}
	return s + fmt.Sprintf(" %d", e.Ring[0].From)
}
