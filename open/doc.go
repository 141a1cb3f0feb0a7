// Package open makes connectors of addresses, for programs whose database is named by
// their configuration:
//
//	c, err := open.URL(os.Getenv("DATABASE_URL"))
//	db, err := orm.Open(ctx, c, orm.Entities(Author{}, Book{}))
//
// It links all engines. A program for one engine uses the connectors of that engine's
// package, which take its options, too.
package open
