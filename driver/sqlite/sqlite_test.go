package sqlite_test

import (
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/driver/sqlite/internal/litetest"
)

func TestBinding(t *testing.T) {
	litetest.Run(t, litetest.Binding{File: sqlite.File, Memory: sqlite.Memory})
}
