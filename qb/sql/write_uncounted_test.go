package sql_test

import (
	"testing"

	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// TestUncounted shows what is left out, or put together, when nobody asks for counts.
func TestUncounted(t *testing.T) {
	reg := registry(t)
	book := reg.Entity("Book")
	id, title := book.Property("id").Columns[0], book.Property("title").Columns[0]
	remove := &qb.Write{Registry: reg, Kind: qb.Delete, Entity: book, Table: book.Table, Match: book.KeyColumns}
	update := &qb.Write{Registry: reg, Kind: qb.Update, Entity: book, Table: book.Table, Set: append(remove.Set, title), Match: append(remove.Set, id)}
	for _, c := range []struct {
		dialect *sql.Dialect
		write   *qb.Write
		want    string
	}{
		{sql.SQLite(), remove, `DELETE FROM "books" WHERE "id" IN (?, ?)`},
		{sql.SQLite(), update, `UPDATE "books" AS t SET "title" = v.column1 FROM (VALUES (?, ?), (?, ?)) AS v WHERE t."id" = v.column2`},
		{sql.Postgres(), remove, `DELETE FROM "books" WHERE "id" = ANY($1::bigint[])`},
		{sql.Postgres(), update, `UPDATE "books" AS t SET "title" = v.c0 FROM unnest($1::text[], $2::bigint[]) AS v(c0, c1) WHERE t."id" = v.c1`},
	} {
		ws, err := c.dialect.CompileWrite(c.write)
		if err != nil {
			t.Fatal(err)
		}
		if got := ws.Uncounted().Chunk(2); got.Text != c.want || got.Returns || got.Numbered {
			t.Errorf("%s: %+v, want %s", c.dialect.Name(), got, c.want)
		}
	}
}

// TestLots shows how many rows go into one statement of those that stay prepared.
func TestLots(t *testing.T) {
	reg := registry(t)
	book := reg.Entity("Book")
	remove := &qb.Write{Registry: reg, Kind: qb.Delete, Entity: book, Table: book.Table, Match: book.KeyColumns}
	listed, err := sql.SQLite().CompileWrite(remove)
	if err != nil {
		t.Fatal(err)
	}
	insert := &qb.Write{Registry: reg, Kind: qb.Insert, Entity: book, Table: book.Table, Set: book.Property("title").Columns}
	inserted, err := sql.SQLite().CompileWrite(insert)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		form            *sql.WriteStatement
		n, rows, places int
	}{
		{listed.Uncounted(), 1, 1, 1},
		{listed.Uncounted(), 15, 8, 8}, // a short list has few pieces
		{listed.Uncounted(), 32, 32, 32},
		{listed.Uncounted(), 33, 32, 32}, // the rest would be repeated for nothing
		{listed.Uncounted(), 55, 32, 32},
		{listed.Uncounted(), 56, 56, 64},
		{listed.Uncounted(), 1000, 1000, 1024},
		{inserted, 63, 32, 32}, // no row is inserted twice
	} {
		if rows, places := c.form.Lot(c.n); rows != c.rows || places != c.places {
			t.Errorf("%d rows: %d in a statement for %d, want %d for %d", c.n, rows, places, c.rows, c.places)
		}
	}
}
