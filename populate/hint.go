package populate

import "github.com/weft-orm/weft/conditions"

// Hint asks for one relation to be loaded, and for all relations on the way to it.
// The options are those of the last relation of the path.
type Hint struct {
	// Path is "books.tags", "*", "books.*" or "$infer".
	Path string
	// Where is a condition about the target; nil loads all. A collection loaded
	// through a condition is partial.
	Where any
	// OrderBy is the order of the items; nil is the relation's own.
	OrderBy []string
	// Limit and Offset are per parent; 0 is none.
	Limit, Offset int
	// Strategy is "select-in", "joined" or "balanced"; "" is the one of the find,
	// else of the relation.
	Strategy string
	// Fields are the properties of the target to read; keys and version always
	// come along. Nil reads all that is not lazy.
	Fields []string
}

// Options are those of a whole find.
type Options struct {
	// Strategy is the rule for nodes whose hint names none: "select-in", "joined",
	// "balanced", or "" for the relation's own, else select-in.
	Strategy string
	// JoinToOneOnly says that the engine joins targets of to-one relations only;
	// to-many relations are loaded by select-in then, whatever was asked.
	JoinToOneOnly bool
	// Filter is the condition of the find, for "$infer"; nil is none.
	Filter *conditions.Tree
	// First is the slot for the first value of conditions joined into the roots' statement.
	First conditions.Slot
	// Fields are properties of related rows to read, as paths from the root
	// ("books.title"), besides those in hints. Paths without a relation are ignored.
	Fields []string
	// NoEager leaves out relations that are mapped as eager.
	NoEager bool
}

// Paths returns plain hints for paths.
func Paths(paths ...string) []Hint {
	hints := make([]Hint, len(paths))
	for i, p := range paths {
		hints[i].Path = p
	}
	return hints
}
