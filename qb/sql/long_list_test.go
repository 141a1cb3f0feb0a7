package sql_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
	weftsql "github.com/weft-orm/weft/qb/sql"
)

// related is the query that loads the items of a relation for owners.
func related(t *testing.T, reg *mapper.Registry, entity, relation string) *qb.Select {
	t.Helper()
	p := reg.Entity(entity).Property(relation)
	q, err := find.Related(reg, &populate.Node{Relation: p, Path: relation, Strategy: populate.SelectIn, Limit: -1, Offset: -1})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// keysTo are whole numbers from 1 as a list of owners' keys.
func keysTo(n int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = int64(i + 1)
	}
	return list
}

// TestLongLists says when the keys of owners have a placeholder each: on MariaDB, of whole
// numbers, where they are many, to the next power of two.
func TestLongLists(t *testing.T) {
	reg := registry(t)
	for _, c := range []struct {
		entity, relation string
		keys             []any
		want             int // placeholders on MariaDB
	}{
		{"Author", "books", keysTo(1), 1},
		{"Author", "books", keysTo(1000), 1},
		{"Author", "books", keysTo(1001), 1024},
		{"Author", "books", keysTo(1024), 1024},
		{"Author", "books", keysTo(1025), 2048},
		{"Book", "tags", keysTo(4000), 4096},
		{"Book", "tags", keysTo(32768), 32768},
		{"Book", "tags", keysTo(32769), 1},
		{"Publisher", "books", []any{"a", "b"}, 1},
	} {
		q := related(t, reg, c.entity, c.relation)
		for _, d := range weftsql.Dialects() {
			st, err := d.Compile(q)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time the text is known
				text, params, err := st.BindText(nil, []any{c.keys})
				if err != nil {
					t.Fatal(err)
				}
				want := 1
				if d == weftsql.MariaDB() {
					want = c.want
				}
				if len(params) != want || strings.Count(text, "?") != want && d != weftsql.Postgres() {
					t.Errorf("%s: %d keys of %s.%s: %d parameters, want %d", d.Name(), len(c.keys), c.entity, c.relation, len(params), want)
				}
				if want == 1 {
					continue
				}
				if i := len(c.keys); params[i-1] != int64(i) || params[want-1] != int64(i) || strings.Contains(text, "JSON_TABLE") {
					t.Errorf("%d keys end with %v, %v", i, params[i-1], params[want-1])
				}
			}
		}
	}
	st, err := weftsql.MariaDB().Compile(related(t, reg, "Book", "tags"))
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := st.BindText(nil, []any{keysTo(1001)})
	if err != nil {
		t.Fatal(err)
	}
	const short = "SELECT j.v FROM JSON_TABLE(?, '$[*]' COLUMNS (v bigint PATH '$')) AS j"
	if got := strings.Replace(st.Text, short, strings.Repeat("?, ", 1023)+"?", 1); got != text {
		t.Errorf("%.300s", text)
	}
}

// TestLongListsOfWrites says when the list of a bulk write has a placeholder for each number.
func TestLongListsOfWrites(t *testing.T) {
	reg := registry(t)
	marks := func(n int) string { return strings.Repeat("?, ", n-1) + "?" }
	const joined = "DELETE `tags` FROM `tags` INNER JOIN JSON_TABLE(?, '$[*]' COLUMNS (v0 bigint PATH '$')) AS `e0` ON (`tags`.`id` = `e0`.`v0`)"
	tags := qb.New(reg, "Tag", "").Where(M{"id": []int{1}})
	for _, c := range []struct {
		dialect *weftsql.Dialect
		query   *qb.Builder
		keys    int
		want    string
		params  int
	}{
		{weftsql.SQLite(), tags.Delete(), 31, `DELETE FROM "tags" WHERE ("tags"."id" IN (SELECT value FROM json_each(?)))`, 1},
		{weftsql.SQLite(), tags.Delete(), 33, `DELETE FROM "tags" WHERE ("tags"."id" IN (` + marks(64) + `))`, 64},
		{weftsql.SQLite(), tags.Update(M{"name": "a"}), 1000, `UPDATE "tags" SET "name"=? WHERE ("tags"."id" IN (` + marks(1024) + `))`, 1025},
		{weftsql.MariaDB(), tags.Delete(), 31, joined, 1},
		{weftsql.MariaDB(), tags.Delete(), 32, "DELETE FROM `tags` WHERE (`tags`.`id` IN (" + marks(32) + "))", 32},
		{weftsql.MariaDB(), tags.Delete(), 1000, "DELETE FROM `tags` WHERE (`tags`.`id` IN (" + marks(512) + ") OR `tags`.`id` IN (" + marks(512) + "))", 1024},
		{weftsql.MySQL(), tags.Delete(), 1000, joined, 1},
		// The lists are one condition: what stands beside them holds for all of their rows.
		{weftsql.MariaDB(), tags.Where(M{"name": "a"}).Delete(), 1000, "DELETE FROM `tags` WHERE ((`tags`.`id` IN (" + marks(512) + ") OR `tags`.`id` IN (" + marks(512) + ")) AND (`tags`.`name` = ?))", 1025},
	} {
		q, args, err := c.query.Query()
		if err != nil {
			t.Fatal(err)
		}
		st, err := c.dialect.Compile(q)
		if err != nil {
			t.Fatal(err)
		}
		for i, arg := range args {
			if _, list := arg.([]any); list {
				args[i] = keysTo(c.keys)
			}
		}
		for range 2 { // the second time the text is known
			text, params, err := st.BindText(nil, args)
			if err != nil || text != c.want || len(params) != c.params {
				t.Errorf("%s, %d keys: %v, %d parameters\n%s\n%s", c.dialect.Name(), c.keys, err, len(params), text, c.want)
			}
		}
	}
}
