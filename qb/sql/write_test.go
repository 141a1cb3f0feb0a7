package sql_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/corpus"
)

// rowWrite is a write of rows as a flush makes them.
type rowWrite struct {
	name string
	w    *qb.Write
	rows [][]any
}

func columns(t *testing.T, e *mapper.Entity, names ...string) []*mapper.Column {
	t.Helper()
	var out []*mapper.Column
	for _, n := range names {
		i := slices.IndexFunc(e.Columns, func(c *mapper.Column) bool { return c.Name == n })
		if i < 0 {
			t.Fatalf("%s has no column %s", e.Name, n)
		}
		out = append(out, e.Columns[i])
	}
	return out
}

func rowWrites(t *testing.T, reg *mapper.Registry) []rowWrite {
	author, line, customer, product := reg.Entity("Author"), reg.Entity("OrderLine"), reg.Entity("Customer"), reg.Entity("Product")
	write := func(k qb.WriteKind, e *mapper.Entity, set, match []*mapper.Column) *qb.Write {
		return &qb.Write{Registry: reg, Kind: k, Entity: e, Table: e.Table, Set: set, Match: match}
	}
	insert := write(qb.Insert, author, columns(t, author, "name", "age", "born_at"), nil)
	returning := *insert
	returning.Returning = columns(t, author, "id")
	defaults := *insert
	defaults.Returning = columns(t, author, "id", "version")
	tags := reg.Entity("Book").Property("tags")
	pivot := tags.Relation.Pivot
	link := &qb.Write{Registry: reg, Kind: qb.Insert, Pivot: tags, Table: pivot.Table, Set: slices.Concat(pivot.Owner, pivot.Target)}
	unlink := &qb.Write{Registry: reg, Kind: qb.Delete, Pivot: tags, Table: pivot.Table, Match: slices.Concat(pivot.Owner, pivot.Target)}
	many := func(n int, row func(i int) []any) [][]any {
		out := make([][]any, n)
		for i := range out {
			out[i] = row(i)
		}
		return out
	}
	return []rowWrite{
		{"insert", insert, many(2, func(i int) []any { return []any{"n", int64(i), nil} })},
		{"insert, key back", &returning, many(2, func(i int) []any { return []any{"n", nil, nil} })},
		{"insert, key and more back", &defaults, many(1, func(i int) []any { return []any{"n", nil, nil} })},
		{"insert of nothing", write(qb.Insert, author, nil, nil), [][]any{{}}},
		{"insert of every kind", write(qb.Insert, customer, columns(t, customer, "id", "labels", "meta", "joined_at"), nil),
			many(2, func(i int) []any {
				return []any{mapper.UUID{15: byte(200 + i)}, []any{"a", `b"c,d`}, []byte(`{"k":"v"}`), nil}
			})},
		{"insert of decimals", write(qb.Insert, product, columns(t, product, "name", "price", "released", "image"), nil),
			many(2, func(i int) []any { return []any{"p", mapper.Decimal("12.30"), nil, []byte{1, 0, 255}} })},
		{"update", write(qb.Update, author, columns(t, author, "name", "age"), columns(t, author, "id")),
			many(3, func(i int) []any { return []any{fmt.Sprint("u", i), nil, int64(1000 + i)} })},
		{"update by version", write(qb.Update, author, columns(t, author, "name", "version"), columns(t, author, "id", "version")),
			many(2, func(i int) []any { return []any{"u", int64(2), int64(1000 + i), int64(1)} })},
		{"update by composite key", write(qb.Update, line, columns(t, line, "quantity"), columns(t, line, "order_id", "product_id")),
			many(2, func(i int) []any { return []any{int64(5), int64(1000), int64(i)} })},
		{"update of the key too", write(qb.Update, author, columns(t, author, "id", "name"), columns(t, author, "id")),
			many(2, func(i int) []any { return []any{int64(2000 + i), fmt.Sprint("u", i), int64(1000 + i)} })},
		{"update of a part of a composite key too", write(qb.Update, line, columns(t, line, "product_id", "quantity"), columns(t, line, "order_id", "product_id")),
			many(2, func(i int) []any { return []any{int64(7 + i), int64(5), int64(1000), int64(i)} })},
		{"update of a composite key", write(qb.Update, line, columns(t, line, "order_id", "product_id"), columns(t, line, "order_id", "product_id")),
			many(2, func(i int) []any { return []any{int64(2000), int64(7 + i), int64(1000), int64(i)} })},
		{"update of documents and decimals", write(qb.Update, product, columns(t, product, "price", "status"), columns(t, product, "id")),
			many(2, func(i int) []any { return []any{mapper.Decimal("1.00"), "active", int64(1000 + i)} })},
		{"delete", write(qb.Delete, author, nil, columns(t, author, "id")), many(3, func(i int) []any { return []any{int64(1000 + i)} })},
		{"delete by composite key", write(qb.Delete, line, nil, columns(t, line, "order_id", "product_id")),
			many(2, func(i int) []any { return []any{int64(1000), int64(i)} })},
		{"link", link, many(2, func(i int) []any { return []any{int64(1000), int64(i)} })},
		{"unlink", unlink, many(2, func(i int) []any { return []any{int64(1000), int64(i)} })},
	}
}

// TestWrites compares texts for one and for several rows with a golden file.
func TestWrites(t *testing.T) {
	var out strings.Builder
	reg := registry(t)
	author := reg.Entity("Author")
	upsert := &qb.Write{Registry: reg, Kind: qb.Insert, Entity: author, Table: author.Table, Set: columns(t, author, "id", "name", "version"),
		Conflict: &qb.Conflict{On: columns(t, author, "id"), Merge: columns(t, author, "name", "version"), Count: columns(t, author, "version")}}
	cases := append(rowWrites(t, reg), rowWrite{"upsert that counts the version", upsert, [][]any{{int64(1), "n", int64(1)}, {int64(2), "n", int64(1)}}})
	for _, c := range cases {
		fmt.Fprintf(&out, "== %s\n", c.name)
		for _, d := range sql.Dialects() {
			ws, err := d.CompileWrite(c.w)
			if err != nil {
				fmt.Fprintf(&out, "%-9s error: %v\n", d.Name(), err)
				continue
			}
			if ws.Copy != nil {
				data, err := ws.Copy.Append(nil, c.rows)
				if err != nil {
					t.Errorf("%s: %s: %v", c.name, d.Name(), err)
				}
				fmt.Fprintf(&out, "%-9s %s\n          %q\n", d.Name(), ws.Copy.Text, data)
			}
			sizes := []int{1}
			if n := min(len(c.rows), ws.MaxRows); n > 1 {
				sizes = append(sizes, n)
			}
			for _, n := range sizes {
				chunk := ws.Chunk(n)
				fmt.Fprintf(&out, "%-9s %s%s\n", d.Name(), chunk.Text, notes(chunk))
				args, err := ws.Bind(nil, c.rows[:n])
				if err != nil {
					t.Errorf("%s: %s: %v", c.name, d.Name(), err)
				}
				if len(args) > 0 {
					fmt.Fprintf(&out, "          %s\n", corpus.Parameters(args))
				}
			}
		}
		out.WriteByte('\n')
	}
	golden.Check(t, "write.golden", out.String())
}

// notes are the facts of a chunk beside its text.
func notes(c sql.Chunk) string {
	var s string
	if c.Returns {
		s += " -- returns"
	}
	if c.Numbered {
		s += " -- numbered"
	}
	if c.LastInsertID {
		s += " -- last insert id"
	}
	if c.ReadBack != "" {
		s += fmt.Sprintf(" -- then %s %v", c.ReadBack, c.ReadBackKey)
	}
	return s
}

// TestWritesRun runs every form on every engine.
func TestWritesRun(t *testing.T) {
	reg := registry(t)
	for _, e := range engines(t, reg) {
		for _, c := range rowWrites(t, reg) {
			ws, err := e.dialect.CompileWrite(c.w)
			if err != nil {
				continue
			}
			for _, n := range []int{1, min(len(c.rows), ws.MaxRows)} {
				args, err := ws.Bind(nil, c.rows[:n])
				if err != nil {
					t.Fatal(err)
				}
				if _, err := e.rows(ws.Text(n), args); err != nil {
					t.Errorf("%s: %s: %v", c.name, e.dialect.Name(), err)
				}
			}
		}
	}
}

// TestNumberedRows: an update of many rows tells which of them it matched.
func TestNumberedRows(t *testing.T) {
	reg := registry(t)
	author := reg.Entity("Author")
	w := &qb.Write{Kind: qb.Update, Entity: author, Table: author.Table,
		Set: columns(t, author, "name"), Match: columns(t, author, "id")}
	rows := [][]any{{"x", int64(1)}, {"y", int64(4711)}, {"z", int64(2)}}
	for _, e := range engines(t, reg) {
		ws, err := e.dialect.CompileWrite(w)
		if err != nil {
			t.Fatal(err)
		}
		if ws.MaxRows < len(rows) || !ws.Chunk(len(rows)).Numbered {
			continue
		}
		args, err := ws.Bind(nil, rows)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.rows(ws.Text(len(rows)), args)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, []string{"1", "3"}) {
			t.Errorf("%s: matched %v, %v; want rows 1 and 3", e.dialect.Name(), got, err)
		}
	}
}

// TestUpdateOfManyRowsChangesEachByItsKey on every engine that writes many rows at once.
func TestUpdateOfManyRowsChangesEachByItsKey(t *testing.T) {
	reg := registry(t)
	author := reg.Entity("Author")
	w := &qb.Write{Kind: qb.Update, Entity: author, Table: author.Table,
		Set: columns(t, author, "name", "age"), Match: columns(t, author, "id")}
	rows := [][]any{{"one", int64(11), int64(1)}, {"two", nil, int64(2)}, {"three", int64(33), int64(3)}}
	for _, e := range engines(t, reg) {
		ws, err := e.dialect.CompileWrite(w)
		if err != nil {
			t.Fatal(err)
		}
		for chunk := range slices.Chunk(rows, ws.MaxRows) {
			args, err := ws.Bind(nil, chunk)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := e.db.Exec(ws.Text(len(chunk)), args...); err != nil {
				t.Fatalf("%s: %v", e.dialect.Name(), err)
			}
		}
		got, err := e.rows("SELECT name, age FROM authors WHERE id <= 3 ORDER BY id", nil)
		if want := []string{"one11", "two<nil>", "three33"}; err != nil || !slices.Equal(plain(got), want) {
			t.Errorf("%s: %v, %v; want %v", e.dialect.Name(), got, err, want)
		}
	}
}

// plain removes the spaces fmt puts between operands of which none is text.
func plain(rows []string) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = strings.ReplaceAll(r, " ", "")
	}
	return out
}

func TestWriteMistakes(t *testing.T) {
	reg := registry(t)
	author := reg.Entity("Author")
	id, name := columns(t, author, "id"), columns(t, author, "name")
	for _, c := range []struct {
		name string
		w    *qb.Write
		want error
	}{
		{"no table", &qb.Write{Kind: qb.Insert, Set: name}, sql.ErrQuery},
		{"condition form", &qb.Write{Kind: qb.Delete, Table: author.Table, All: true}, sql.ErrQuery},
		{"update without match", &qb.Write{Kind: qb.Update, Table: author.Table, Set: name}, sql.ErrQuery},
		{"delete that sets", &qb.Write{Kind: qb.Delete, Table: author.Table, Set: name, Match: id}, sql.ErrQuery},
		{"insert that matches", &qb.Write{Kind: qb.Insert, Table: author.Table, Set: name, Match: id}, sql.ErrQuery},
		{"empty name", &qb.Write{Kind: qb.Insert, Table: &mapper.Table{}, Set: name}, sql.ErrIdentifier},
		{"truncate", &qb.Write{Kind: qb.Truncate, Table: author.Table}, sql.ErrQuery},
	} {
		for _, d := range sql.Dialects() {
			if _, err := d.CompileWrite(c.w); !errors.Is(err, c.want) {
				t.Errorf("%s: %s: %v, want %v", c.name, d.Name(), err, c.want)
			}
		}
	}
	ws, err := sql.SQLite().CompileWrite(&qb.Write{Kind: qb.Insert, Table: author.Table, Set: name})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ws.Bind(nil, [][]any{{"a", "b"}}); !errors.Is(err, sql.ErrArgument) {
		t.Errorf("a row of another width: %v", err)
	}
}

func TestCopyEscapes(t *testing.T) {
	author := registry(t).Entity("Author")
	ws, err := sql.Postgres().CompileWrite(&qb.Write{Kind: qb.Insert, Entity: author, Table: author.Table, Set: columns(t, author, "name", "age")})
	if err != nil {
		t.Fatal(err)
	}
	data, err := ws.Copy.Append([]byte("before|"), [][]any{{"a\tb\nc\rd\\e\\.", nil}, {`\N`, int64(-1)}, {"", int64(0)}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "before|" + `a\tb\nc\rd\\e\\.` + "\t\\N\n" + `\\N` + "\t-1\n" + "\t0\n"; string(data) != want {
		t.Errorf("%q, want %q", data, want)
	}
	for _, rows := range [][][]any{{{"a"}}, {{"a", "b"}, {1.5i, nil}}} {
		if _, err := ws.Copy.Append(nil, rows); !errors.Is(err, sql.ErrArgument) {
			t.Errorf("%v: error = %v", rows, err)
		}
	}
}

// TestListsOfChanges: MariaDB gets shorter lists of pairs to delete, because it plans long
// ones badly. Its updates have no list: they join a document.
func TestListsOfChanges(t *testing.T) {
	reg := registry(t)
	author, pivot := reg.Entity("Author"), reg.Entity("Book").Property("tags").Relation.Pivot
	key := columns(t, author, "id")
	writes := []*qb.Write{
		{Registry: reg, Kind: qb.Delete, Entity: author, Table: author.Table, Match: key},
		{Registry: reg, Kind: qb.Delete, Table: pivot.Table, Match: slices.Concat(pivot.Owner, pivot.Target)},
		{Registry: reg, Kind: qb.Update, Entity: author, Table: author.Table, Set: columns(t, author, "name"), Match: key},
		{Registry: reg, Kind: qb.Update, Entity: author, Table: author.Table, Set: columns(t, author, "name"), Match: columns(t, author, "id", "version")},
	}
	for dialect, want := range map[*sql.Dialect][]int{
		sql.MariaDB():  {1000, 32, 1000, 1000},
		sql.MySQL():    {1000, 1000, 1000, 1000},
		sql.Postgres(): {1000, 1000, 1000, 1000},
	} {
		var got []int
		for _, w := range writes {
			ws, err := dialect.CompileWrite(w)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ws.MaxRows)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: statements of at most %d rows, want %d", dialect.Name(), got, want)
		}
	}
}

// TestListsOfDeletes: no list of a delete on MariaDB is longer than 512.
func TestListsOfDeletes(t *testing.T) {
	reg := registry(t)
	author := reg.Entity("Author")
	ws, err := sql.MariaDB().CompileWrite(&qb.Write{Registry: reg, Kind: qb.Delete, Entity: author, Table: author.Table, Match: columns(t, author, "id")})
	if err != nil {
		t.Fatal(err)
	}
	list := func(n int) string { return "`id` IN (" + strings.Repeat("?, ", n-1) + "?)" }
	for n, want := range map[int]string{2: list(2), 512: list(512), 513: list(512) + " OR " + list(1), 1000: list(512) + " OR " + list(488)} {
		if got := ws.Text(n); got != "DELETE FROM `authors` WHERE "+want {
			t.Errorf("%d rows: %s", n, got)
		}
	}
}

// TestFormsOfDeletes: MariaDB finds the links of one owner by a list of targets,
// and those of many owners by short lists of pairs.
func TestFormsOfDeletes(t *testing.T) {
	reg := registry(t)
	pivot := reg.Entity("Book").Property("tags").Relation.Pivot
	w := &qb.Write{Registry: reg, Kind: qb.Delete, Table: pivot.Table, Match: slices.Concat(pivot.Owner, pivot.Target)}
	var rows [][]any
	for _, owner := range []struct{ id, links int64 }{{1, 1200}, {2, 5}, {3, 40}, {4, 33}} {
		for i := range owner.links {
			rows = append(rows, []any{owner.id, i})
		}
	}
	rows = append(rows, []any{nil, int64(1)}, []any{nil, int64(2)})
	for dialect, want := range map[*sql.Dialect][]int{
		sql.MariaDB():  {999, 201, 32, 32, 16},
		sql.MySQL():    {1000, 280},
		sql.Postgres(): {1000, 280},
	} {
		all, err := dialect.CompileWrite(w)
		if err != nil {
			t.Fatal(err)
		}
		var sizes []int
		for rest := rows; len(rest) > 0; {
			ws, n := all.Form(rest)
			args, err := ws.Bind(nil, rest[:n])
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(ws.Text(n), "?"); dialect == sql.MariaDB() && got != len(args) {
				t.Errorf("%d parameters for %s", len(args), ws.Text(n))
			}
			sizes, rest = append(sizes, n), rest[n:]
		}
		if !slices.Equal(sizes, want) {
			t.Errorf("%s: statements of %v rows, want %v", dialect.Name(), sizes, want)
		}
	}
}

func TestTextOfAlikeRows(t *testing.T) {
	reg := registry(t)
	pivot := reg.Entity("Book").Property("tags").Relation.Pivot
	all, err := sql.MariaDB().CompileWrite(&qb.Write{Registry: reg, Kind: qb.Delete, Table: pivot.Table, Match: slices.Concat(pivot.Owner, pivot.Target)})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([][]any, 40)
	for i := range rows {
		rows[i] = []any{int64(7), int64(i)}
	}
	ws, n := all.Form(rows)
	args, err := ws.Bind(nil, rows[:3])
	if err != nil || n != 40 {
		t.Fatal(n, err)
	}
	if got, want := ws.Text(3), "DELETE FROM `book_tags` WHERE `book_id` = ? AND `tag_id` IN (?, ?, ?)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if want := []any{int64(7), int64(0), int64(1), int64(2)}; !slices.Equal(args, want) {
		t.Errorf("%v, want %v", args, want)
	}
	if got, want := ws.Text(1), all.Text(1); got != want {
		t.Errorf("one row: %s, want %s", got, want)
	}
}
