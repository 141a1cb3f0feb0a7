package live

import (
	"context"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/address"
)

// Open connects to the database at an address: sqlite:FILE, postgres://...,
// mysql://user:password@host:port/db, mongodb://host/db. A SQLite file must exist
// and is opened read-only.
func Open(ctx context.Context, dsn string) (driver.Engine, error) {
	a, err := address.Parse(dsn)
	if err != nil {
		return nil, err
	}
	c, err := a.ReadOnly()
	if err != nil {
		return nil, err
	}
	return c.Connect(ctx)
}
