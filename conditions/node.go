package conditions

import "github.com/weft-orm/weft/mapper"

// Node is a node of a condition tree in negation normal form: And and Or over
// leaves, negation only as the Not flag of a leaf. Nodes are immutable; the set
// is closed. (The nodes named ...Node leave the plain name to the constructor
// that users call: [And], [Some], [Raw]. Operators are named Op... for the same reason.)
//
// EveryNode leaf with hops is unknown where a hop has no target, whatever the leaf
// says: a compiler that reaches targets through outer joins adds the guard
// "target key is not null" beside each leaf that could be true on a row of NULLs.
type Node interface{ node() }

// AndNode is true when all of Nodes are; an empty one is true.
type AndNode struct{ Nodes []Node }

// OrNode is true when any of Nodes is; an empty one is false.
type OrNode struct{ Nodes []Node }

// Truth is a constant leaf: the same for every row (but unknown below an
// absent hop). Unknown is folded to False when the tree is normalised.
type Truth struct {
	// Value is the constant.
	Value bool
	// At says which to-one relations must have a target; its Property is nil.
	At Field
}

// Compare compares a field with an operand.
type Compare struct {
	Field Field
	// Op is one of OpEq, OpNe, OpGt, OpGte, OpLt, OpLte; negation is already folded into it.
	Op Op
	// Value is the other side.
	Value Operand
}

// Null tests a field for NULL (Not: for a value). On a to-one relation it
// tests the foreign key as one: a composite reference is NULL when any of its
// columns is. On a JSON path it tests whether there is a value of any kind.
type Null struct {
	Field Field
	Not   bool
	// Outer tests what an order sees: the field of an absent target is NULL, too.
	// Conditions as users write them never do.
	Outer bool
}

// InNode tests membership in a list. The list in Values is free of nil and repeats
// and never empty; OrNull adds "or is null" ("and is not null" is implied by Not
// without OrNull, as for every comparison).
type InNode struct {
	Field  Field
	Values Operand // a Slot holding a list, or a Query
	Not    bool
	OrNull bool
}

// Match is a text or full-text match: OpLike, OpILike, OpRe, OpStartsWith,
// OpEndsWith, OpContainsText, OpFulltext. The slot holds the pattern as text;
// package conditions/pattern translates it to an engine's dialect. OpGeoWithin,
// OpGeoIntersects and OpNear match a place: the slot holds a *[Geo].
type Match struct {
	Field Field
	Op    Op
	Value Operand
	Not   bool
}

// Set is an operator on arrays (OpContains, OpContained, OpOverlap, OpSize) or
// JSON (OpHasKey, OpHasKeys, OpHasSomeKeys). An array inside a document has the
// operators of arrays; Field.As is the kind of its elements then. The slot holds []any
// of canonical elements; for OpHasKey a string, for OpHasKeys and OpHasSomeKeys []any of
// strings, for OpSize an int64.
type Set struct {
	Field Field
	Op    Op
	// SizeOp is the comparison when Op is OpSize, else 0.
	SizeOp Op
	Value  Operand
	Not    bool
}

// ElementNode asks for an element of an array inside a document, or of a document
// that is one: Where is about the element (see Field.Element) and may be nil. Not asks
// that there is none. It is two-valued where there is an array, else unknown.
type ElementNode struct {
	Field Field
	Where Node
	Not   bool
}

// SomeNode asks for a related row: Not asks that there is none. Where is about the
// related row and may be nil. Quantifiers are leaves: nothing is pushed through them.
type SomeNode struct {
	// Relation is a to-many relation, reached through Field.Hops.
	Relation Field
	Where    Node
	Not      bool
}

// EveryNode asks that no related row exists for which Where is not true (false or
// unknown); Not asks that there is one.
type EveryNode struct {
	Relation Field
	Where    Node
	Not      bool
}

// SizeNode compares the number of related rows.
type SizeNode struct {
	Relation Field
	Op       Op
	Value    Operand
}

// KeyIn tests a composite key (of the row, or of a to-one relation's target)
// against a list of keys; each key in the slot is a []any of canonical parts.
type KeyIn struct {
	// Field has a composite to-one relation as Property, or Property nil for the row's own key.
	Field  Field
	Values Slot
	Not    bool
}

// Exists asks whether a sub-query has rows.
type Exists struct {
	Query Query
	Not   bool
}

// RawNode is SQL written by the developer, with one operand between each two pieces.
type RawNode struct {
	// Text has one piece more than there are Args.
	Text []string
	Args []Operand
	// At says which to-one relations must have a target; its Property is nil.
	At  Field
	Not bool
}

// unknown is a leaf that is unknown for every row. It exists only until a tree is
// normalised, where unknown and false are the same.
type unknown struct{}

func (unknown) node()      {}
func (*AndNode) node()     {}
func (*OrNode) node()      {}
func (*Truth) node()       {}
func (*Compare) node()     {}
func (*Null) node()        {}
func (*InNode) node()      {}
func (*Match) node()       {}
func (*Set) node()         {}
func (*ElementNode) node() {}
func (*SomeNode) node()    {}
func (*EveryNode) node()   {}
func (*SizeNode) node()    {}
func (*KeyIn) node()       {}
func (*Exists) node()      {}
func (*RawNode) node()     {}

// Field is a place on the row a condition speaks of, or on a row reached from
// it through to-one relations.
type Field struct {
	// Alias names the row in a query with explicit joins; "" is the row of the
	// innermost scope (the root, or the related row inside a quantifier).
	Alias string
	// Hops are the to-one relations to walk first.
	Hops []*mapper.Property
	// Property is the property at the end; see each leaf for what it may be.
	Property *mapper.Property
	// Part selects one column of a composite to-one relation in leaves that compare
	// a single value; Null and KeyIn are about the relation as one. (The parser adds a
	// Null test beside every leaf on a part, so that compilers need not.)
	Part int
	// Element makes the field a place inside the element that the innermost
	// ElementNode asks about: JSON is the path from there, and nothing else is set.
	Element bool
	// JSON is the path inside a JSON document, "[0]" for array elements; nil for the whole value.
	JSON []string
	// As is the kind a JSON value is read as; 0 where only its presence matters.
	As mapper.ValueKind
	// Func makes the field an aggregate over the rows of a group: count, sum, avg, min
	// or max of the place that the rest names; a count of no Property counts rows. ""
	// is the value itself. Aggregates stand in conditions on groups, see Env.Computed.
	Func string
	// Distinct aggregates each different value once.
	Distinct bool
}

// Operand is the other side of a comparison. The set is closed.
type Operand interface{ operand() }

// Slot is the number of a value in the statement's argument list, from 0.
// Values themselves never appear in a tree.
type Slot int

// NoSlot marks an absent slot.
const NoSlot Slot = -1

// RawValue is SQL written by the developer used as a value.
type RawValue struct {
	Text []string // one piece more than there are Args
	Args []Operand
}

// Query is a sub-query made by a query builder, opaque to this package.
type Query struct{ Select any }

func (Slot) operand()      {}
func (Field) operand()     {}
func (*RawValue) operand() {}
func (Query) operand()     {}
