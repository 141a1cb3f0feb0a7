// Package sqlite is the driver for SQLite 3.45 and later, on
// github.com/mattn/go-sqlite3 (which needs cgo).
//
//	db, err := orm.Open(ctx, sqlite.File("library.db"), ...)
//
// A database file is in WAL mode: readers have connections of their own and never
// wait; writers take turns on a single connection, in transactions that begin
// IMMEDIATE, so that no transaction fails half way because another one wrote
// first. Foreign keys are on. Text compares by code point; regular expressions
// and Unicode case folding are functions this package registers.
//
// A program that is built without cgo imports
// github.com/weft-orm/weft/driver/sqlite/purego, a module of its own, and this package
// works the same by SQLite in Go. Without it nothing connects: the error is a
// driver.ErrUnsupported that says so.
package sqlite
