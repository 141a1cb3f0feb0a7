package seed_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/brianvoe/gofakeit/v7"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/seed"
)

type Author struct {
	ID     int64
	Name   string
	Email  string `orm:",unique"`
	Active bool
	Books  rel.Collection[Book] `orm:",mappedBy=Author"`
}

type Book struct {
	ID     int64
	Title  string
	Pages  int             `orm:",check='pages between 50 and 900'"`
	Price  string          `orm:",type=decimal,precision=8,scale=2"`
	Author rel.Ref[Author] `orm:",required"`
	Tags   rel.Collection[Tag]
}

type Tag struct {
	ID   int64
	Name string `orm:",unique"`
}

func open(ctx context.Context) *orm.DB {
	db, err := orm.Open(ctx, memory.New(), orm.Entities(Author{}, Book{}, Tag{}))
	if err != nil {
		panic(err)
	}
	return db
}

// Twenty books, of authors that are made along the way.
func Example() {
	ctx := context.Background()
	db := open(ctx)
	em := db.Fork()

	run := seed.New(em, 42)
	books, err := seed.For[Book]().Many(ctx, run, 20)

	authors, _ := orm.Count[Author](ctx, em, nil)
	fmt.Println(len(books), authors > 1, books[0].Pages >= 50, err)
	// Output: 20 true true <nil>
}

func Example_factories() {
	ctx := context.Background()
	em := open(ctx).Fork()
	run := seed.New(em, 42)
	ann := &Author{Name: "Ann", Email: "ann@example.org"}

	tag := seed.For[Tag]().Sequence("name", func(n int) any { return fmt.Sprintf("tag %d", n) })
	book := seed.For[Book]().
		With("price", "9.50").                                               // a value
		With("author", ann).                                                 // an entity, for all of them
		Fake("title", func(f *gofakeit.Faker) any { return f.BookTitle() }). // made up, always the same
		Has("tags", tag, 2).                                                 // two new tags each
		Each(func(b *Book, n int) { b.Pages = 100 + n })                     // whatever Go can do
	books, err := book.Many(ctx, run, 3, func(b *Book, i int) { b.Title = fmt.Sprint("Book ", i) })

	signed := func(f seed.Factory[Book]) seed.Factory[Book] { return f.With("price", "99.00") }
	dear, err2 := book.As(signed).Refer("author", seed.For[Author]()).One(ctx, run)

	fmt.Println(books[2].Title, books[2].Pages, books[2].Author.Get().Name, books[2].Tags.Len(), err)
	fmt.Println(dear.Price, dear.Author.Get() != ann, err2)
	// Output:
	// Book 2 102 Ann 2 <nil>
	// 99.00 true <nil>
}

func Example_seeders() {
	ctx := context.Background()
	db := open(ctx)

	tags := seed.Seeder{Name: "tags", Run: func(ctx context.Context, r *seed.Run) error {
		_, err := seed.Ensure[Tag](ctx, r, orm.M{"name": "fantasy"})
		return err
	}}
	books := seed.Seeder{Name: "books", Run: func(ctx context.Context, r *seed.Run) error {
		if err := r.Call(ctx, tags); err != nil {
			return err
		}
		jon, err := seed.Ensure[Author](ctx, r, orm.M{"email": "jon@example.org", "name": "Jon"}, "email")
		if err != nil {
			return err
		}
		_, err = seed.Ensure[Book](ctx, r, orm.M{"title": "Winter", "author": jon, "pages": 300, "price": "12.00"}, "title", "author")
		return err
	}}
	for range 2 {
		report, err := seed.Execute(ctx, db, []seed.Seeder{tags, books}, seed.Options{})
		fmt.Println(report.Seeders, err)
	}
	n, _ := orm.Count[Book](ctx, db.Fork(), nil)
	fmt.Println(n)
	// Output:
	// [books tags] <nil>
	// [books tags] <nil>
	// 1
}

func Example_fixtures() {
	ctx := context.Background()
	db := open(ctx)
	files := fstest.MapFS{"shelf.yaml": {Data: []byte(shelf)}}

	fixtures := seed.Fixtures("shelf", files, "*.yaml", seed.Of[Author](), seed.Of[Book](), seed.Of[Tag]())

	_, err := seed.Execute(ctx, db, []seed.Seeder{fixtures}, seed.Options{})
	book, _ := orm.FindOne[Book](ctx, db.Fork(), orm.M{"author.name": "Jon"}, orm.Populate("tags"))
	fmt.Println(book.Title, book.Tags.Items()[0].Name, err)
	// Output: Winter fantasy <nil>
}

const shelf = `
Author:
  jon: {name: Jon, email: jon@example.org}
Book:
  $key: [title]
  winter: {title: Winter, author: jon, pages: 300, price: "12.00", tags: [fantasy]}
Tag:
  fantasy: {name: fantasy}
`
