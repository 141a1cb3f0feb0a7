// Package load reads entities: it compiles what is asked for into statements, which
// are kept by shape, runs them in a session, turns rows into entities of a unit of
// work, and populates their relations, one query for each relation and level.
//
//	request -> statement (by its cache key) -> rows -> unit -> related rows
//
// It runs no hooks: what arrives is listed for the caller. It begins and ends no
// transactions: a [Session] runs a program.
package load
