// Package plan turns a logical query into a relational tree: which tables are
// joined under which aliases, where a condition becomes a sub-query, where a
// guard is needed below an outer join, how pages of roots are cut.
//
// The tree knows tables, columns and placeholders but no syntax; package sql
// prints it. Planning is pure and the same for all engines; Options carries the
// few facts it needs.
package plan
