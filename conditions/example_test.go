package conditions_test

import (
	"fmt"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

func ExampleFromJSON() {
	type Book struct {
		ID    int64
		Title string
		Price int
	}
	registry, err := mapper.Build(mapper.Options{}, Book{})
	if err != nil {
		panic(err)
	}
	book := mapper.EntityOf[Book](registry)
	policy := conditions.Policy{Paths: []string{"title"}}
	cond, err := conditions.FromJSON(book, []byte(`{"title": {"$in": ["Waves", "Winter"]}}`), policy)
	fmt.Println(len(cond), err)
	_, err = conditions.FromJSON(book, []byte(`{"price": 3}`), policy)
	fmt.Println(err)
	// Output:
	// 1 <nil>
	// conditions: json: Book.price: is not allowed here
}
