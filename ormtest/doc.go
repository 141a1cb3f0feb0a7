// Package ormtest helps to test code built on weft: [Open] gives a database in
// memory, in pure Go, that checks keys, unique constraints and foreign keys, and
// [Recorder] shows the statements any engine was sent.
//
// The in-memory engine has no SQL. Code that uses raw SQL, formulas or grouping
// is tested on embedded SQLite instead, with the same Recorder around it.
package ormtest
