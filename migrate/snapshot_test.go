package migrate_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/schema"
)

func dialect(t *testing.T, name string) *sql.Dialect {
	t.Helper()
	for _, d := range sql.Dialects() {
		if d.Name() == name {
			return d
		}
	}
	t.Fatal(name)
	return nil
}

func state(t *testing.T, d *sql.Dialect, entities ...any) *schema.Snapshot {
	t.Helper()
	s, err := schema.TakeSnapshot(registry(t, entities...), d)
	must(t, err)
	return s
}

// TestPlanFromSnapshot plans a life without a database, and lives it on one: the files
// lead to the mapping, both ways, as if they had been planned there.
func TestPlanFromSnapshot(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		f, e := newFolder(), s.open(t)
		d := dialect(t, e.Caps().Name)
		before := migrate.NewSnapshot(schema.EmptySnapshot(d), f.set(t))
		for i, entities := range [][]any{{person1{}}, {person2{}}, {person3{}}, {person4{}, city4{}}, {person5{}, city4{}}} {
			f.now = f.now.Add(time.Hour)
			to := state(t, d, entities...)
			draft, err := migrate.PlanFrom(before, to, f.set(t), "step", f.now)
			must(t, err)
			f.add(draft.File(), draft.Text)
			before = migrate.NewSnapshot(to, f.set(t))
			text, err := before.Text()
			must(t, err)
			before, err = migrate.LoadSnapshot(fstest.MapFS{migrate.SnapshotFile: {Data: text}})
			must(t, err)
			must(t, before.Fits(f.set(t)))
			_, err = migrator(t, e, f.set(t), migrate.AllowDestructive()).Up(t.Context())
			must(t, err)
			if i == 0 {
				run(t, e, "insert into people (nick, age) values ('Ann', '30'), ('Bob', '41')")
			}
			noDrift(t, s, e, f.set(t), entities...)
			if draft, err := migrate.PlanFrom(before, to, f.set(t), "again", f.now); draft != nil || err != nil {
				t.Errorf("planned again: %v, %v", draft, err)
			}
		}
		people(t, e, 2, "select count(*) from humans where name in ('Ann', 'Bob')")
		_, err := migrator(t, e, f.set(t), migrate.To(f.set(t).Files()[0].Version)).Down(t.Context(), 0)
		must(t, err)
		people(t, e, 2, "select count(*) from people where nick in ('Ann', 'Bob')")
	})
}

// TestStaleSnapshot tells a snapshot that is not of the files that are there.
func TestStaleSnapshot(t *testing.T) {
	f := newFolder()
	f.add("1_a.sql", "-- +goose Up\nselect 1;\n")
	f.add("2_b.sql", "-- +goose Up\nselect 2;\n")
	s := migrate.NewSnapshot(schema.EmptySnapshot(sql.SQLite()), f.set(t))
	must(t, s.Fits(f.set(t)))
	f.add("1_a.sql", "-- +goose Up\r\nselect 1;\r\n") // ends of lines do not count
	must(t, s.Fits(f.set(t)))
	f.add("1_a.sql", "-- +goose Up\nselect 3;\n")
	delete(f.MapFS, "2_b.sql")
	f.add("3_c.sql", "-- +goose Up\nselect 3;\n")
	err := s.Fits(f.set(t))
	if !errors.Is(err, migrate.ErrStale) {
		t.Fatal(err)
	}
	for _, want := range []string{"1_a.sql has changed", "2_b.sql is gone", "3_c.sql is not in it", "weft migrate snapshot"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if _, err := migrate.PlanFrom(s, state(t, sql.SQLite(), person1{}), f.set(t), "x", time.Now()); !errors.Is(err, migrate.ErrStale) {
		t.Errorf("planned from it: %v", err)
	}
	// Steps in Go are known to some programs only.
	steps := migrate.NewSnapshot(schema.EmptySnapshot(sql.SQLite()), newFolder().set(t, migrate.Step(4, "d", nil, nil)))
	must(t, steps.Fits(newFolder().set(t)))
}

// TestUnreadableSnapshot refuses what a merge leaves.
func TestUnreadableSnapshot(t *testing.T) {
	for text, want := range map[string]string{
		"<<<<<<< HEAD\n{}":             "invalid character",
		"{}":                           "no state",
		`{"state":{"dialect":"none"}}`: `dialect "none"`,
	} {
		_, err := migrate.LoadSnapshot(fstest.MapFS{migrate.SnapshotFile: {Data: []byte(text)}})
		if !errors.Is(err, migrate.ErrFile) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", text, err)
		}
	}
	if s, err := migrate.LoadSnapshot(fstest.MapFS{}); s != nil || err != nil {
		t.Errorf("got %v, %v", s, err)
	}
}
