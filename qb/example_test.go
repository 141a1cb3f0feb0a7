package qb_test

import (
	"fmt"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

func Example() {
	type Book struct {
		ID    int64
		Title string
		Pages int
	}
	registry, err := mapper.Build(mapper.Options{}, Book{})
	if err != nil {
		panic(err)
	}
	base := qb.New(registry, "Book", "b").Select("id", "title").Where(qb.M{"pages >=": 100})
	long := base.Where(qb.M{"title:like": "W%"}).OrderBy("-pages") // base stays as it is
	fmt.Println(base != long)
	_ = sql.Postgres // prints them; orm.QB binds a builder to a manager and runs it
	// Output: true
}
