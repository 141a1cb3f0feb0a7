package rel_test

import (
	"fmt"

	"github.com/weft-orm/weft/rel"
)

func ExampleRef() {
	type Author struct{ Name string }
	author := rel.To(&Author{Name: "Ann"})
	fmt.Println(author.Get().Name, author.IsLoaded(), author.IsNil())

	elsewhere := rel.ToKey[Author](7) // nothing is read
	_, loaded := elsewhere.Peek()
	fmt.Println(elsewhere.Key(), loaded)
	// Output:
	// Ann true false
	// 7 false
}

func ExampleCollection() {
	type Tag struct{ Name string }
	var tags rel.Collection[Tag] // that of a new entity
	sea := &Tag{Name: "sea"}
	tags.Add(sea, &Tag{Name: "snow"}, sea)
	tags.Remove(sea)
	for i, tag := range tags.All() {
		fmt.Println(i, tag.Name)
	}
	// Output: 0 snow
}

func ExampleOpt() {
	var stars rel.Opt[int] // the column's default counts
	fmt.Println(stars.Or(3))
	stars.Set(0) // written, though it is zero
	fmt.Println(stars.Get())
	// Output:
	// 3
	// 0 true
}
