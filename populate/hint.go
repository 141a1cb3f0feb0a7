package populate

import "github.com/weft-orm/weft/conditions"

// Infer stands in the place of a condition on what is loaded, in [Hint.Where] and
// [Options.Where]: the conditions of the find on a to-many path hold for the rows that
// are loaded along it.
const Infer = inference(1)

type inference uint8

// Hint asks for one relation to be loaded, and for all relations on the way to it.
// The options are those of the last relation of the path.
type Hint struct {
	// Path is "books.tags", "*", "books.*" or "$infer". It may end in a lazy
	// property, "books.text", which is then read too; such a hint has no options.
	Path string
	// Where is a condition about the target, or [Infer]; nil is what the options of
	// the find say, else all. An empty map loads all, whatever those say. A
	// collection loaded through a condition is partial.
	Where any
	// OrderBy is the order of the items; nil is the relation's own.
	OrderBy []string
	// Limit and Offset are per parent; 0 is none.
	Limit, Offset int
	// Strategy is one of [Strategies]; "" is the one of the find,
	// else of the relation.
	Strategy string
	// Fields are the properties of the target to read; keys and version always
	// come along. Nil reads all that is not lazy.
	Fields []string
}

// Options are those of a whole find.
type Options struct {
	// Strategy is the rule for nodes whose hint names none, one of [Strategies], or "" for
	// the relation's own, else "select-in".
	Strategy string
	// Few says that few roots are expected, for "auto": to-one relations are joined then.
	Few bool
	// JoinToOneOnly says that the engine joins targets of to-one relations only;
	// to-many relations are loaded by select-in then, whatever was asked.
	JoinToOneOnly bool
	// Filter is the condition of the find, for "$infer" and [Infer]; nil is none.
	Filter *conditions.Tree
	// Where restricts what is loaded along to-many relations, for hints without a
	// condition of their own: [Infer], or a condition about the roots of which the
	// parts on to-many paths are used. Nil loads all.
	Where any
	// Slots describe the values of the roots' statement, those of Filter from its
	// First; the values of conditions joined into the statement follow.
	Slots []conditions.SlotInfo
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
