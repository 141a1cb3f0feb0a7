package mysql_test

import (
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/drivertest"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/internal/testdb"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, drivertest.Options{Open: func(t testing.TB) driver.Connector {
		return mysql.DSN(testdb.MySQL(t))
	}})
}
