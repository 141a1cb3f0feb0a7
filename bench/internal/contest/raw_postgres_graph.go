package contest

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

func (r *rawPostgres) nested(ctx context.Context) (f found, err error) {
	where := strings.Replace(nestedWhere, "?", "$1", 1)
	b := &pgx.Batch{}
	b.Queue("SELECT count(*)"+where, nestedTag)
	b.Queue(fmt.Sprint("SELECT a.id, a.name", where, " ORDER BY a.id LIMIT ", nestedLimit), nestedTag)
	results := r.c.SendBatch(ctx, b)
	defer results.Close()
	if err := results.QueryRow().Scan(&f.count); err != nil {
		return f, err
	}
	rows, err := results.Query()
	if err != nil {
		return f, err
	}
	authors, err := pgAuthors(rows)
	for _, a := range authors {
		f.keys = append(f.keys, a.ID)
	}
	return f, err
}

func pgAuthors(rows pgx.Rows) ([]*Author, error) {
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

func pgBooks(rows pgx.Rows) ([]*Book, error) {
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

func (r *rawPostgres) down(ctx context.Context) ([]*Author, error) {
	rows, err := r.c.Query(ctx, "SELECT id, name FROM authors WHERE id <= $1 ORDER BY id", r.e.Sizes.Authors)
	if err != nil {
		return nil, err
	}
	authors, err := pgAuthors(rows)
	if err != nil {
		return nil, err
	}
	byKey := make(map[int64]*Author, len(authors))
	keys := make([]int64, len(authors))
	for i, a := range authors {
		byKey[a.ID], keys[i] = a, a.ID
	}
	if rows, err = r.c.Query(ctx, "SELECT id, title, author_id FROM books WHERE author_id = ANY($1) ORDER BY id", keys); err != nil {
		return nil, err
	}
	books, err := pgBooks(rows)
	if err != nil {
		return nil, err
	}
	for _, b := range books {
		a := byKey[b.AuthorID]
		a.Books = append(a.Books, b)
	}
	return authors, r.tags(ctx, books)
}

func (r *rawPostgres) tags(ctx context.Context, books []*Book) error {
	byKey := make(map[int64]*Book, len(books))
	keys := make([]int64, len(books))
	for i, b := range books {
		byKey[b.ID], keys[i] = b, b.ID
	}
	rows, err := r.c.Query(ctx, "SELECT bt.book_id, t.id, t.name FROM book_tags bt JOIN tags t ON t.id = bt.tag_id WHERE bt.book_id = ANY($1)", keys)
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

func (r *rawPostgres) up(ctx context.Context) ([]*Book, error) {
	rows, err := r.c.Query(ctx, "SELECT id, title, author_id FROM books WHERE id <= $1 ORDER BY id", r.e.Sizes.Authors*r.e.Sizes.Books)
	if err != nil {
		return nil, err
	}
	books, err := pgBooks(rows)
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
	if rows, err = r.c.Query(ctx, "SELECT id, name FROM authors WHERE id = ANY($1)", keys); err != nil {
		return nil, err
	}
	authors, err := pgAuthors(rows)
	byKey := make(map[int64]*Author, len(authors))
	for _, a := range authors {
		byKey[a.ID] = a
	}
	for _, b := range books {
		b.Author = byKey[b.AuthorID]
	}
	return books, err
}

func (r *rawPostgres) persist(ctx context.Context, authors []*Author) error {
	tx, err := r.c.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	books, tags := parts(authors)
	names, labels := make([]string, len(authors)), make([]string, len(tags))
	for i, a := range authors {
		names[i] = a.Name
	}
	for i, t := range tags {
		labels[i] = t.Name
	}
	b := &pgx.Batch{}
	b.Queue("INSERT INTO authors (name) SELECT * FROM unnest($1::text[]) RETURNING id", names)
	b.Queue("INSERT INTO tags (name) SELECT * FROM unnest($1::text[]) RETURNING id", labels)
	results := tx.SendBatch(ctx, b)
	if err := learn(results, len(authors), func(i int) *int64 { return &authors[i].ID }); err != nil {
		return err
	}
	if err := learn(results, len(tags), func(i int) *int64 { return &tags[i].ID }); err != nil {
		return err
	}
	if err := results.Close(); err != nil {
		return err
	}
	titles, owners := make([]string, 0, len(books)), make([]int64, 0, len(books))
	for _, a := range authors {
		for _, b := range a.Books {
			b.AuthorID = a.ID
			titles, owners = append(titles, b.Title), append(owners, a.ID)
		}
	}
	b = &pgx.Batch{}
	b.Queue("INSERT INTO books (title, author_id) SELECT * FROM unnest($1::text[], $2::bigint[]) RETURNING id", titles, owners)
	results = tx.SendBatch(ctx, b)
	if err := learn(results, len(books), func(i int) *int64 { return &books[i].ID }); err != nil {
		return err
	}
	if err := results.Close(); err != nil {
		return err
	}
	var lefts, rights []int64
	for _, b := range books {
		for _, t := range b.Tags {
			lefts, rights = append(lefts, b.ID), append(rights, t.ID)
		}
	}
	if _, err := tx.Exec(ctx, "INSERT INTO book_tags (book_id, tag_id) SELECT * FROM unnest($1::bigint[], $2::bigint[])", lefts, rights); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// learn reads the keys of n new rows.
func learn(results pgx.BatchResults, n int, key func(int) *int64) error {
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	i := 0
	for ; rows.Next(); i++ {
		if err := rows.Scan(key(i)); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil || i == n {
		return err
	}
	return fmt.Errorf("%d keys for %d rows", i, n)
}
