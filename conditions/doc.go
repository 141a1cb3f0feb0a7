// Package conditions turns what a user writes as a condition into a typed
// tree in negation normal form, and values into arguments for its slots.
//
// A condition is an operator map ([M], any map[string]any), an ordered
// document ([D]), a typed expression ([Eq], [And], [Some], ...), a primary key, a
// slice of primary keys, an entity or a reference:
//
//	conditions.M{"books.tags.name:like": "sci%", "age": conditions.M{"$gte": 18, "$lt": 65}}
//
// It goes three steps. [Read] walks the condition once and separates its shape
// (keys, operators, kinds of values, which of them are nil) from its values. [Parse]
// makes a [Tree] from the shape alone, so that a tree, and the statement compiled from
// it, serve every condition of the same shape. [Tree.Bind] converts the values of
// one condition to the canonical forms the tree's slots ask for.
//
// A tree means the same on every engine; docs/conditions.md says what. The package
// also evaluates trees over Go values ([Match], [Evaluator]), reads conditions
// from untrusted JSON under a [Policy] ([FromJSON]) and prints trees.
//
// It writes no SQL and no pipelines (package qb and below it do) and performs no I/O.
// All functions are pure and safe for concurrent use; a [Reading] belongs to one
// goroutine at a time.
package conditions
