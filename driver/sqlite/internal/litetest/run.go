package litetest

import (
	"path/filepath"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/drivertest"
	"github.com/weft-orm/weft/driver/sqlite/internal/lite"
)

// Binding makes the connectors of a binding.
type Binding struct {
	File   func(path string, opts ...lite.Option) driver.Connector
	Memory func(opts ...lite.Option) driver.Connector
}

// Run tests a binding, each promise as a sub-test.
func Run(t *testing.T, b Binding) {
	t.Run("conformance", func(t *testing.T) {
		t.Run("file", func(t *testing.T) {
			drivertest.Run(t, drivertest.Options{Open: func(t testing.TB) driver.Connector {
				return b.File(filepath.Join(t.TempDir(), "test ?#%.db"))
			}})
		})
		t.Run("memory", func(t *testing.T) {
			drivertest.Run(t, drivertest.Options{Open: func(testing.TB) driver.Connector { return b.Memory() }})
		})
	})
	for _, promise := range []struct {
		name string
		keep func(t *testing.T)
	}{
		{"functions", b.functions}, {"pragmas", b.pragmas}, {"memories are apart", b.memoriesAreApart}, {"an attached database is a schema", b.attachedDatabaseIsASchema},
		{"text stays text", b.textStaysText}, {"values", b.values}, {"scripts", b.scripts}, {"rows left open", b.leftOpen}, {"a second writer waits its turn", b.secondWriterWaitsItsTurn},
		{"classes of errors", b.classes}, {"details of errors", b.errorDetails}, {"an interrupted statement", b.interruptedStatement},
		{"a handle sees the same database", b.handleSeesTheSameDatabase}, {"the first at once", b.firstAtOnce}, {"narrow rows", b.narrowRows}, {"many rows", b.manyRows}, {"keys of many rows", b.keysOfManyRows},
		{"listed rows", b.listedRows},
		{"a script in a locked file", b.scriptInALockedFile}, {"waiting for a lock", b.waitingForALock}, {"a context while locked", b.contextWhileLocked},
	} {
		t.Run(promise.name, promise.keep)
	}
}
