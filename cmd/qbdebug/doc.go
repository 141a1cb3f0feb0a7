// Command qbdebug prints what a condition, a populate hint and their options
// compile to: SQL for each dialect, or a MongoDB command. It reads entities from
// Go source, so that nothing has to be built or run first.
//
//	qbdebug --models ./library --entity Author --where '{"books.tags.name": "x"}' --populate books.tags
//
// It connects to a database only when --dsn is given, to explain a query or to
// run it. docs/qbdebug.md describes every flag.
package main
