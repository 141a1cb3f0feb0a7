// Package orm is weft's front: the EntityManager with its identity map and
// unit of work, typed reads, repositories and transactions.
//
//	db, err := orm.Open(ctx, sqlite.File("library.db"), orm.Entities(Author{}, Book{}))
//	em := db.Fork() // one EntityManager per request
//	jon := &Author{Name: "Jon"}
//	em.Persist(jon)
//	err = em.Flush(ctx)
//	authors, err := orm.Find[Author](ctx, em, orm.M{"name:like": "J%"}, orm.Populate("books"))
//
// A DB is shared and safe for concurrent use. An EntityManager belongs to one
// goroutine at a time.
//
// The package decides what to read and write, in which order, and what becomes
// of the answers. It knows no SQL and no engine: queries are compiled and run by
// the driver it was opened with.
package orm
