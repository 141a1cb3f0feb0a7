// Package histories holds the tests of the unit of work as a whole: what must be in
// memory and in the tables after any legal sequence of steps. It knows weft by what
// users know.
//
// [TestInputs] is a list of single histories, each standing for a kind of its own, and
// [TestKept] plays those in which a difference was found once. [TestHistories] draws
// random ones about the theatre of project_test.go, on every engine:
//
//	go test ./tests/histories -run TestHistories/sqlite -histories 10000 -steps 40
//
// Each step is done in the unit and in a plain model of the project (model_test.go):
// tables as rows, relations as sets of edges, the steps of the user in their order. After
// every flush every table, read by statements of the engine's own, and every entity in
// memory must be as the model says; a flush that must fail has to, with an error of the
// right class. A history that had flushes or transactions which came to nothing is
// played again without them, and both must look alike from there on: memory, plans,
// tables and all later flushes.
//
// What has no one meaning is not drawn: the model says of each step whether it may be
// done (the mayXxx functions), and calls a flush unclear whose outcome no rule tells.
//
// A difference is made as short as it can be and printed as a test of this package:
// paste it into kept_test.go. -kinds and -without leave out kinds of steps, and types,
// relations and views of the theatre.
//
// [TestPlantedMisbehaviour] shows that the checker sees: it plays histories on engines
// that lose, exchange or keep what they should not. TestPlantedFaults, of builds with the tag
// "planted", leaves out what keeps one promise inside the unit of work at a time
// (internal/planted), and expects a history or an input to fail.
//
// The files: project_test.go and theatre_test.go are what histories are about, first as
// entities, then in the model's words (schema_test.go). model_test.go, sync_test.go and
// settle_test.go are the model; do_*_test.go are the kinds of steps, each with what it
// means, how it is done and how it is drawn; run_test.go, flush_test.go and rolled_back_test.go play them,
// memory_test.go, dump_test.go and read_back_test.go compare, equivalence_test.go plays
// again, draw_test.go and shrink_test.go find and shorten, wire_test.go stands between
// weft and the engine. inputs_*_test.go are the single histories.
package histories
