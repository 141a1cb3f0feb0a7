package purego_test

import (
	"testing"

	"github.com/weft-orm/weft/driver/sqlite/internal/litetest"
	"github.com/weft-orm/weft/driver/sqlite/purego"
)

func TestBinding(t *testing.T) {
	litetest.Run(t, litetest.Binding{File: purego.File, Memory: purego.Memory})
}
