package cache_test

import (
	"context"
	"fmt"
	"time"

	"github.com/weft-orm/weft/cache"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

type author struct {
	ID   int64
	Name string
}

// An answer is kept until its time is over, or something it is about is written.
func ExampleMemory() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(author{}), orm.ResultCache(cache.Memory(1000)))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil {
		panic(err)
	}
	names := func() (list []string) {
		all, err := orm.Find[author](ctx, db.Fork(), nil, orm.OrderBy("id"), orm.Cached(time.Minute))
		if err != nil {
			panic(err)
		}
		for _, a := range all {
			list = append(list, a.Name)
		}
		return list
	}
	fmt.Println(names())
	em := db.Fork()
	em.Persist(&author{Name: "Ann"})
	if err := em.Flush(ctx); err != nil { // drops the answers about authors
		panic(err)
	}
	fmt.Println(names())
	// Output:
	// []
	// [Ann]
}
