package litetest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite/internal/lite"
)

func connect(t *testing.T, c driver.Connector) driver.Engine {
	t.Helper()
	e, err := c.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func session(t *testing.T, e driver.Engine, opts driver.SessionOptions) driver.Session {
	t.Helper()
	s, err := e.Session(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func exec(t *testing.T, s driver.Session, text string, args ...any) {
	t.Helper()
	if _, err := s.(driver.TextExecer).ExecText(t.Context(), text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// query returns the values of all rows.
func query(t *testing.T, s driver.Session, text string, args ...any) [][]any {
	t.Helper()
	rows, err := s.(driver.TextQueryer).QueryText(t.Context(), text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var all [][]any
	for rows.Next() {
		row := make([]any, len(rows.Columns()))
		dest := make([]any, len(row))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

func (b Binding) functions(t *testing.T) {
	s := session(t, connect(t, b.Memory()), driver.SessionOptions{})
	cases := []struct {
		expr string
		args []any
		want any
	}{
		{"weft_regexp(?, ?)", []any{`^a.c$`, "abc"}, int64(1)},
		{"weft_regexp(?, ?)", []any{`^a.c$`, "a\nc"}, int64(0)},
		{"weft_regexp(?, ?)", []any{`(?i)É`, "été"}, int64(1)},
		{"weft_regexp(?, ?)", []any{`a`, nil}, nil},
		{"not weft_regexp(?, ?)", []any{`a`, nil}, nil},
		{"weft_lower(?)", []any{"ÀÉÎ Ω Я abc"}, "àéî ω я abc"},
		{"weft_lower(?)", []any{nil}, nil},
		{"weft_lower(?)", []any{""}, ""},
	}
	for _, c := range cases {
		if got := query(t, s, "select "+c.expr, c.args...)[0][0]; got != c.want {
			t.Errorf("%s with %q is %#v, want %#v", c.expr, c.args, got, c.want)
		}
	}
}

func (b Binding) pragmas(t *testing.T) {
	e := connect(t, b.File(filepath.Join(t.TempDir(), "a.db"), lite.Pragma("synchronous", "normal")))
	for _, opts := range []driver.SessionOptions{{}, {Transaction: true}} {
		s := session(t, e, opts)
		for pragma, want := range map[string]any{"foreign_keys": int64(1), "journal_mode": "wal", "synchronous": int64(1)} {
			if got := query(t, s, "pragma "+pragma)[0][0]; got != want {
				t.Errorf("transaction %t: %s is %v, want %v", opts.Transaction, pragma, got, want)
			}
		}
		if err := s.End(t.Context(), true); err != nil {
			t.Error(err)
		}
	}
}

// memoriesAreApart expects each engine in memory to have a database of its own,
// shared by its sessions.
func (b Binding) memoriesAreApart(t *testing.T) {
	first, second := connect(t, b.Memory()), connect(t, b.File(":memory:"))
	exec(t, session(t, first, driver.SessionOptions{}), "create table t (x)")
	if got := len(query(t, session(t, first, driver.SessionOptions{}), "select * from t")); got != 0 {
		t.Errorf("%d rows", got)
	}
	_, err := session(t, second, driver.SessionOptions{}).(driver.TextExecer).ExecText(t.Context(), "insert into t values (1)")
	if !errors.Is(err, driver.ErrUndefined) {
		t.Errorf("error is %v", err)
	}
}

func (b Binding) attachedDatabaseIsASchema(t *testing.T) {
	e := connect(t, b.Memory(lite.Attach("archive", filepath.Join(t.TempDir(), "archive.db"))))
	s := session(t, e, driver.SessionOptions{})
	exec(t, s, "create table archive.t (x)")
	exec(t, s, "insert into archive.t values (1)")
	if got := query(t, s, "select x from archive.t"); got[0][0] != int64(1) {
		t.Errorf("rows are %v", got)
	}
}

// textStaysText expects columns declared as times to be delivered as they are stored.
func (b Binding) textStaysText(t *testing.T) {
	s := session(t, connect(t, b.Memory()), driver.SessionOptions{})
	exec(t, s, "create table t (a datetime, b date, c timestamp)")
	exec(t, s, "insert into t values ('2024-02-29T01:02:03.5Z', '2024-02-29', 'yesterday')")
	got := query(t, s, "select * from t")[0]
	if want := []any{"2024-02-29T01:02:03.5Z", "2024-02-29", "yesterday"}; !slices.Equal(got, want) {
		t.Errorf("row is %v, want %v", got, want)
	}
}

func (b Binding) secondWriterWaitsItsTurn(t *testing.T) {
	for _, c := range []struct {
		name      string
		connector driver.Connector
	}{
		{"file", b.File(filepath.Join(t.TempDir(), "a.db"), lite.BusyTimeout(50*time.Millisecond))},
		{"memory", b.Memory(lite.BusyTimeout(50 * time.Millisecond))},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := connect(t, c.connector)
			exec(t, session(t, e, driver.SessionOptions{}), "create table t (x)")
			first := session(t, e, driver.SessionOptions{Transaction: true})
			exec(t, first, "insert into t values (1)")
			second := session(t, e, driver.SessionOptions{Transaction: true})
			_, err := second.(driver.TextExecer).ExecText(t.Context(), "insert into t values (2)")
			if !errors.Is(err, driver.ErrLockTimeout) {
				t.Errorf("error is %v", err)
			}
			reader := session(t, e, driver.SessionOptions{})
			if c.name == "file" {
				if got := query(t, reader, "select x from t"); len(got) != 0 {
					t.Errorf("a reader sees %v", got)
				}
			} else if _, err := reader.(driver.TextQueryer).QueryText(t.Context(), "select x from t"); !errors.Is(err, driver.ErrLockTimeout) {
				t.Errorf("a reader gets %v", err)
			}
			for _, s := range []driver.Session{second, first} {
				if err := s.End(t.Context(), s == first); err != nil {
					t.Error(err)
				}
			}
			if got := query(t, session(t, e, driver.SessionOptions{}), "select x from t"); len(got) != 1 {
				t.Errorf("rows are %v", got)
			}
		})
	}
}

func (b Binding) errorDetails(t *testing.T) {
	s := session(t, connect(t, b.Memory()), driver.SessionOptions{})
	exec(t, s, "create table t (a integer unique, b text not null default '', c integer constraint positive check (c > 0))")
	exec(t, s, "create unique index t_low on t (lower(b)) where b <> ''")
	exec(t, s, "insert into t values (1, 'x', 1)")
	cases := []struct {
		text       string
		class      error
		table      string
		columns    []string
		constraint string
	}{
		{"insert into t (a) values (1)", driver.ErrUniqueViolation, "t", []string{"a"}, ""},
		{"insert into t (b) values (null)", driver.ErrNotNullViolation, "t", []string{"b"}, ""},
		{"insert into t (c) values (-1)", driver.ErrCheckViolation, "", nil, "positive"},
		{"insert into t (b) values ('X')", driver.ErrUniqueViolation, "", nil, "t_low"},
	}
	for _, c := range cases {
		_, err := s.(driver.TextExecer).ExecText(t.Context(), c.text)
		e, ok := errors.AsType[*driver.Error](err)
		if !ok {
			t.Fatalf("%s: error is %v", c.text, err)
		}
		if e.Class != c.class || e.Table != c.table || !slices.Equal(e.Columns, c.columns) || e.Constraint != c.constraint {
			t.Errorf("%s: class %v, table %q, columns %q, constraint %q", c.text, e.Class, e.Table, e.Columns, e.Constraint)
		}
	}
}

// interruptedStatement cancels a statement that runs for ever.
func (b Binding) interruptedStatement(t *testing.T) {
	e := connect(t, b.Memory())
	const forever = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
	for _, transaction := range []bool{false, true} {
		s := session(t, e, driver.SessionOptions{Transaction: transaction})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		_, err := s.(driver.TextQueryer).QueryText(ctx, forever)
		cancel()
		if !errors.Is(err, driver.ErrCanceled) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		if err := s.End(t.Context(), false); err != nil {
			t.Error(err)
		}
	}
	exec(t, session(t, e, driver.SessionOptions{}), "create table t (x)")
}

func (b Binding) handleSeesTheSameDatabase(t *testing.T) {
	for name, c := range map[string]driver.Connector{
		"memory": b.Memory(),
		"file":   b.File(filepath.Join(t.TempDir(), "a.db")),
	} {
		e := connect(t, c)
		exec(t, session(t, e, driver.SessionOptions{}), "create table t (x)")
		db := e.(driver.SQLHandle).DB()
		if _, err := db.ExecContext(t.Context(), "insert into t values (1), (2)"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := fmt.Sprint(query(t, session(t, e, driver.SessionOptions{}), "select x from t order by x")); got != "[[1] [2]]" {
			t.Errorf("%s: rows are %s", name, got)
		}
	}
}
