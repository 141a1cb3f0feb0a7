package migrate_test

import (
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
