// Package unit is the unit of work: which entities are managed and under which
// keys, what the database is known to hold of them, and what the user wants to
// become of them. It does no I/O.
//
// Relations are edges, from the row that holds the reference (or the owner of a
// link) to its target. A reference, its inverse, a collection, a plain slice or
// pointer and a scalar that shares a column are views of the same edges. Three
// things are told apart:
//
//   - the snapshot: what the database holds;
//   - the baseline of a view: where the views of an edge last agreed;
//   - the view itself, which the user changes.
//
// [Unit.Sync] finds views that differ from their baselines, decides which edges
// follow, writes the other views and moves the baselines. What it and a flush
// write is kept in a [Journal], by which it can be taken back.
package unit
