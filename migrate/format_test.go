package migrate_test

import (
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/weft-orm/weft/migrate"
)

// TestFormats plans two steps in each format, reads them again, and goes both ways.
func TestFormats(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		for _, format := range migrate.Formats() {
			t.Run(string(format), func(t *testing.T) {
				files := fstest.MapFS{}
				now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
				load := func() *migrate.Set {
					set, err := migrate.LoadFormat(files, format)
					must(t, err)
					return set
				}
				for _, entity := range []any{person1{}, person2{}} {
					now = now.Add(time.Hour)
					draft, err := migrate.Plan(t.Context(), target{registry(t, entity), s.open(t)}, load(), "step", now)
					must(t, err)
					written, err := draft.Files(format)
					must(t, err)
					for _, f := range written {
						files[f.Name] = &fstest.MapFile{Data: []byte(f.Text)}
					}
				}
				set, e := load(), s.open(t)
				if got := len(set.Files()); got != 2 || !set.Last().Generated || len(set.Tables()) != 1 {
					t.Fatalf("%d files, %v, %v", got, set.Last().Generated, set.Tables())
				}
				_, err := migrator(t, e, set).Up(t.Context())
				must(t, err)
				noDrift(t, s, e, set, person2{})
				_, err = migrator(t, e, set).Down(t.Context(), 2)
				must(t, err)
				if n := count(t, e, "select count(*) from weft_migrations"); n != 0 {
					t.Errorf("%d records", n)
				}
			})
		}
	})
}

func TestFormatMistakes(t *testing.T) {
	if _, err := migrate.ParseFormat("flyaway"); !errors.Is(err, migrate.ErrFile) || err.Error() != `migrate: "flyaway": unusable migration file; a format is one of goose, golang-migrate, flyway, dbmate; did you mean "flyway"?` {
		t.Errorf("got %v", err)
	}
	for format, name := range map[migrate.Format]string{migrate.GolangMigrate: "1_a.sql", migrate.Flyway: "1_a.sql", migrate.DBMate: "1_a.sql"} {
		if _, err := migrate.LoadFormat(fstest.MapFS{name: {Data: []byte("select 1;")}}, format); !errors.Is(err, migrate.ErrFile) {
			t.Errorf("%s: got %v", format, err)
		}
	}
}
