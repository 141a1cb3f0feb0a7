package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/drivertest"
	"github.com/weft-orm/weft/driver/sqlite"
)

func TestConformance(t *testing.T) {
	t.Run("file", func(t *testing.T) {
		drivertest.Run(t, drivertest.Options{Open: func(t testing.TB) driver.Connector {
			return sqlite.File(filepath.Join(t.TempDir(), "test ?#%.db"))
		}})
	})
	t.Run("memory", func(t *testing.T) {
		drivertest.Run(t, drivertest.Options{Open: func(testing.TB) driver.Connector { return sqlite.Memory() }})
	})
}
