package migrate_test

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/migrate"
)

// TestReader lets a user look who has no right but to read.
func TestReader(t *testing.T) {
	address := testdb.Postgres(t)
	e := connect(t, postgres.URL(address))
	_, err := migrator(t, e, three().set(t), migrate.To(2)).Up(t.Context())
	must(t, err)
	role := testdb.Name()
	run(t, e, "create role "+role+" login")
	t.Cleanup(func() {
		handle(e).Exec("drop owned by " + role)
		handle(e).Exec("drop role " + role)
	})
	run(t, e, "grant select on all tables in schema public to "+role)
	u, err := url.Parse(address)
	must(t, err)
	u.User = url.User(role)
	reader := connect(t, postgres.URL(u.String()))
	m := migrator(t, reader, three().set(t))
	if got := conditions(t, m); got != "1:applied 2:applied 3:pending" {
		t.Errorf("got %s", got)
	}
	must(t, m.Verify(t.Context()))
	_, err = m.Up(t.Context())
	var failed *migrate.StatementError
	if !errors.As(err, &failed) || failed.Name != "3_third.sql" || failed.Kept {
		t.Errorf("got %v", err)
	}
	if got := conditions(t, m); got != "1:applied 2:applied 3:pending" {
		t.Errorf("got %s", got)
	}
}

// TestReadOnlyFile cannot write, and says so without having done anything.
func TestReadOnlyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "test.db")
	e := connect(t, sqlite.File(file))
	_, err := migrator(t, e, three().set(t), migrate.To(2)).Up(t.Context())
	must(t, err)
	run(t, e, "pragma wal_checkpoint(truncate)")
	reader := connect(t, sqlite.File("file:"+file+"?mode=ro"))
	m := migrator(t, reader, three().set(t))
	if got := conditions(t, m); got != "1:applied 2:applied 3:pending" {
		t.Errorf("got %s", got)
	}
	if _, err := m.Up(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "migrate: ") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

// TestFullDisk stops where the database may not grow.
func TestFullDisk(t *testing.T) {
	f := three()
	f.add("4_much.sql", "-- +goose Up\npragma max_page_count = 20;\ncreate table much (t text);\ninsert into much select hex(zeroblob(100000)) from a;\n")
	e := servers[0].open(t)
	_, err := migrator(t, e, f.set(t)).Up(t.Context())
	var failed *migrate.StatementError
	if !errors.As(err, &failed) || failed.Number != 3 || failed.Kept {
		t.Fatalf("got %v", err)
	}
	if got := conditions(t, migrator(t, e, f.set(t))); got != "1:applied 2:applied 3:applied 4:pending" {
		t.Errorf("got %s", got)
	}
}
