package sqlexec

import (
	"context"
	"database/sql"
)

// Lease is a connection taken from a pool.
type Lease struct {
	*Conn
	handle *sql.Conn
}

// Acquire takes a connection from db, whose connector is a [Connector], and waits
// for one while all are in use.
func Acquire(ctx context.Context, db *sql.DB) (*Lease, error) {
	handle, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	l := &Lease{handle: handle}
	err = handle.Raw(func(c any) error {
		l.Conn = c.(*Conn)
		return nil
	})
	if err != nil {
		_ = handle.Close() // the pool discards the connection itself
		return nil, err
	}
	return l, nil
}

// Release gives the connection back; the pool closes a broken one.
func (l *Lease) Release() { _ = l.handle.Close() }
