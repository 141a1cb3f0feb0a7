// Package pattern understands the patterns of text operators and writes them in
// the dialects of the engines.
//
// A pattern has one meaning, that of docs/conditions.md, whatever the engine: this
// package parses it, says what is wrong with it, and translates it when a statement
// is bound: LIKE patterns to SQL LIKE with '!' as escape, to SQLite GLOB and to
// regular expressions; regular expressions in Go syntax to the dialects of
// PostgreSQL and of PCRE (MariaDB, MySQL, MongoDB). It also matches them, for
// engines that call back into Go and for evaluation in memory.
//
// Functions are pure and safe for concurrent use.
package pattern
