// Package schema makes databases out of entities: it describes the tables that
// a [mapper.Registry] needs, compares them with a live database, and creates,
// brings up to date or drops them.
//
// The description ([Desired]) is a pure function of registry and dialect. The
// comparison, the order of statements and their text come from Atlas; weft
// writes no DDL of its own. Engines without SQL implement
// [driver.SchemaEnsurer] and are asked to do the same for collections.
//
// The package never looks at tables that no entity is mapped onto, and never
// guesses renames: without was= a renamed column is dropped and added.
//
// Position in the pipeline: mapper -> schema -> database. Nothing of weft
// imports it, so that programs which do not manage their tables do not compile
// Atlas.
//
//	db, err := orm.Open(ctx, sqlite.File("library.db"), orm.Entities(Author{}, Book{}))
//	err = schema.Ensure(ctx, db)
package schema
