package migrate_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/migrate"
)

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
	_, err = m.Up(t.Context())
	told(t, err, driver.ErrReadOnly, "nothing of the file was kept", "the user has not the right")
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

// TestUnwritableFile looks at a file that was opened as any other, and may not be written.
func TestUnwritableFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "test.db")
	e, err := sqlite.File(file).Connect(t.Context())
	must(t, err)
	must(t, second2(migrator(t, e, three().set(t), migrate.To(2)).Up(t.Context())))
	must(t, e.Close())
	raw, err := sql.Open("sqlite3", file)
	must(t, err)
	_, err = raw.ExecContext(t.Context(), "pragma journal_mode = delete")
	must(t, err)
	must(t, raw.Close())
	m := migrator(t, connect(t, sqlite.File("file:"+file+"?immutable=1")), three().set(t))
	if got := conditions(t, m); got != "1:applied 2:applied 3:pending" {
		t.Errorf("got %s", got)
	}
	_, err = m.Up(t.Context())
	told(t, err, driver.ErrReadOnly, "the user has not the right")
}
