// Package seed fills databases: with made-up graphs of entities by factories, with
// rows that must be there by seeders, and with rows from files by fixtures.
//
//	run := seed.New(em, 42)
//	author := seed.For[Author]().With("active", true)
//	books, err := seed.For[Book]().With("author", author).Many(ctx, run, 20)
//
// What is not said is made up from the mapping: from the name of a property, its
// type, length, values and simple checks. Required references are made or taken
// from entities of the run, unique values differ. The same number gives the same
// values: those of the n-th entity of a type depend on nothing else that is made.
//
// Entities are made and stored through the public API of package orm. The package
// does not look at rows that are in the database already: unique values differ
// within a run. It has no clock; times lie in a fixed span.
package seed
