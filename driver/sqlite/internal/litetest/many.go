package litetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

type pieceByText struct {
	Key   string `orm:",pk,type=text"`
	Small int8
	Many  []string
	At    *time.Time
	Price mapper.Decimal `orm:",type=decimal"`
	Raw   []byte
	Share float64
	On    bool
}

type pieceByID struct {
	ID   mapper.UUID `orm:",pk"`
	Name *string
}

type pieceByBoth struct {
	Left  int64  `orm:",pk"`
	Right string `orm:",pk"`
	Name  *string
}

// manyRows updates rows together and one by one: keys of every
// kind find their rows, and values are stored alike.
func (b Binding) manyRows(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, pieceByText{}, pieceByID{}, pieceByBoth{})
	if err != nil {
		t.Fatal(err)
	}
	e := connect(t, b.Memory())
	s := session(t, e, driver.SessionOptions{})
	id := func(i int) (u mapper.UUID) { u[0], u[15] = byte(i), 7; return u }
	for _, c := range []struct {
		entity, table string
		row           func(i, version int) []any // of the columns behind the key
		key           func(i int) []any
	}{
		{"pieceByText", `"key" text PRIMARY KEY, "small" integer, "many" text, "at" text, "price" text, "raw" blob, "share" real, "on" integer`,
			func(i, v int) []any {
				return []any{int64(i), []any{"a", fmt.Sprint(v)}, nil, mapper.Decimal(fmt.Sprint(v, ".50")), []byte{1, byte(v)}, float64(i) / 3, v%2 == 0}
			},
			func(i int) []any { return []any{fmt.Sprint(i)} }},
		{"pieceByID", `"id" text PRIMARY KEY, "name" text`, func(i, v int) []any { return []any{fmt.Sprint(v)} }, func(i int) []any { return []any{id(i)} }},
		{"pieceByBoth", `"left" integer, "right" text, "name" text, PRIMARY KEY ("left", "right")`,
			func(i, v int) []any { return []any{nil} }, func(i int) []any { return []any{int64(i), fmt.Sprint(i)} }},
	} {
		meta := reg.Entity(c.entity)
		exec(t, s, `DROP TABLE IF EXISTS "`+meta.Table.Name+`"`)
		exec(t, s, `CREATE TABLE "`+meta.Table.Name+`" (`+c.table+`)`)
		keys := meta.KeyColumns
		var rest []*mapper.Column
		for _, column := range meta.Columns {
			if column.Property == nil || !column.Property.Primary {
				rest = append(rest, column)
			}
		}
		run := func(w *qb.Write, rows [][]any, uncounted bool) *driver.Op {
			t.Helper()
			w.Registry, w.Entity, w.Table = reg, meta, meta.Table
			p, err := e.Compile(w)
			if err != nil {
				t.Fatal(err)
			}
			op := &driver.Op{P: p, Rows: rows, Uncounted: uncounted}
			if err := s.Exec(t.Context(), []*driver.Op{op}); err != nil {
				t.Fatal(c.entity, err)
			}
			return op
		}
		const n = 70
		inserts, updates := make([][]any, n), make([][]any, n)
		for i := range n {
			inserts[i] = append(c.key(i), c.row(i, 0)...)
			updates[i] = append(c.row(i, 1), c.key(i)...)
		}
		run(&qb.Write{Kind: qb.Insert, Set: append(append([]*mapper.Column{}, keys...), rest...)}, inserts, false)
		stored := func() string {
			return fmt.Sprintf("%#v", query(t, s, `SELECT * FROM "`+meta.Table.Name+`" ORDER BY 1`))
		}
		first := stored()
		update := qb.Write{Kind: qb.Update, Set: rest, Match: keys}
		single := update
		if op := run(&single, updates, false); op.Sent != n {
			t.Errorf("%s: %d statements for %d rows that are counted", c.entity, op.Sent, n)
		}
		want := stored()
		for i := range n {
			updates[i] = append(c.row(i, 0), c.key(i)...)
		}
		back := update
		run(&back, updates, true)
		if got := stored(); got != first {
			t.Errorf("%s: rows are\n%s\nwant\n%s", c.entity, got, first)
		}
		for i := range n {
			updates[i] = append(c.row(i, 1), c.key(i)...)
		}
		many := update
		if op := run(&many, updates, true); op.Sent != 3 { // 64, 4 and 2
			t.Errorf("%s: %d statements", c.entity, op.Sent)
		}
		if got := stored(); got != want {
			t.Errorf("%s: rows are\n%s\nwant\n%s", c.entity, got, want)
		}
	}
}

// keysOfManyRows: rows that are inserted together get keys in their order.
func (b Binding) keysOfManyRows(t *testing.T) {
	type numbered struct {
		ID   int64
		Name string
	}
	reg, err := mapper.Build(mapper.Options{}, numbered{})
	if err != nil {
		t.Fatal(err)
	}
	e := connect(t, b.Memory())
	s := session(t, e, driver.SessionOptions{})
	meta := reg.Entity("numbered")
	exec(t, s, `CREATE TABLE "`+meta.Table.Name+`" ("id" integer PRIMARY KEY, "name" text UNIQUE)`)
	exec(t, s, `CREATE TABLE others ("id" integer PRIMARY KEY)`)
	// Rows that a trigger inserts take keys in between.
	exec(t, s, `CREATE TRIGGER also AFTER INSERT ON "`+meta.Table.Name+`" WHEN new.name LIKE 'n%0' BEGIN INSERT INTO "`+meta.Table.Name+`" ("name") VALUES ('t' || new.name); END`)
	p, err := e.Compile(&qb.Write{Registry: reg, Kind: qb.Insert, Entity: meta, Table: meta.Table, Set: meta.Property("name").Columns, Returning: meta.KeyColumns})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([][]any, 200)
	for i := range rows {
		rows[i] = []any{fmt.Sprint("n", i)}
	}
	op := &driver.Op{P: p, Rows: rows}
	if err := s.Exec(t.Context(), []*driver.Op{op}); err != nil {
		t.Fatal(err)
	}
	for i, returned := range op.Returned {
		if got := query(t, s, fmt.Sprint(`SELECT name FROM "`, meta.Table.Name, `" WHERE id = `, returned[0])); fmt.Sprint(got) != fmt.Sprintf("[[n%d]]", i) {
			t.Errorf("row %d has the key of %v", i, got)
		}
	}
	op.Rows = append([][]any{{"x"}, {"y"}}, []any{"n7"}, []any{"z"})
	err = s.Exec(t.Context(), []*driver.Op{op})
	if d, ok := errors.AsType[*driver.Error](err); !ok || d.Class != driver.ErrUniqueViolation || d.Row != 2 {
		t.Errorf("the third row fails: %v", err)
	}
}

// listedRows deletes rows by one list, of more places than rows where that is one statement
// less, and tells of the row that cannot go.
func (b Binding) listedRows(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, pieceByText{}, pieceByBoth{})
	if err != nil {
		t.Fatal(err)
	}
	e := connect(t, b.Memory())
	const n = 60
	for _, c := range []struct {
		entity, table string
		key           func(i int) []any
	}{
		{"pieceByText", `"key" text PRIMARY KEY`, func(i int) []any { return []any{fmt.Sprint(i)} }},
		{"pieceByBoth", `"left" integer, "right" text UNIQUE, PRIMARY KEY ("left", "right")`, func(i int) []any { return []any{int64(7), fmt.Sprint(i)} }},
	} {
		meta := reg.Entity(c.entity)
		key := meta.KeyColumns[len(meta.KeyColumns)-1].Name
		s := session(t, e, driver.SessionOptions{})
		exec(t, s, `CREATE TABLE "`+meta.Table.Name+`" (`+c.table+`)`)
		exec(t, s, `CREATE TABLE "keeps `+c.entity+`" ("at" text REFERENCES "`+meta.Table.Name+`" ("`+key+`"))`)
		insert := &qb.Write{Registry: reg, Kind: qb.Insert, Entity: meta, Table: meta.Table, Set: meta.KeyColumns}
		remove := &qb.Write{Registry: reg, Kind: qb.Delete, Entity: meta, Table: meta.Table, Match: meta.KeyColumns}
		run := func(w *qb.Write, rows [][]any) (*driver.Op, error) {
			p, err := e.Compile(w)
			if err != nil {
				t.Fatal(err)
			}
			op := &driver.Op{P: p, Rows: rows, Uncounted: true}
			return op, s.Exec(t.Context(), []*driver.Op{op})
		}
		rows := make([][]any, n+2)
		for i := range rows {
			rows[i] = c.key(i)
		}
		if _, err := run(insert, rows); err != nil {
			t.Fatal(err)
		}
		left := func() string {
			return fmt.Sprint(query(t, s, `SELECT count(*), min("`+key+`"), max("`+key+`") FROM "`+meta.Table.Name+`"`))
		}
		exec(t, s, `INSERT INTO "keeps `+c.entity+`" VALUES ('41')`)
		_, err := run(remove, rows[:n])
		if d, ok := errors.AsType[*driver.Error](err); !ok || d.Class != driver.ErrForeignKeyViolation || d.Row != 41 {
			t.Errorf("%s: the row that something refers to: %v", c.entity, err)
		}
		exec(t, s, `DELETE FROM "keeps `+c.entity+`"`)
		if op, err := run(remove, rows[:n]); err != nil || op.Sent != 1 || left() != "[[2 60 61]]" {
			t.Errorf("%s: %d statements, error %v, left are %s", c.entity, op.Sent, err, left())
		}
	}
}
