package sqlite_test

import (
	"context"
	"fmt"
	"time"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
)

func ExampleMemory() {
	type Tag struct{ ID int64 }
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Memory(sqlite.BusyTimeout(time.Second)), orm.Entities(Tag{}))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	fmt.Println(db.Ping(ctx), db.Engine().Caps().Name)
	// Output: <nil> sqlite
}
