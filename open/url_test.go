package open_test

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/open"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// Note is stored by every engine.
type Note struct {
	ID   int64
	Text string
}

// TestURL stores a row in the database at an address of each kind.
func TestURL(t *testing.T) {
	for name, address := range map[string]func(t *testing.T) string{
		"sqlite":        func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "a b.db") },
		"sqlite memory": func(*testing.T) string { return "sqlite::memory:" },
		"memory":        func(*testing.T) string { return "memory:" },
		"postgres":      func(t *testing.T) string { return testdb.Postgres(t) },
		"mysql": func(t *testing.T) string {
			user, rest, _ := strings.Cut(testdb.MySQL(t), "@tcp(")
			host, path, _ := strings.Cut(rest, ")")
			return "mysql://" + user + "@" + host + path
		},
		"mongo": func(t *testing.T) string {
			uri, db := testdb.Mongo(t)
			u, err := url.Parse(uri)
			if err != nil {
				t.Fatal(err)
			}
			u.Path = "/" + db
			return u.String()
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), open.URL(address(t)), orm.Entities(Note{}))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := schema.Create(t.Context(), db); err != nil && !errors.Is(err, schema.ErrNoSchema) {
				t.Fatal(err)
			}
			em := db.Fork()
			em.Persist(&Note{Text: "kept"})
			if err := em.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n, err := orm.Count[Note](t.Context(), em, orm.M{"text": "kept"}); n != 1 || err != nil {
				t.Errorf("%d rows, %v", n, err)
			}
		})
	}
}

// TestNoAddress expects a mistake that does not repeat what it is about.
func TestNoAddress(t *testing.T) {
	for _, text := range []string{"", "secret", "sqlite:", "oracle://secret@host/db", "mysql://secret", "postgres://secret:x:y/%zz", "memory:secret"} {
		_, err := orm.Open(context.Background(), open.URL(text), orm.Entities(Note{}))
		if !errors.Is(err, open.ErrAddress) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
