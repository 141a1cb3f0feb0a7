package postgres_test

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/orm"
)

// The options after the address are those of the pool; Pooler makes it fit for PgBouncer.
func ExampleURL() {
	type Author struct {
		ID   int64
		Name string
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, postgres.URL("postgres://postgres@127.0.0.1:5432/library", postgres.MaxConns(20)), orm.Entities(Author{}))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	authors, err := orm.Find[Author](ctx, db.Fork(), orm.M{"name:like": "A%"})
	fmt.Println(len(authors), err)
}
