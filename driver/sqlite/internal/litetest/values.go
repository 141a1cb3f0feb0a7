package litetest

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
)

// values come back as they went in, whatever the column is declared as; only a boolean is made of
// a number.
func (b Binding) values(t *testing.T) {
	s := session(t, connect(t, b.Memory()), driver.SessionOptions{})
	exec(t, s, "create table t (id integer primary key, v, flag boolean, at datetime)")
	for i, v := range []any{nil, int64(-1 << 63), int64(1<<63 - 1), 0.1, "", "a\x00b", "é", []byte{}, []byte{0, 1, 255}, true} {
		exec(t, s, "insert into t (id, v, flag, at) values (?, ?, ?, ?)", i, v, i%2 == 0, int64(i))
		got := query(t, s, "select v, flag, at from t where id = ?", i)[0]
		if v == true {
			v = int64(1)
		}
		if want := []any{v, i%2 == 0, int64(i)}; fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
			t.Errorf("%#v comes back as %#v", want, got)
		}
	}
	if got := query(t, s, "select typeof(v) from t where id in (0, 7, 4) order by id"); fmt.Sprint(got) != "[[null] [text] [blob]]" {
		t.Errorf("types are %v", got)
	}
}

// scripts share out their parameters, and answer with the last statement.
func (b Binding) scripts(t *testing.T) {
	db := connect(t, b.Memory()).(driver.SQLHandle).DB()
	for _, text := range []string{"create table t (a, b); -- a comment", "", "/* nothing */", " ; "} {
		if _, err := db.Exec(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	result, err := db.Exec("insert into t values (?, ?); insert into t values (?, ?), (8, 9)", 1, 2, 3, 4)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); n != 2 || err != nil {
		t.Error(n, err)
	}
	if id, err := result.LastInsertId(); id != 3 || err != nil {
		t.Error(id, err)
	}
	var sum int
	if err := db.QueryRow("update t set b = b + @more; select sum(b) from t where a < :most", sql.Named("more", 1), sql.Named("most", 5)).Scan(&sum); err != nil || sum != 8 {
		t.Error(sum, err)
	}
	if _, err := db.Exec("insert into t values (?, ?)", 1); err == nil {
		t.Error("a parameter too few is taken")
	}
	at := time.Date(2024, 2, 29, 1, 2, 3, 5e8, time.UTC)
	var text string
	if err := db.QueryRow("select ?", at).Scan(&text); err != nil || text != "2024-02-29 01:02:03.5+00:00" {
		t.Error(text, err)
	}
}

// leftOpen ends transactions, and closes the engine, with rows that nobody has read to their end.
func (b Binding) leftOpen(t *testing.T) {
	e, err := b.Memory().Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, commit := range []bool{true, false} {
		s := session(t, e, driver.SessionOptions{Transaction: true})
		rows, err := s.(driver.TextQueryer).QueryText(t.Context(), "select 1 union all select 2")
		if err != nil || !rows.Next() {
			t.Fatal(err)
		}
		if err := s.End(t.Context(), commit); err != nil {
			t.Error(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
