// Package ormtest helps to test code built on weft: [Open] gives a database in
// memory, in pure Go, that checks keys, unique constraints and foreign keys. On any
// database [Seed] and [Run] fill tables, [Truncate] empties them between tests, and
// [Rollback] gives each test a transaction that is undone.
//
// The in-memory engine has no SQL. Code that uses raw SQL, formulas or grouping
// is tested on embedded SQLite instead.
package ormtest
