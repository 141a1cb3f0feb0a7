package schema_test

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

type reader struct {
	ID    int64
	Email string `orm:",unique"`
}

// A comparison prints what is missing; ensuring adds it.
func Example() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(reader{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	before, err := schema.Diff(ctx, db)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(before)
	if err := schema.Ensure(ctx, db); err != nil {
		fmt.Println(err)
		return
	}
	after, err := schema.Diff(ctx, db)
	fmt.Println("nothing to do:", after.IsEmpty(), err)
	// Output:
	// CREATE TABLE `readers` (
	//   `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
	//   `email` text NOT NULL
	// );
	// CREATE UNIQUE INDEX `readers_email_uniq` ON `readers` (`email`);
	// nothing to do: true <nil>
}
