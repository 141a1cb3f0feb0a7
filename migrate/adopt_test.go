package migrate_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/migrate"
)

// TestAdopt runs files on a database that has their tables already: the error names the
// table and the way, which helps.
func TestAdopt(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		e := s.open(t)
		run(t, e, "create table b (i int)")
		f := newFolder()
		f.add("1_first.sql", "-- +goose Up\ncreate table c (i int);\ncreate table if not exists b (i int);\ncreate table b (i int);\n")
		f.add("2_second.sql", "-- +goose Up\ncreate table d (i int);\n")
		m := migrator(t, e, f.set(t))
		_, err := m.Up(t.Context())
		told(t, err, migrate.ErrStatement, "b is there already, and the database has no history", "weft migrate baseline")
		if failed, ok := errors.AsType[*migrate.StatementError](err); !ok || failed.Existing != "b" || failed.Number != 3 {
			t.Errorf("got %+v", failed)
		}
		_, err = m.Baseline(t.Context(), 1)
		must(t, err)
		_, err = m.Up(t.Context())
		must(t, err)
		if got := conditions(t, m); got != "1:applied 2:applied" {
			t.Errorf("got %s", got)
		}
		// With a history it is another mistake.
		f.add("3_third.sql", "-- +goose Up\ncreate table d (i int);\n")
		_, err = migrator(t, e, f.set(t)).Up(t.Context())
		if failed, ok := errors.AsType[*migrate.StatementError](err); !ok || failed.Existing != "" {
			t.Errorf("got %v", err)
		}
	})
}

// TestForget drops the history: the files run again, from the first on.
func TestForget(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		e := s.open(t)
		m := migrator(t, e, three().set(t))
		must(t, m.Forget(t.Context())) // there is none
		_, err := m.Up(t.Context())
		must(t, err)
		run(t, e, "drop table a")
		run(t, e, "drop table c")
		must(t, m.Forget(t.Context()))
		if got := conditions(t, m); got != "1:pending 2:pending 3:pending" {
			t.Errorf("got %s", got)
		}
		_, err = m.Up(t.Context())
		must(t, err)
		if got := conditions(t, m); got != "1:applied 2:applied 3:applied" {
			t.Errorf("got %s", got)
		}
	})
}

// TestAdoptDocuments does the same where tables are collections.
func TestAdoptDocuments(t *testing.T) {
	e := openMongo(t)
	f := newFolder()
	f.add("1_first.json", `{"up": [{"create": "shelves"}], "down": [{"drop": "shelves"}]}`)
	m := migrator(t, e, f.set(t))
	_, err := m.Up(t.Context())
	must(t, err)
	must(t, m.Forget(t.Context()))
	_, err = m.Up(t.Context())
	told(t, err, migrate.ErrStatement, "shelves is there already", "weft migrate baseline")
	_, err = m.Baseline(t.Context(), 1)
	must(t, err)
	names, err := m.Up(t.Context())
	if must(t, err); len(names) > 0 {
		t.Errorf("ran %v", names)
	}
}
