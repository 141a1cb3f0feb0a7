package orm

import "github.com/weft-orm/weft/driver"

// PoolStats returns the state of the connection pools at this moment, in an
// order that does not change: one of most engines, two of SQLite, one for each
// server behind driver/replica. It is nil for engines without connections.
func (db *DB) PoolStats() []driver.PoolStats {
	if pooled, ok := driver.EngineAs[driver.Pooled](db.there().engine); ok {
		return pooled.PoolStats()
	}
	return nil
}
