package sql_test

import (
	"testing"

	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// TestTotals shows what is left out, or put together, when only the sum of the counts
// is asked for.
func TestTotals(t *testing.T) {
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
		{sql.SQLite(), update, `UPDATE "books" SET "title" = ? WHERE "id" = ?`},
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
