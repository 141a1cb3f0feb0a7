package postgres_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/internal/testdb"
)

// TestTableChangedUnderAStatement changes a table after statements about it were
// prepared, on every connection of the pool: outside of a transaction nobody notices,
// inside the transaction can be repeated.
func TestTableChangedUnderAStatement(t *testing.T) {
	e := connect(t, postgres.URL(testdb.Postgres(t), postgres.MaxConns(3)))
	open := func(transaction bool) driver.Session {
		s, err := e.Session(t.Context(), driver.SessionOptions{Transaction: transaction})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	exec := func(text string, args ...any) {
		t.Helper()
		if _, err := open(false).(driver.TextExecer).ExecText(t.Context(), text, args...); err != nil {
			t.Fatal(err)
		}
	}
	read := func(s driver.Session) (columns int, err error) {
		rows, err := s.(driver.TextQueryer).QueryText(t.Context(), "select * from t where a = $1", 1)
		if err != nil {
			return 0, err
		}
		columns = len(rows.Columns())
		for rows.Next() {
		}
		return columns, rows.Close()
	}
	exec("create table t (a int)")
	exec("insert into t values ($1)", 1)
	everywhere := func() {
		t.Helper()
		var sessions []driver.Session
		for range 3 {
			s := open(true)
			if _, err := read(s); err != nil {
				t.Fatal(err)
			}
			sessions = append(sessions, s)
		}
		for _, s := range sessions {
			if err := s.End(t.Context(), false); err != nil {
				t.Fatal(err)
			}
		}
	}
	everywhere()
	exec("alter table t add b int")
	for i := range 6 {
		if n, err := read(open(false)); err != nil || n != 2 {
			t.Errorf("read %d: %d columns, %v", i, n, err)
		}
	}
	everywhere()
	exec("alter table t alter a type bigint")
	first := open(true)
	if n, err := read(first); err != nil || n != 2 {
		t.Errorf("what begins a transaction is sent again: %d columns, %v", n, err)
	}
	if err := first.End(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	everywhere()
	exec("alter table t alter a type int")
	tx := open(true)
	if _, err := tx.(driver.TextExecer).ExecText(t.Context(), "insert into t values ($1)", 2); err != nil {
		t.Fatal(err)
	}
	_, err := read(tx)
	if !errors.Is(err, driver.ErrSerialization) || errors.Is(err, driver.ErrUnsupported) {
		t.Errorf("in a transaction: %v", err)
	}
	if _, err := read(tx); !errors.Is(err, driver.ErrDoomed) {
		t.Errorf("after it: %v", err)
	}
	if err := tx.End(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		again := open(true)
		if n, err := read(again); err != nil || n != 2 {
			t.Errorf("repeated, %d: %d columns, %v", i, n, err)
		}
		if err := again.End(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
}
