package schema

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"time"
)

// LockTimeout is how long a program waits for another one that changes the schema
// of the same database.
const LockTimeout = time.Minute

// The locks are those of one database: another database of the server is changed
// at the same time. A lock goes with its connection, so that a program that dies
// leaves none behind.
const (
	postgresLock   = `select 1 from (select pg_advisory_lock(hashtext('weft_schema'), 1)) as l`
	postgresUnlock = `select pg_advisory_unlock(hashtext('weft_schema'), 1)`
	mysqlLock      = "select get_lock(concat('weft_schema:', sha1(coalesce(database(), ''))), 60)"
	mysqlUnlock    = "select release_lock(concat('weft_schema:', sha1(coalesce(database(), ''))))"
)

// lock keeps programs that start at once from creating the same tables, on
// servers that have locks with a name.
func (l *live) lock(ctx context.Context) (unlock func(context.Context) error, err error) {
	if l.atlas.lock == "" {
		return func(context.Context) error { return nil }, nil
	}
	waiting, stop := context.WithTimeout(ctx, LockTimeout)
	defer stop()
	var got stdsql.NullInt64
	err = l.conn.QueryRowContext(waiting, l.atlas.lock).Scan(&got)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("schema: %s: lock: %w", l.sql.Name(), ctx.Err())
	case errors.Is(waiting.Err(), context.DeadlineExceeded), err == nil && got.Int64 != 1:
		return nil, fmt.Errorf("schema: %s: %w", l.sql.Name(), ErrLocked)
	case err != nil:
		return nil, fmt.Errorf("schema: %s: lock: %w", l.sql.Name(), err)
	}
	return l.release, nil
}

// release gives the lock back, also after the context of its call is done; a
// connection that is lost has given it back already.
func (l *live) release(ctx context.Context) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	var released any
	if err := l.conn.QueryRowContext(ctx, l.unlock).Scan(&released); err != nil && !errors.Is(err, stdsql.ErrConnDone) {
		return fmt.Errorf("schema: %s: unlock: %w", l.sql.Name(), err)
	}
	return nil
}
