// Package entities writes Go entities for a database that exists.
//
// [Inspect] reads tables, views and their constraints; [Generate] turns what it
// read into Go files, by a pure function: the same description and the same
// options give the same bytes. [Write] puts them into a folder beside what people
// wrote there, which it never changes. [Command] is the command around them.
//
//	db, err := entities.Inspect(ctx, engine, opts)
//	result, err := entities.Generate(db, opts)
//	report, err := entities.Write(dir, result, opts)
//
// It does not guess what a database does not say: hierarchies, embedded values and
// soft deletes are for people to add.
package entities
