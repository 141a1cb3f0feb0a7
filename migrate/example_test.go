package migrate_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/orm"
)

// printApplied prints what has been applied.
func printApplied(e migrate.Event) {
	if e.Done {
		fmt.Println("applied", e.Name)
	}
}

func ExampleUp() {
	type Tag struct {
		ID   int64
		Name string
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(Tag{}))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	files := fstest.MapFS{"20260102150405_init.sql": {Data: []byte(
		"-- +goose Up\nCREATE TABLE tags (id integer PRIMARY KEY AUTOINCREMENT, name text NOT NULL);\n-- +goose Down\nDROP TABLE tags;\n")}}
	for range 2 { // the second finds nothing pending
		if err := migrate.Up(ctx, db, files, migrate.OnEvent(printApplied)); err != nil {
			panic(err)
		}
	}
	n, err := orm.Count[Tag](ctx, db.Fork(), nil)
	fmt.Println(n, err)
	// Output:
	// applied 20260102150405_init.sql
	// 0 <nil>
}
