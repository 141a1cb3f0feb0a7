package replica_test

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/replica"
	"github.com/weft-orm/weft/orm"
)

func ExampleNew() {
	type Tag struct{ ID int64 }
	ctx := context.Background()
	primary, second := memory.New(), memory.New()
	db, err := orm.Open(ctx, replica.New(primary, []driver.Connector{second}, replica.Options{}), orm.Entities(Tag{}))
	if err != nil {
		panic(err)
	}
	em := db.Fork()
	em.Persist(&Tag{}) // goes to the primary; the second, which replicates nothing here, never sees it
	if err := em.Flush(ctx); err != nil {
		panic(err)
	}
	n, _ := orm.Count[Tag](ctx, db.Fork(), nil)
	m, _ := orm.Count[Tag](replica.OnPrimary(ctx), db.Fork(), nil)
	fmt.Println(n, m)
	// Output: 0 1
}
