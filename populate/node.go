package populate

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// Tree is what is to be loaded along with the roots.
type Tree struct {
	// Entity is the root.
	Entity *mapper.Entity
	// Nodes are the relations of the root to load, in order of first mention.
	Nodes []*Node
	// Lazy are the lazy leaves of the root to read as well.
	Lazy []*mapper.Property
	// Values are the values of the conditions of nodes that belong to the roots'
	// own statement (joined all the way), by slot after Options.Slots.
	Values []any
	// Slots describe Values.
	Slots []conditions.SlotInfo
	// Outer is the number of values of the roots' statement, from its first, that some
	// select-in node needs (Node.Outer); 0 when none does.
	Outer int
}

// Node is one relation to load, and what to load below it. Nodes are immutable.
type Node struct {
	// Relation is the relation property.
	Relation *mapper.Property
	// Path is the path from the root, "books.tags".
	Path string
	// Strategy is how the relation is loaded, decided by the planner.
	Strategy Strategy
	// Fields are the leaves to read of the target, keys always included. For a
	// joined node they are always listed; for others nil is all that is not lazy.
	Fields []*mapper.Property
	// Lazy are those of Fields that are lazy and asked for, also of targets that
	// are in memory already.
	Lazy []*mapper.Property
	// Where restricts what is loaded (about the target); nil loads all. Its slots are
	// those of the statement that loads the node. In the query of a select-in node the
	// values of Outer come first, then ViaSlots, then Values.
	Where *conditions.Tree
	// Outer describes the values of the roots' statement with which the query of a
	// select-in node begins, because a condition in it is one of the roots'; else nil.
	Outer []conditions.SlotInfo
	// Values are the canonical values of this query's own conditions for a
	// select-in node, those of the nodes joined into it included.
	Values []any
	// Slots describe Values.
	Slots []conditions.SlotInfo
	// OrderBy is the order of the items, in order-string form; nil is the relation's own.
	OrderBy []string
	// Unordered says of a joined node that the statement leaves the items in no order: who reads
	// them puts those of each owner into the order of their keys.
	Unordered bool
	// Limit and Offset are per parent; -1 is none.
	Limit, Offset int
	// Children are the relations of the target to load.
	Children []*Node
}

// ViaSlots is the number of slots of a select-in query that belong to its qb.Via:
// the owners' keys, limit and offset.
const ViaSlots conditions.Slot = 3

// Strategies are the names of rules for how relations are loaded: "balanced" joins to-one
// relations, and "auto" is that where few roots are expected (see [Options.Few]), else select-in.
var Strategies = []string{"auto", "select-in", "joined", "balanced"}

// Strategy is the way a relation is loaded.
type Strategy uint8

// The loading strategies of a node; balanced is a rule that yields one of them.
const (
	// SelectIn loads the relation of all parents with one further query.
	SelectIn Strategy = iota + 1
	// Joined loads the relation with its parent's query.
	Joined
)
