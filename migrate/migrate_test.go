package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"github.com/weft-orm/weft/migrate"
)

const (
	first  = "-- +goose Up\ncreate table a (id int);\ninsert into a values (1);\n-- +goose Down\ndrop table a;\n"
	second = "-- +goose Up\nalter table a add column b int;\n-- +goose Down\nalter table a drop column b;\n"
	third  = "-- +goose Up\ncreate table c (id int);\n-- +goose Down\ndrop table c;\n"
)

// three is a folder of three files.
func three() *folder {
	f := newFolder()
	f.add("1_first.sql", first)
	f.add("2_second.sql", second)
	f.add("3_third.sql", third)
	return f
}

func TestUpAndDown(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		e := s.open(t)
		set := three().set(t)
		m := migrator(t, e, set)
		if got := conditions(t, m); got != "1:pending 2:pending 3:pending" {
			t.Errorf("got %s", got)
		}
		names, err := migrator(t, e, set, migrate.To(2)).Up(t.Context())
		must(t, err)
		if got := fmt.Sprint(names); got != "[1_first.sql 2_second.sql]" {
			t.Errorf("got %s", got)
		}
		if got := conditions(t, m); got != "1:applied 2:applied 3:pending" {
			t.Errorf("got %s", got)
		}
		must(t, migrate.Up(t.Context(), target{engine: e}, three()))
		names, err = m.Up(t.Context())
		if len(names) != 0 || err != nil {
			t.Errorf("got %s, %v", names, err)
		}
		names, err = m.Down(t.Context(), 1)
		must(t, err)
		if got := fmt.Sprint(names); got != "[3_third.sql]" {
			t.Errorf("got %s", got)
		}
		if got := count(t, e, "select count(b) + count(*) from a"); got != 1 {
			t.Errorf("got %d", got)
		}
		names, err = m.Down(t.Context(), 9)
		must(t, err)
		if got := fmt.Sprint(names); got != "[2_second.sql 1_first.sql]" {
			t.Errorf("got %s", got)
		}
		must(t, migrate.Up(t.Context(), target{engine: e}, three()))
		names, err = migrator(t, e, set, migrate.To(1)).Down(t.Context(), 0)
		must(t, err)
		if got := fmt.Sprint(names); got != "[3_third.sql 2_second.sql]" {
			t.Errorf("got %s", got)
		}
	})
}

// TestGoose runs the same files by goose's own code, before and after weft.
func TestGoose(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		e := s.open(t)
		dialect := map[string]goose.Dialect{"sqlite": goose.DialectSQLite3, "postgres": goose.DialectPostgres, "mysql": goose.DialectMySQL}[s.name]
		p, err := goose.NewProvider(dialect, handle(e), three())
		must(t, err)
		_, err = p.UpTo(t.Context(), 2)
		must(t, err)
		m := migrator(t, e, three().set(t))
		if got := conditions(t, m); got != "1:unrecorded 2:unrecorded 3:pending" {
			t.Errorf("got %s", got)
		}
		_, err = m.Up(t.Context())
		must(t, err)
		pending, err := p.HasPending(t.Context())
		if must(t, err); pending {
			t.Error("goose thinks that something is pending")
		}
		_, err = p.DownTo(t.Context(), 0)
		must(t, err)
		if got := conditions(t, m); got != "1:pending 2:pending 3:pending" {
			t.Errorf("got %s", got)
		}
	})
}

// TestHistoryWithoutEntry goes on where a program has died between the history table and its
// first entry, without which goose refuses everything.
func TestHistoryWithoutEntry(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		e := s.open(t)
		m := migrator(t, e, three().set(t))
		must(t, second2(m.Up(t.Context())))
		must(t, second2(m.Down(t.Context(), 3)))
		run(t, e, "delete from goose_db_version")
		must(t, second2(m.Up(t.Context())))
		if n := count(t, e, "select count(*) from goose_db_version where version_id = 0"); n != 1 {
			t.Errorf("%d first entries", n)
		}
	})
}

// TestRefused lists what is found before anything is run.
func TestRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		e := s.open(t)
		m := migrator(t, e, three().set(t))
		_, err := m.Up(t.Context())
		must(t, err)
		refused := func(what string, class error, change func(*folder), names ...string) {
			t.Helper()
			f := three()
			change(f)
			set, err := migrate.Load(f)
			if err == nil {
				_, err = migrator(t, e, set).Up(t.Context())
			}
			var own *migrate.Error
			if !errors.Is(err, class) || !errors.As(err, &own) || !slices.Equal(own.Names, names) {
				t.Errorf("%s: got %v", what, err)
			}
		}
		refused("edited", migrate.ErrEdited, func(f *folder) { f.add("2_second.sql", second+"-- more\n") }, "2_second.sql")
		refused("ahead", migrate.ErrAhead, func(f *folder) { delete(f.MapFS, "3_third.sql") }, "3_third.sql")
		refused("two branches", migrate.ErrDuplicate, func(f *folder) { f.add("3_other.sql", third) }, "3_other.sql", "3_third.sql")
		refused("destructive", migrate.ErrDestructive, func(f *folder) { f.add("4_x.sql", "-- +goose Up\ndrop table c;\n") }, "4_x.sql (drop table c)")
		refused("destructive, marked", migrate.ErrDestructive, func(f *folder) {
			f.add("4_x.sql", "-- weft:generated\n-- +goose Up\n-- weft:destroys c.x: drops it\nselect 1;\n")
		}, "4_x.sql (c.x: drops it)")
		refused("no semicolon", migrate.ErrFile, func(f *folder) { f.add("4_x.sql", "-- +goose Up\nselect 1\n") }, "4_x.sql:2")
		refused("no up", migrate.ErrFile, func(f *folder) { f.add("4_x.sql", "-- nothing\n") }, "4_x.sql")
		refused("no version", migrate.ErrFile, func(f *folder) { f.add("x.sql", third) }, "x.sql")

		older := newFolder()
		older.add("1_first.sql", first)
		older.add("3_third.sql", third)
		e = s.open(t)
		_, err = migrator(t, e, older.set(t)).Up(t.Context())
		must(t, err)
		refused("out of order", migrate.ErrOutOfOrder, func(*folder) {}, "2_second.sql")
		_, err = migrator(t, e, three().set(t), migrate.AllowOutOfOrder()).Up(t.Context())
		must(t, err)
		if got := conditions(t, migrator(t, e, three().set(t))); got != "1:applied 2:applied 3:applied" {
			t.Errorf("got %s", got)
		}

		f := three()
		f.add("4_x.sql", "-- +goose Up\nselect 1;\n")
		m = migrator(t, e, f.set(t))
		_, err = m.Up(t.Context())
		must(t, err)
		if _, err = m.Down(t.Context(), 1); !errors.Is(err, migrate.ErrNoDown) || !strings.Contains(err.Error(), "undo it by a migration of its own") {
			t.Errorf("no down: got %v", err)
		}
		if _, err = migrator(t, e, f.set(t), migrate.To(17)).Up(t.Context()); !errors.Is(err, migrate.ErrVersion) || !strings.Contains(err.Error(), "weft migrate status lists the versions") {
			t.Errorf("unknown version: got %v", err)
		}
	})
}

// TestFailure stops in the middle of a file. Where DDL can be taken back nothing of it
// stays; elsewhere the next run goes on with the mended statement.
func TestFailure(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		e := s.open(t)
		f := three()
		bad := "-- +goose Up\ncreate table d (id int);\ninsert into d values (1);\ncreate nonsense;\ninsert into d values (2);\n-- +goose Down\ndrop table d;\n"
		f.add("4_fourth.sql", bad)
		f.add("5_fifth.sql", "-- +goose Up\ncreate table e (id int);\n-- +goose Down\ndrop table e;\n")
		_, err := migrator(t, e, f.set(t)).Up(t.Context())
		var failed *migrate.StatementError
		if !errors.As(err, &failed) || failed.Number != 3 || failed.Line != 4 || failed.Kept != (s.name == "mysql") || failed.Unsure {
			t.Fatalf("got %v", err)
		}
		want := "1:applied 2:applied 3:applied 4:pending 5:pending"
		if s.name == "mysql" {
			want = "1:applied 2:applied 3:applied 4:halfway 5:pending"
			list, err := migrator(t, e, f.set(t)).Status(t.Context())
			must(t, err)
			if x := list[3]; x.Done != 2 || x.Statements != 4 || !strings.Contains(x.Problem, "nonsense") {
				t.Errorf("got %+v", x)
			}
			f.add("4_fourth.sql", strings.Replace(bad, "values (1)", "values (7)", 1))
			if _, err = migrator(t, e, f.set(t)).Up(t.Context()); !errors.Is(err, migrate.ErrEdited) {
				t.Errorf("statements that were run are edited: got %v", err)
			}
		}
		if got := conditions(t, migrator(t, e, f.set(t))); got != want {
			t.Errorf("got %s", got)
		}
		f.add("4_fourth.sql", strings.Replace(bad, "create nonsense", "insert into d values (3)", 1))
		_, err = migrator(t, e, f.set(t)).Up(t.Context())
		must(t, err)
		if got := count(t, e, "select sum(id) from d"); got != 6 {
			t.Errorf("the rows add up to %d", got)
		}
		if got := conditions(t, migrator(t, e, f.set(t))); got != "1:applied 2:applied 3:applied 4:applied 5:applied" {
			t.Errorf("got %s", got)
		}
	})
}

// TestUnsure loses the connection in the middle of a statement.
func TestUnsure(t *testing.T) {
	t.Parallel()
	s := servers[2]
	e := s.open(t)
	f := newFolder()
	f.add("1_slow.sql", "-- +goose Up\ncreate table a (id int);\ninsert into a select sleep(3);\ninsert into a values (5);\n")
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for {
			if row := handle(e).QueryRow("select count(*) from information_schema.processlist where info like 'insert into a select%' and db = database()"); row != nil {
				var n int
				if row.Scan(&n) == nil && n > 0 {
					stop()
					return
				}
			}
		}
	}()
	_, err := migrator(t, e, f.set(t)).Up(ctx)
	var failed *migrate.StatementError
	if !errors.As(err, &failed) || !failed.Unsure || failed.Number != 2 {
		t.Fatalf("got %v", err)
	}
	m := migrator(t, e, f.set(t))
	if _, err := m.Up(t.Context()); !errors.Is(err, migrate.ErrHalfway) {
		t.Fatalf("got %v", err)
	}
	told(t, failed, migrate.ErrStatement, "it is not known whether it was run: look, and say so by weft migrate log 1 --statements 1 or 2")
	status, err := m.Status(t.Context())
	must(t, err)
	if !status[0].Unsure || status[0].Done != 1 || status[0].Statements != 3 {
		t.Errorf("%+v", status[0])
	}
	must(t, m.Log(t.Context(), 1, 2))
	_, err = m.Up(t.Context())
	must(t, err)
	if got := count(t, e, "select count(*) from a where id = 5"); got != 1 {
		t.Errorf("got %d", got)
	}
	if got := conditions(t, m); got != "1:applied" {
		t.Errorf("got %s", got)
	}
}

// TestHistory notes and forgets versions by hand.
func TestHistory(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		e := s.open(t)
		m := migrator(t, e, three().set(t))
		names, err := m.Baseline(t.Context(), 2)
		must(t, err)
		if got := fmt.Sprint(names); got != "[1_first.sql 2_second.sql]" {
			t.Errorf("got %s", got)
		}
		if got := conditions(t, m); got != "1:applied 2:applied 3:pending" {
			t.Errorf("got %s", got)
		}
		if _, err := m.Baseline(t.Context(), 3); !errors.Is(err, migrate.ErrHistory) {
			t.Errorf("got %v", err)
		}
		must(t, m.Unlog(t.Context(), 2))
		must(t, m.Log(t.Context(), 3, -1))
		if got := conditions(t, m); got != "1:applied 2:pending 3:applied" {
			t.Errorf("got %s", got)
		}
		if err := m.Unlog(t.Context(), 2); !errors.Is(err, migrate.ErrVersion) {
			t.Errorf("got %v", err)
		}
		if err := m.Log(t.Context(), 17, -1); !errors.Is(err, migrate.ErrVersion) {
			t.Errorf("got %v", err)
		}
	})
}

// TestSquash puts files together. Databases that have them take the new one for
// applied, new ones run it, and those in between are told.
func TestSquash(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		all, some := s.open(t), s.open(t)
		_, err := migrator(t, all, three().set(t)).Up(t.Context())
		must(t, err)
		_, err = migrator(t, some, three().set(t), migrate.To(1)).Up(t.Context())
		must(t, err)
		draft, old, err := migrate.Squash(three().set(t), 2, "All")
		must(t, err)
		f := three()
		for _, file := range old {
			delete(f.MapFS, file.Path)
		}
		f.add(draft.File(), draft.Text)
		f.add("4_d.sql", "-- +goose Up\ncreate table d (id int);\n-- +goose Down\ndrop table d;\n")
		if _, err := migrator(t, some, f.set(t)).Up(t.Context()); !errors.Is(err, migrate.ErrHistory) {
			t.Errorf("got %v", err)
		}
		for _, e := range []struct {
			name   string
			before string
		}{{"all", "1:replaced 2:applied 3:applied 4:pending"}, {"none", "2:pending 3:pending 4:pending"}} {
			engine := all
			if e.name == "none" {
				engine = s.open(t)
			}
			m := migrator(t, engine, f.set(t))
			if got := conditions(t, m); got != e.before {
				t.Errorf("%s: got %s", e.name, got)
			}
			_, err := m.Up(t.Context())
			must(t, err)
			if got := conditions(t, m); got != "2:applied 3:applied 4:applied" {
				t.Errorf("%s: got %s", e.name, got)
			}
			_, err = m.Down(t.Context(), 9)
			must(t, err)
		}
	})
}
