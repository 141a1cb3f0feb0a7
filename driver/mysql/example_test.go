package mysql_test

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/orm"
)

// The address is one of go-sql-driver. Servers are MySQL or MariaDB, which the connector finds out by itself.
func ExampleDSN() {
	type Author struct {
		ID   int64
		Name string
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, mysql.DSN("root@tcp(127.0.0.1:3306)/library", mysql.MaxConns(20)), orm.Entities(Author{}))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	authors, err := orm.Find[Author](ctx, db.Fork(), orm.M{"name:like": "A%"})
	fmt.Println(len(authors), err)
}
