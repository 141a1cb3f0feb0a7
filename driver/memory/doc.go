// Package memory is a small database in memory, in pure Go: the driver for tests
// that need neither a database nor a C compiler, and the example of how a driver
// is written.
//
//	db, err := orm.Open(ctx, memory.New(), ...)
//
// Tables exist as soon as the metadata names them. Keys, unique constraints and
// foreign keys with their rules are checked. Conditions are decided by the naive
// evaluator of package conditions, row by row, without indexes.
//
// Transactions are snapshots: one writes at a time, readers see the last commit.
// There is no SQL: raw conditions, joins written by hand, formulas, grouping and
// tables per type are refused with driver.ErrUnsupported when compiled.
package memory
