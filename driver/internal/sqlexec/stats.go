package sqlexec

import (
	"database/sql"

	"github.com/weft-orm/weft/driver"
)

// Stats returns the state of a pool of database/sql.
func Stats(name string, db *sql.DB) driver.PoolStats {
	s := db.Stats()
	return driver.PoolStats{
		Name: name, Max: s.MaxOpenConnections, Open: s.OpenConnections, Idle: s.Idle, InUse: s.InUse,
		Waits: s.WaitCount, Waited: s.WaitDuration,
	}
}
