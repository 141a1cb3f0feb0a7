package memory_test

import (
	"context"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/drivertest"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/mapper"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, drivertest.Options{
		Open: func(testing.TB) driver.Connector { return memory.New() },
		// Tables need not be created.
		Create: func(context.Context, driver.Engine, *mapper.Registry) error { return nil },
	})
}
