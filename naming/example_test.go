package naming_test

import (
	"fmt"

	"github.com/weft-orm/weft/naming"
)

func ExampleUnderscore() {
	var s naming.Underscore
	fmt.Println(s.Table("BlogPost"), s.Column("createdAt"), s.JoinColumn("author", "id"), s.JoinTable("Book", "tags", "Tag"))
	// Output: blog_posts created_at author_id book_tags
}

func ExampleMongo() {
	var s naming.Mongo
	fmt.Println(s.Table("BlogPost"), s.Column("createdAt"), s.JoinColumn("author", "id"))
	// Output: blog-posts createdAt author
}

func ExampleEntityCase() {
	var s naming.EntityCase
	fmt.Println(s.Table("BlogPost"), s.Column("createdAt"), s.JoinTable("Book", "tags", "Tag"))
	// Output: BlogPost createdAt Book_tags
}

func ExampleIndex() {
	fmt.Println(naming.Index(naming.KindUnique, "books", []string{"isbn"}, naming.MaxPostgres))
	// Output: books_isbn_uniq
}

func ExampleLowerCamel() {
	fmt.Println(naming.LowerCamel("ID"), naming.LowerCamel("HTTPServer"), naming.LowerCamel("CreatedAt"))
	// Output: id httpServer createdAt
}

// legacy puts a prefix before the tables of an old database and keeps everything else.
type legacy struct{ naming.Underscore }

func (l legacy) Table(entity string) string { return "tbl_" + l.Underscore.Table(entity) }

func ExampleStrategy() {
	var s naming.Strategy = legacy{}
	fmt.Println(s.Table("BlogPost"), s.Column("createdAt"))
	// Output: tbl_blog_posts created_at
}
