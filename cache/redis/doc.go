// Package redis keeps answers of finds in Redis, for several processes:
//
//	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:6379"})
//	db, err := orm.Open(ctx, connector, orm.Entities(Author{}),
//		orm.ResultCache(rediscache.New(client, "library")))
//
// It is a module of its own, so that only programs that use it get the client.
package redis
