package contest

import (
	"context"
	"database/sql"
	"fmt"
)

// nestedWhere finds the authors of books with a tag.
const nestedWhere = ` FROM authors a WHERE a.id IN (SELECT b.author_id FROM books b JOIN book_tags bt ON bt.book_id = b.id
	JOIN tags t ON t.id = bt.tag_id WHERE t.name = ?)`

func (r *rawSQL) nested(ctx context.Context) (f found, err error) {
	st, err := r.stmt(ctx, "SELECT count(*)"+nestedWhere)
	if err != nil {
		return f, err
	}
	if err := st.QueryRowContext(ctx, nestedTag).Scan(&f.count); err != nil {
		return f, err
	}
	rows, err := r.query(ctx, fmt.Sprint("SELECT a.id, a.name", nestedWhere, " ORDER BY a.id LIMIT ", nestedLimit), nestedTag)
	if err != nil {
		return f, err
	}
	authors, err := scanAuthors(rows)
	for _, a := range authors {
		f.keys = append(f.keys, a.ID)
	}
	return f, err
}

func scanAuthors(rows *sql.Rows) ([]*Author, error) {
	defer rows.Close()
	var list []*Author
	for rows.Next() {
		a := &Author{}
		if err := rows.Scan(&a.ID, &a.Name); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

func scanBooks(rows *sql.Rows) ([]*Book, error) {
	defer rows.Close()
	var list []*Book
	for rows.Next() {
		b := &Book{}
		if err := rows.Scan(&b.ID, &b.Title, &b.AuthorID); err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, rows.Err()
}

// among is a condition on a list of keys, and its parameter.
func (r *rawSQL) among(column string, keys []int64) (string, []any) {
	if r.e.Name == "sqlite" {
		return column + " IN (SELECT value FROM json_each(?))", []any{jsonKeys(keys)}
	}
	return column + " IN (" + listOf(keys) + ")", nil
}

// run is query for a text that is not worth keeping where it holds keys.
func (r *rawSQL) run(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if len(args) > 0 {
		return r.query(ctx, text, args...)
	}
	return r.db.QueryContext(ctx, text)
}

func (r *rawSQL) down(ctx context.Context) ([]*Author, error) {
	rows, err := r.query(ctx, "SELECT id, name FROM authors WHERE id <= ? ORDER BY id", r.e.Sizes.Authors)
	if err != nil {
		return nil, err
	}
	authors, err := scanAuthors(rows)
	if err != nil {
		return nil, err
	}
	byKey := make(map[int64]*Author, len(authors))
	keys := make([]int64, len(authors))
	for i, a := range authors {
		byKey[a.ID], keys[i] = a, a.ID
	}
	where, args := r.among("author_id", keys)
	if rows, err = r.run(ctx, "SELECT id, title, author_id FROM books WHERE "+where+" ORDER BY id", args); err != nil {
		return nil, err
	}
	books, err := scanBooks(rows)
	if err != nil {
		return nil, err
	}
	for _, b := range books {
		a := byKey[b.AuthorID]
		a.Books = append(a.Books, b)
	}
	return authors, r.tags(ctx, books)
}

// tags loads the tags of books.
func (r *rawSQL) tags(ctx context.Context, books []*Book) error {
	byKey := make(map[int64]*Book, len(books))
	keys := make([]int64, len(books))
	for i, b := range books {
		byKey[b.ID], keys[i] = b, b.ID
	}
	where, args := r.among("bt.book_id", keys)
	rows, err := r.run(ctx, "SELECT bt.book_id, t.id, t.name FROM book_tags bt JOIN tags t ON t.id = bt.tag_id WHERE "+where, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	tags := map[int64]*Tag{}
	var owner int64
	var t Tag
	dest := []any{&owner, &t.ID, &t.Name}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		known := tags[t.ID]
		if known == nil {
			known = &Tag{ID: t.ID, Name: t.Name}
			tags[t.ID] = known
		}
		b := byKey[owner]
		b.Tags = append(b.Tags, known)
	}
	return rows.Err()
}

func (r *rawSQL) up(ctx context.Context) ([]*Book, error) {
	rows, err := r.query(ctx, "SELECT id, title, author_id FROM books WHERE id <= ? ORDER BY id", r.e.Sizes.Authors*r.e.Sizes.Books)
	if err != nil {
		return nil, err
	}
	books, err := scanBooks(rows)
	if err != nil {
		return nil, err
	}
	keys, seen := []int64(nil), map[int64]bool{}
	for _, b := range books {
		if !seen[b.AuthorID] {
			seen[b.AuthorID] = true
			keys = append(keys, b.AuthorID)
		}
	}
	where, args := r.among("id", keys)
	if rows, err = r.run(ctx, "SELECT id, name FROM authors WHERE "+where, args); err != nil {
		return nil, err
	}
	authors, err := scanAuthors(rows)
	byKey := make(map[int64]*Author, len(authors))
	for _, a := range authors {
		byKey[a.ID] = a
	}
	for _, b := range books {
		b.Author = byKey[b.AuthorID]
	}
	return books, err
}

// persist writes a graph in one transaction: parents first, then the links.
func (r *rawSQL) persist(ctx context.Context, authors []*Author) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	books, tags := parts(authors)
	w := &rawWriter{r: r, tx: tx}
	w.keys(ctx, "INSERT INTO authors (name)", 1, len(authors), func(i int) []any { return []any{authors[i].Name} }, func(i int, id int64) { authors[i].ID = id })
	for _, a := range authors {
		for _, b := range a.Books {
			b.AuthorID = a.ID
		}
	}
	w.keys(ctx, "INSERT INTO tags (name)", 1, len(tags), func(i int) []any { return []any{tags[i].Name} }, func(i int, id int64) { tags[i].ID = id })
	w.keys(ctx, "INSERT INTO books (title, author_id)", 2, len(books),
		func(i int) []any { return []any{books[i].Title, books[i].AuthorID} }, func(i int, id int64) { books[i].ID = id })
	var links [][2]int64
	for _, b := range books {
		for _, t := range b.Tags {
			links = append(links, [2]int64{b.ID, t.ID})
		}
	}
	w.keys(ctx, "INSERT INTO book_tags (book_id, tag_id)", 2, len(links), func(i int) []any { return []any{links[i][0], links[i][1]} }, func(int, int64) {})
	if w.err != nil {
		return w.err
	}
	return tx.Commit()
}

// rawWriter inserts rows and learns their keys, until the first error.
type rawWriter struct {
	r   *rawSQL
	tx  *sql.Tx
	err error
}

func (w *rawWriter) keys(ctx context.Context, into string, width, n int, row func(int) []any, key func(int, int64)) {
	if w.err != nil {
		return
	}
	var args []any
	for i := range n {
		args = append(args, row(i)...)
	}
	result, err := w.tx.ExecContext(ctx, into+" VALUES "+w.r.e.placeholders(n, width), args...)
	if w.err = err; err != nil {
		return
	}
	first := w.r.firstOf(result, n)
	for i := range n {
		key(i, first+int64(i))
	}
}

// firstOf returns the first of the n keys an insert has made; they follow each
// other. SQLite tells the last one, MariaDB the first.
func (r *rawSQL) firstOf(result sql.Result, n int) int64 {
	id, _ := result.LastInsertId() // both drivers know it
	if r.e.Name == "sqlite" {
		id -= int64(n - 1)
	}
	return id
}
