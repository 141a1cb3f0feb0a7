package postgres_test

import (
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/drivertest"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/internal/testdb"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, drivertest.Options{Open: func(t testing.TB) driver.Connector {
		return postgres.URL(testdb.Postgres(t))
	}})
}

func TestConformanceBehindPooler(t *testing.T) {
	drivertest.Run(t, drivertest.Options{ManyRows: 2000, Open: func(t testing.TB) driver.Connector {
		return postgres.URL(testdb.Postgres(t), postgres.Pooler())
	}})
}
