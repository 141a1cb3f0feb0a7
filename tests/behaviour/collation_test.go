package behaviour_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/schema"
)

// Word is kept in a table that weft has not made.
type Word struct {
	_  struct{} `orm:"table=words"`
	ID int64
	N  string
	L  string
}

// TestUndeclaredCollation: a column with a collation that ignores case, which the mapping does not declare, is the same
// to $eq and to $in, as to order; patterns go by code point; and a comparison of schemas tells it.
func TestUndeclaredCollation(t *testing.T) {
	dsn := testdb.MySQL(t)
	open := func() *orm.DB {
		db, err := orm.Open(t.Context(), mysql.DSN(dsn), orm.Entities(Word{}))
		ok(t, err)
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	execText(t, open(), "create table words (id bigint primary key, n varchar(50) character set utf8mb4 collate utf8mb4_general_ci, l varchar(50) character set latin1 collate latin1_swedish_ci, key (n))")
	db := open()
	em := db.Fork()
	for i, n := range []string{"abc", "ABC", "Abc", "ábc", "abcd", "x"} {
		_, err := orm.NativeInsert[Word](t.Context(), em, orm.M{"id": i, "n": n, "l": n})
		ok(t, err)
	}
	ids := func(cond orm.M) string {
		t.Helper()
		words, err := orm.Find[Word](t.Context(), db.Fork(), cond, orm.OrderBy("id"))
		ok(t, err)
		var list []string
		for _, w := range words {
			list = append(list, fmt.Sprint(w.ID))
		}
		return strings.Join(list, " ")
	}
	for _, c := range []struct {
		want string
		cond orm.M
	}{
		{"0 1 2 3", orm.M{"n": "abc"}}, {"0 1 2 3", orm.M{"n:in": []string{"abc"}}}, {"0 1 2 3 5", orm.M{"n": []string{"ABC", "x"}}},
		{"4 5", orm.M{"n:ne": "abc"}}, {"4 5", orm.M{"n:nin": []string{"abc"}}}, {"4 5", orm.M{"$not": orm.M{"n": []string{"Abc"}}}},
		{"0 4", orm.M{"n:startsWith": "abc"}}, {"0 4", orm.M{"n:like": "abc%"}}, {"0 4", orm.M{"n:re": "^abc"}}, {"0 1 2 4", orm.M{"n:ilike": "ABC%"}},
		{"0 1 2 3", orm.M{"l": "abc"}}, {"0 1 2 3", orm.M{"l:in": []string{"abc"}}}, {"0 4", orm.M{"l:startsWith": "abc"}},
	} {
		if got := ids(c.cond); got != c.want {
			t.Errorf("%v: got %s, want %s", c.cond, got, c.want)
		}
	}
	if n, err := orm.NativeUpdate[Word](t.Context(), em, orm.M{"n": []string{"abc"}}, orm.M{"l": "y"}); err != nil || n != 4 {
		t.Errorf("updated %d, %v", n, err)
	}
	plan, err := schema.Diff(t.Context(), db)
	ok(t, err)
	if text := fmt.Sprint(plan); !strings.Contains(text, "utf8mb4") {
		t.Errorf("the comparison does not tell the collation:\n%s", text)
	}
}

// TestCollate sorts by a named collation where the engine has them, and refuses where it has not.
func TestCollate(t *testing.T) {
	names := map[string]string{"sqlite": "NOCASE", "postgres": "und-x-icu", "mysql": "utf8mb4_general_ci", "mariadb": "utf8mb4_general_ci"}
	engines(t, []any{Word{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		for i, n := range []string{"b", "A", "a", "B"} {
			em.Persist(&Word{ID: int64(i + 1), N: n})
		}
		ok(t, em.Flush(t.Context()))
		words, err := orm.Find[Word](t.Context(), e.db.Fork(), nil, orm.OrderBy("n"))
		ok(t, err)
		if words[0].N+words[1].N+words[2].N+words[3].N != "ABab" {
			t.Errorf("by code point: %v", words)
		}
		name := names[e.caps.Name]
		sorted, err := orm.All[Word](t.Context(), em, orm.QB[Word](em, "w").OrderBy(qb.Collate("n desc", name), "id"))
		if name == "" {
			_, err = orm.All[Word](t.Context(), em, orm.QB[Word](em, "w").OrderBy(qb.Collate("n", "de")))
			wantClass(t, err)
			return
		}
		ok(t, err)
		if got := strings.ToLower(sorted[0].N + sorted[1].N + sorted[2].N + sorted[3].N); got != "bbaa" {
			t.Errorf("for people: %s", got)
		}
		if e.caps.Name == "sqlite" {
			_, err := orm.All[Word](t.Context(), em, orm.QB[Word](em, "w").OrderBy(qb.Collate("n", "nope")))
			wantClass(t, err)
		}
	})
}

func wantClass(t *testing.T, err error) {
	t.Helper()
	if err == nil || !isUnsupported(err) {
		t.Errorf("got %v, want driver.ErrUnsupported", err)
	}
}

func isUnsupported(err error) bool { return errors.Is(err, driver.ErrUnsupported) }
