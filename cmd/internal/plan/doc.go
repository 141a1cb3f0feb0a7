// Package plan turns what was asked on the command line into logical queries:
// the read of the roots, and one query for each relation that is loaded apart.
//
// They are the queries that package orm makes for the same find. Nothing is compiled to a
// dialect here and nothing is sent; keys that only the rows of an earlier query could
// tell have a slot without a value.
package plan
