package memory_test

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
)

func ExampleNew() {
	type Tag struct {
		ID   int64
		Name string `orm:",unique"`
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, memory.New(), orm.Entities(Tag{})) // the tables are there
	if err != nil {
		panic(err)
	}
	em := db.Fork()
	em.Persist(&Tag{Name: "sea"}, &Tag{Name: "sea"})
	fmt.Println(orm.IsUnique(em.Flush(ctx), "name"))
	// Output: true
}
