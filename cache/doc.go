// Package cache keeps answers of finds in the memory of the process, for
// orm.ResultCache. Package cache/redis, a module of its own, keeps them for several
// processes.
//
//	db, err := orm.Open(ctx, connector, orm.Entities(Author{}),
//		orm.ResultCache(cache.Memory(10_000)))
package cache
