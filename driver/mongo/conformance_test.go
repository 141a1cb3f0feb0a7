package mongo_test

import (
	"context"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/drivertest"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, drivertest.Options{
		Open: func(t testing.TB) driver.Connector {
			uri, db := testdb.Mongo(t)
			return mongo.URI(uri, db)
		},
		Create: func(ctx context.Context, engine driver.Engine, reg *mapper.Registry) error {
			return engine.(driver.SchemaEnsurer).EnsureSchema(ctx, reg, "")
		},
		ManyRows: 10_000,
	})
}
