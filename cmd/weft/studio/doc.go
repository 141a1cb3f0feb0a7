// Package studio serves a page on which people try conditions, look at a model and browse
// data: the playground of weft's query language.
//
// The page asks for nothing from the network and takes no SQL: what it sends are conditions,
// paths and names, which are read as those of qbdebug are. It changes nothing unless
// [Options.Write] says so, and then through the unit of work, its plan shown first.
//
//	trace := studio.NewTrace()
//	db, err := orm.Open(ctx, connector, orm.Entities(...), trace.Option())
//	page, err := studio.New(db, trace, studio.Options{})
//	err = http.ListenAndServe("127.0.0.1:4500", page)
//
// The program weft does this for the entities of a package: weft studio.
package studio
