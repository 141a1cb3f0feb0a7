// Package seeding_test checks package seed, and what ormtest adds to it, on every engine.
package seeding_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/brianvoe/gofakeit/v7"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/seed"
	"github.com/weft-orm/weft/tests/internal/testengine"
	"github.com/weft-orm/weft/tests/model"
)

// engines runs fn on a new database of every engine.
func engines(t *testing.T, entities []any, fn func(t *testing.T, db *orm.DB)) {
	t.Helper()
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) { fn(t, e.Open(t, orm.Entities(entities...))) })
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count[T any](t *testing.T, db *orm.DB, cond any) int64 {
	t.Helper()
	n, err := orm.Count[T](t.Context(), db.Fork(), cond)
	ok(t, err)
	return n
}

// TestMadeUp makes graphs of everything there is, nothing being said, and sees that they are stored.
func TestMadeUp(t *testing.T) {
	engines(t, model.All(), func(t *testing.T, db *orm.DB) {
		ctx, run := t.Context(), seed.New(db.Fork(), 1)
		_, err := seed.For[model.Author]().Many(ctx, run, 5)
		ok(t, err)
		_, err = seed.For[model.Book]().Many(ctx, run, 40)
		ok(t, err)
		_, err = seed.For[model.Profile]().Many(ctx, run, 5)
		ok(t, err)
		_, err = seed.For[model.OrderLine]().Many(ctx, run, 30)
		ok(t, err)
		_, err = seed.For[model.Dog]().Many(ctx, run, 3)
		ok(t, err)
		_, err = seed.For[model.Publisher]().Many(ctx, run, 10)
		ok(t, err)
		if n := count[model.Book](t, db, nil); n != 40 {
			t.Errorf("%d books", n)
		}
		if n := count[model.OrderLine](t, db, nil); n != 30 {
			t.Errorf("%d lines", n)
		}
		if n := count[model.Profile](t, db, nil); n != 5 {
			t.Errorf("%d profiles", n)
		}
		authors, err := orm.Find[model.Author](ctx, db.Fork(), orm.M{"books": orm.M{"pages >": 0}}, orm.Populate("books"))
		ok(t, err)
		if len(authors) < 3 {
			t.Errorf("all books are of %d authors", len(authors))
		}
		ok(t, seed.Clear(ctx, db.Fork()))
		for _, n := range []int64{count[model.Book](t, db, nil), count[model.Author](t, db, nil), count[model.Order](t, db, nil), count[model.Animal](t, db, nil)} {
			if n != 0 {
				t.Errorf("%d rows are left", n)
			}
		}
	})
}

// TestSaid follows every word of a factory.
func TestSaid(t *testing.T) {
	cheap := func(f seed.Factory[model.Book]) seed.Factory[model.Book] { return f.With("price", 1.5) }
	engines(t, model.Library(), func(t *testing.T, db *orm.DB) {
		ctx, run := t.Context(), seed.New(db.Fork(), 7)
		tag := seed.For[model.Tag]().Sequence("name", func(n int) any { return fmt.Sprintf("tag %d", n) })
		author := seed.For[model.Author]().With("name", "Ann").Fake("rating", func(f *gofakeit.Faker) any { return float64(f.Number(4, 5)) })
		book := seed.For[model.Book]().As(cheap).Refer("author", author).Has("tags", tag, 2).
			Each(func(b *model.Book, n int) { b.Title = fmt.Sprintf("Book %d", n) })
		books, err := book.Many(ctx, run, 3, func(b *model.Book, i int) { b.Pages = 100 * (i + 1) })
		ok(t, err)
		fresh, err := orm.Find[model.Book](ctx, db.Fork(), nil, orm.Populate("author", "tags"), orm.OrderBy("pages"))
		ok(t, err)
		var lines []string
		for _, b := range fresh {
			lines = append(lines, fmt.Sprintf("%s %d %v %s %v %d", b.Title, b.Pages, b.Price, b.Author.Get().Name, b.Author.Get().Rating >= 4, b.Tags.Len()))
		}
		want := "Book 0 100 1.5 Ann true 2; Book 1 200 1.5 Ann true 2; Book 2 300 1.5 Ann true 2"
		if got := strings.Join(lines, "; "); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		if n := count[model.Author](t, db, nil); n != 3 {
			t.Errorf("%d authors: Refer makes one for each", n)
		}
		if n := count[model.Tag](t, db, nil); n != 6 {
			t.Errorf("%d tags", n)
		}
		shared, err := book.With("author", books[0].Author.Get()).One(ctx, run)
		ok(t, err)
		if shared.Author.Get() != books[0].Author.Get() {
			t.Error("the given author was not taken")
		}
	})
}

// TestDeterministic makes the same values from the same number, whatever else is made.
func TestDeterministic(t *testing.T) {
	make := func(value uint64, before int) string {
		db := testengine.All()[0].Open(t, orm.Entities(model.Library()...))
		run := seed.New(db.Fork(), value)
		_, err := seed.For[model.Tag]().Many(t.Context(), run, before)
		ok(t, err)
		var lines []string
		for range 5 {
			b, err := seed.For[model.Book]().Make(t.Context(), run)
			ok(t, err)
			lines = append(lines, fmt.Sprintln(b.Title, *b.ISBN, b.Pages, b.Price, b.Author.Get().Name, b.Author.Get().CreatedAt))
		}
		return strings.Join(lines, "")
	}
	first := make(42, 0)
	if again := make(42, 0); again != first {
		t.Errorf("the same number made\n%s and\n%s", first, again)
	}
	if after := make(42, 9); after != first {
		t.Errorf("what was made before changed\n%s into\n%s", first, after)
	}
	if other := make(43, 0); other == first {
		t.Error("another number made the same")
	}
}

// Strict has constraints that values must be made for.
type Strict struct {
	ID     int64
	Code   string `orm:",unique,length=3"`
	Level  string `orm:",enum=low|high,unique=once"`
	Day    int    `orm:",unique=once,check='day between 1 and 7'"`
	Weight string `orm:",type=decimal,precision=5,scale=2,check=weight > 10"`
	Age    int8   `orm:",check='age >= 18 and age < 21'"`
	Word   string `orm:",length=12,check=length(word) >= 8"`
	Small  string `orm:",length=1"`
	Made   int    `orm:",generated=day + 1"`
	Kept   string `orm:",default='kept',optional"`
}

func TestConstraints(t *testing.T) {
	engines(t, []any{Strict{}}, func(t *testing.T, db *orm.DB) {
		if name := db.Engine().Caps().Name; name == "memory" || name == "mongo" {
			t.Skip("generated columns need a database with SQL")
		}
		ctx, run := t.Context(), seed.New(db.Fork(), 3)
		list, err := seed.For[Strict]().Many(ctx, run, 14)
		ok(t, err)
		for _, s := range list {
			if s.Made != s.Day+1 || s.Kept != "kept" || s.Age < 18 || s.Age > 20 || len(s.Word) < 8 {
				t.Errorf("%+v", s)
			}
		}
		_, err = seed.For[Strict]().One(ctx, run)
		var e *seed.Error
		if !errors.As(err, &e) || !errors.Is(err, seed.ErrExhausted) || e.Path != "level, day" {
			t.Errorf("the fifteenth of fourteen: %v", err)
		}
	})
}

func TestMistakes(t *testing.T) {
	db := testengine.All()[0].Open(t, orm.Entities(model.Library()...))
	ctx, run := t.Context(), seed.New(db.Fork(), 1)
	for want, err := range map[string]error{
		`seed: Book.titel: unusable property: there is none of that name; did you mean "title"?`:                 second(seed.For[model.Book]().With("titel", "x").Make(ctx, run)),
		`seed: Book.tags: unusable property: a factory makes targets of to-one relations; Has fills the others`:  second(seed.For[model.Book]().Refer("tags", seed.For[model.Tag]()).Make(ctx, run)),
		`seed: Book.author: unusable property: it is no to-many relation; Refer makes the target of a reference`: second(seed.For[model.Book]().Has("author", seed.For[model.Author](), 1).Make(ctx, run)),
		`seed: model.Dog: unknown entity: it is not among those the database was opened with`:                    second(seed.For[model.Dog]().Make(ctx, run)),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if _, err := seed.For[model.Book]().With("pages", "many").Make(ctx, run); !errors.Is(err, seed.ErrProperty) {
		t.Errorf("a text for a number: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }
