package sql_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	weftsql "github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/rel"
)

// TestSemiJoinsAskedOnce says which conditions on related rows SQLite evaluates once for
// all rows, as key IN (sub-query); the other engines plan EXISTS so by themselves.
func TestSemiJoinsAskedOnce(t *testing.T) {
	reg := registry(t)
	author := func(where M) *qb.Builder { return qb.New(reg, "Author", "a").Select("id").Where(where) }
	for _, c := range []struct {
		name  string
		query *qb.Builder
		once  bool
	}{
		{"equality", author(M{"books.title": "x"}), true},
		{"list", author(M{"books.title": []any{"x", "y"}}), true},
		{"beside others on the same row", author(M{"books": M{"$some": M{"title": "x", "pages >": 3}}}), true},
		{"of a target", author(M{"books.publisher.name": "x"}), true},
		{"of a related row of the related row", author(M{"books.tags.name": "x"}), true},
		{"its key alone, in the join table", qb.New(reg, "Book", "b").Select("id").Where(M{"tags": 3}), true},
		{"each of several branches", author(M{"books": M{"$some": M{"$or": []any{M{"title": "x"}, M{"pages": 3}}}}}), true},
		{"beside a condition without an index", author(M{"books.title": "x", "age >": 3}), true},
		{"count", author(M{"books.title": "x"}).Count(), true},
		{"beside a related row like many", author(M{"$and": []any{M{"books.title": "x"}, M{"books.pages >": 3}}}), false},

		{"comparison", author(M{"books.pages >": 3}), false},
		{"pattern", author(M{"books.title:like": "x%"}), false},
		{"unequal", author(M{"books.title:ne": "x"}), false},
		{"truth value", qb.New(reg, "Publisher", "p").Select("name").Where(M{"books.author.active": true}), false},
		{"one of several branches", author(M{"books": M{"$some": M{"$or": []any{M{"title": "x"}, M{"pages >": 3}}}}}), false},
		{"in a branch", author(M{"$or": []any{M{"books.title": "x"}, M{"age": 3}}}), false},
		{"negated", author(M{"books": M{"$none": M{"title": "x"}}}), false},
		{"every", author(M{"books": M{"$every": M{"title": "x"}}}), false},
		{"any at all", author(M{"books": M{"$some": M{}}}), false},
		{"root by key", author(M{"books.title": "x", "id": 3}), false},
		{"root by keys", author(M{"books.title": "x", "id": []any{3, 4}}), false},
		{"root by keys in branches", author(M{"books.title": "x", "$or": []any{M{"id": 3}, M{"email": "y"}}}), false},
		{"root by a unique property", author(M{"books.title": "x", "email": "y"}), false},
		{"root by a reference", qb.New(reg, "Book", "b").Select("id").Where(M{"tags.name": "x", "author": 3}), false},
		{"root by a target", qb.New(reg, "Book", "b").Select("id").Where(M{"tags.name": "x", "author.email": "y"}), false},
		{"root by an index that is asked for", author(M{"books.title": "x"}).UseIndex("by_name").OrderBy("name"), false},
		{"beside a join", author(M{"books.title": "x"}).Join("books", "o"), false},
		{"asked for", author(M{"books.title": "x"}).Exists(), false},
	} {
		for _, d := range weftsql.Dialects() {
			q, _, err := c.query.Query()
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			st, err := d.Compile(q)
			if errors.Is(err, weftsql.ErrUnsupported) && d == weftsql.Postgres() {
				continue // it takes no hints at indexes
			}
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			exists := strings.Contains(st.Text, "EXISTS (")
			if want := !c.once || d != weftsql.SQLite(); exists != want {
				t.Errorf("%s on %s: EXISTS %t, want %t\n%s", c.name, d.Name(), exists, want, st.Text)
			}
		}
	}
}

type shelf struct {
	Code  string                 `orm:",pk"`
	Books rel.Collection[volume] `orm:",mappedBy=Shelf"`
}

type volume struct {
	ID    int64
	Title string
	Shelf rel.Ref[shelf]
}

// TestSemiJoinsOfDifferentCollations keeps EXISTS where the key compares by another
// collation than what refers to it: IN would compare by that of the key.
func TestSemiJoinsOfDifferentCollations(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, shelf{}, volume{})
	if err != nil {
		t.Fatal(err)
	}
	key, reference := [2]string{"shelves", "code"}, [2]string{"volumes", "shelf_code"}
	for _, c := range []struct {
		found map[[2]string]string
		once  bool
	}{
		{nil, true},
		{map[[2]string]string{key: "NOCASE", reference: "NOCASE"}, true},
		{map[[2]string]string{key: "NOCASE"}, false},
		{map[[2]string]string{reference: "NOCASE"}, false},
	} {
		q, _, err := qb.New(reg, "shelf", "").Select("code").Where(M{"books.title": "x"}).Query()
		if err != nil {
			t.Fatal(err)
		}
		st, err := weftsql.SQLite().WithCollations(c.found).Compile(q)
		if err != nil {
			t.Fatal(err)
		}
		if once := !strings.Contains(st.Text, "EXISTS"); once != c.once {
			t.Errorf("%v: once %t, want %t\n%s", c.found, once, c.once, st.Text)
		}
	}
}

// TestSemiJoinsOfDifferentTypes asks SQLite whether both forms compare alike whatever the
// types of the key and of what refers to it, NULLs and pairs included.
func TestSemiJoinsOfDifferentTypes(t *testing.T) {
	db := open(t, sqliteDriver(), ":memory:")
	types := []string{"integer", "real", "numeric", "text", "blob", ""}
	const values = "(1), (2.0), ('1'), ('2.0'), ('01'), ('x'), (x'31'), (NULL), (1e3), ('1e3'), (9007199254740993), ('9007199254740993')"
	for _, key := range types {
		for _, reference := range types {
			for i, text := range []string{
				"CREATE TABLE k (v " + key + ")", "CREATE TABLE r (v " + reference + ", n integer)", "CREATE INDEX r_v ON r (v)",
				"INSERT INTO k VALUES " + values, "INSERT INTO r SELECT column1, row_number() OVER () % 3 FROM (VALUES " + values + ")",
			} {
				if _, err := db.Exec(text); err != nil {
					t.Fatal(i, err)
				}
			}
			for _, where := range []string{"r.n = 1", "r.n = 2", "r.n IN (0, 1)"} {
				var both, exists, in string
				for _, form := range []struct {
					into  *string
					where string
				}{
					{&exists, "EXISTS (SELECT 1 FROM r WHERE r.v = k.v AND " + where + ")"},
					{&in, "k.v IN (SELECT r.v FROM r WHERE " + where + ")"},
					{&both, "EXISTS (SELECT 1 FROM r WHERE r.v = k.v AND r.n = k.rowid % 3) AND EXISTS (SELECT 1 FROM r WHERE r.v = k.v)"},
				} {
					if err := db.QueryRow("SELECT coalesce(group_concat(rowid), '') FROM k WHERE " + form.where).Scan(form.into); err != nil {
						t.Fatal(err)
					}
				}
				var pairs string
				if err := db.QueryRow("SELECT coalesce(group_concat(rowid), '') FROM k WHERE (k.v, k.rowid % 3) IN (SELECT r.v, r.n FROM r)").Scan(&pairs); err != nil {
					t.Fatal(err)
				}
				if exists != in || both != pairs {
					t.Errorf("%s, %s, %s: %s by EXISTS, %s by IN; pairs %s, %s", fmt.Sprintf("%q", key), fmt.Sprintf("%q", reference), where, exists, in, both, pairs)
				}
			}
			for _, table := range []string{"k", "r"} {
				if _, err := db.Exec("DROP TABLE " + table); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
