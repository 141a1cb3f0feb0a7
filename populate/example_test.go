package populate_test

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/rel"
)

type writer struct {
	ID    int64
	Name  string
	Books rel.Collection[volume] `orm:",mappedBy=Writer"`
}

type volume struct {
	ID     int64
	Title  string
	Writer rel.Ref[writer] `orm:",required"`
}

// Hints become a tree of what is loaded along with the roots.
func ExampleParse() {
	reg, err := mapper.Build(mapper.Options{}, writer{}, volume{})
	if err != nil {
		panic(err)
	}
	env := conditions.Env{Registry: reg, Entity: reg.Entity("writer")}
	tree, err := populate.Parse(env, populate.Options{}, populate.Hint{Path: "books", OrderBy: []string{"-title"}, Limit: 5})
	if err != nil {
		panic(err)
	}
	for _, node := range tree.Nodes {
		fmt.Println(node.Path, node.Strategy == populate.SelectIn, node.Limit)
	}
	_, err = populate.Parse(env, populate.Options{}, populate.Paths("boks")...)
	fmt.Println(errors.Is(err, populate.ErrUnknownPath), err)
	// Output:
	// books true 5
	// true populate: writer.boks: unknown relation (did you mean "books"?)
}
