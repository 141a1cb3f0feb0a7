package mongo_test

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/orm"
)

// Transactions, and with them flushes that are stored as a whole, need a replica set.
func ExampleURI() {
	type Author struct {
		ID   int64
		Name string
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, mongo.URI("mongodb://127.0.0.1:27017/?replicaSet=rs0", "library", mongo.MaxConns(20)), orm.Entities(Author{}))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	authors, err := orm.Find[Author](ctx, db.Fork(), orm.M{"name:like": "A%"})
	fmt.Println(len(authors), err)
}
