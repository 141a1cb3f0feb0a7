package contest

import "context"

// Hand-written code that joins what it could read apart: one row for each tag of each book, which
// repeats the book and its author, or for each book, which repeats its author. Nothing is measured
// against it: it shows what of a join the statement takes. No row of the contest lacks what is joined.
const (
	joinedDown = `SELECT a.id, a.name, b.id, b.title, b.author_id, t.id, t.name FROM authors a LEFT JOIN books b ON b.author_id = a.id
		LEFT JOIN book_tags bt ON bt.book_id = b.id LEFT JOIN tags t ON t.id = bt.tag_id WHERE a.id <= $1 ORDER BY a.id, b.id`
	joinedUp = `SELECT b.id, b.title, b.author_id, a.id, a.name FROM books b LEFT JOIN authors a ON a.id = b.author_id WHERE b.id <= $1 ORDER BY b.id`
)

// scanner is a row to be scanned.
type scanner interface{ Scan(dest ...any) error }

// rawJoined reads by a function that calls another one for each row.
type rawJoined struct {
	e    *Engine
	each func(ctx context.Context, text string, arg any, row func(scanner) error) error
}

// joining makes x, the raw entrant, one that joins.
func joining(x *Entrant, r *rawJoined) *Entrant {
	x.Name = "raw joined"
	x.Jobs = map[string]*Job{Down: reading(r.down, digestDown), Up: reading(r.up, digestUp)}
	return x
}

func openRawJoined(ctx context.Context, e *Engine) (*Entrant, error) {
	if e.Name == "postgres" {
		x, r, err := connectRawPostgres(ctx, e)
		if err != nil {
			return nil, err
		}
		return joining(x, &rawJoined{e, r.rows}), nil
	}
	x, r, err := connectRawSQL(e)
	if err != nil {
		return nil, err
	}
	return joining(x, &rawJoined{e, r.rows}), nil
}

// down takes rows that come in the order of authors and books.
func (r *rawJoined) down(ctx context.Context) (authors []*Author, err error) {
	tags := map[int64]*Tag{}
	var a Author
	var b Book
	var t Tag
	dest := []any{&a.ID, &a.Name, &b.ID, &b.Title, &b.AuthorID, &t.ID, &t.Name}
	var author *Author
	var book *Book
	err = r.each(ctx, joinedDown, r.e.Sizes.Authors, func(row scanner) error {
		if err := row.Scan(dest...); err != nil {
			return err
		}
		if author == nil || author.ID != a.ID {
			author = &Author{ID: a.ID, Name: a.Name}
			authors = append(authors, author)
		}
		if book == nil || book.ID != b.ID {
			book = &Book{ID: b.ID, Title: b.Title, AuthorID: b.AuthorID}
			author.Books = append(author.Books, book)
		}
		tag := tags[t.ID]
		if tag == nil {
			tag = &Tag{ID: t.ID, Name: t.Name}
			tags[t.ID] = tag
		}
		book.Tags = append(book.Tags, tag)
		return nil
	})
	return authors, err
}

func (r *rawJoined) up(ctx context.Context) (books []*Book, err error) {
	authors := map[int64]*Author{}
	var a Author
	err = r.each(ctx, joinedUp, r.e.Sizes.Authors*r.e.Sizes.Books, func(row scanner) error {
		b := &Book{}
		if err := row.Scan(&b.ID, &b.Title, &b.AuthorID, &a.ID, &a.Name); err != nil {
			return err
		}
		if b.Author = authors[a.ID]; b.Author == nil {
			b.Author = &Author{ID: a.ID, Name: a.Name}
			authors[a.ID] = b.Author
		}
		books = append(books, b)
		return nil
	})
	return books, err
}
