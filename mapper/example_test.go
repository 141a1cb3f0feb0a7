package mapper_test

import (
	"fmt"

	"github.com/weft-orm/weft/mapper"
)

func ExampleDefine() {
	type Author struct {
		ID    int64
		Email string
	}
	registry, err := mapper.Build(mapper.Options{}, mapper.Define(func(e *mapper.Builder[Author]) {
		e.Table("people")
		mapper.Field(e, func(a *Author) *string { return &a.Email }).Column("mail").Unique()
	}))
	if err != nil {
		panic(err)
	}
	author := mapper.EntityOf[Author](registry)
	fmt.Println(author.Name, author.Table.Name, author.Leaves[1].Columns[0].Name)
	// Output: Author people mail
}

func ExampleBuild() {
	type Author struct {
		ID   int64
		Name string `orm:",lenght=100"`
	}
	_, err := mapper.Build(mapper.Options{}, Author{})
	fmt.Println(err)
	// Output: mapper: mapper_test.Author.Name: unknown option "lenght"; did you mean "length"?
}
