package migrate

import (
	"context"
	"crypto/rand"
	stdsql "database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/weft-orm/weft/driver"
)

// lockTimeout is how long a program waits for one that migrates the same database.
const lockTimeout = 10 * time.Minute

// Locks of servers go with their connection, so that a program that dies leaves none behind.
// On PostgreSQL the schema is part of the lock: each tenant has a history of its own.
const (
	postgresLock   = "select 1 from (select pg_advisory_lock(hashtext('weft_migrate'), hashtext(coalesce(current_schema(), '')))) as l"
	postgresUnlock = "select pg_advisory_unlock(hashtext('weft_migrate'), hashtext(coalesce(current_schema(), '')))"
	mysqlLock      = "select get_lock(concat('weft_migrate:', sha1(coalesce(database(), ''))), 600)"
	mysqlUnlock    = "select release_lock(concat('weft_migrate:', sha1(coalesce(database(), ''))))"
)

// The lock of a document database is a document in a collection of its own, which its holder
// renews; documentLease is how long it outlives one that does not.
const (
	lockCollection = RecordTable + "_lock"
	documentLease  = 30 * time.Second
)

// locker keeps other programs away for the time of a run, and makes the history
// tables. Where the engine has no lock with a name, each file's transaction is one.
type locker struct{ *Migrator }

// SessionLock implements goose's SessionLocker.
func (l *locker) SessionLock(ctx context.Context, conn *stdsql.Conn) error {
	if l.dialect.immediate {
		return l.history.unprepared(immediately(ctx, conn, func() error { return l.history.prepare(ctx, conn) }))
	}
	waiting, stop := context.WithTimeout(ctx, lockTimeout)
	defer stop()
	var got stdsql.NullInt64
	err := conn.QueryRowContext(waiting, l.dialect.lock).Scan(&got)
	if ctx.Err() == nil && (errors.Is(waiting.Err(), context.DeadlineExceeded) || err == nil && got.Int64 != 1) {
		return &Error{Class: ErrLocked}
	}
	if err != nil {
		return &RunError{Doing: "take the lock", Done: "nothing was run", Err: l.classify(err)}
	}
	if err := l.history.prepare(ctx, conn); err != nil {
		// The connection goes back to its pool: who did not get in keeps no lock.
		return errors.Join(l.history.unprepared(err), l.SessionUnlock(context.WithoutCancel(ctx), conn))
	}
	return nil
}

// SessionUnlock implements goose's SessionLocker. A lost connection has no lock any more.
func (l *locker) SessionUnlock(ctx context.Context, conn *stdsql.Conn) error {
	if l.dialect.immediate {
		return nil
	}
	var released any
	if err := conn.QueryRowContext(ctx, l.dialect.unlock).Scan(&released); err != nil && conn.PingContext(ctx) == nil {
		return err
	}
	return nil
}

// locked does something while no other program migrates. The context that fn gets ends
// when the lock is lost.
func (d *documents) locked(ctx context.Context, fn func(context.Context) error) error {
	var random [8]byte
	rand.Read(random[:])
	owner := hex.EncodeToString(random[:])
	if err := d.lock(ctx, owner); err != nil {
		return err
	}
	inside, lost := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-inside.Done():
				return
			case <-time.After(d.lease / 3):
				if err := d.renew(inside, owner); err != nil && inside.Err() == nil {
					lost(err)
				}
			}
		}
	}()
	err := fn(inside)
	lost(nil)
	<-ended
	_, unlock := d.engine.RunCommand(context.WithoutCancel(ctx), fmt.Sprintf(`{"delete":%s,"deletes":[{"q":{"_id":"lock","owner":%s},"limit":1}]}`, quote(lockCollection), quote(owner)))
	if err == nil && unlock != nil {
		return &RunError{Doing: "give the lock back", Done: "everything was run; the lock ends by itself", Err: unlock}
	}
	return err
}

// lock takes the lock, or waits for who has it.
func (d *documents) lock(ctx context.Context, owner string) error {
	for end := time.Now().Add(lockTimeout); ; {
		now := time.Now()
		_, err := d.engine.RunCommand(ctx, fmt.Sprintf(`{"update":%s,"updates":[{"q":{"_id":"lock","until":{"$lt":%s}},"u":{"$set":{"owner":%s,"until":%s}},"upsert":true}]}`,
			quote(lockCollection), long(now.UnixMilli()), quote(owner), long(now.Add(d.lease).UnixMilli())))
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, driver.ErrUniqueViolation):
			return &RunError{Doing: "take the lock", Done: "nothing was run", Err: err}
		case now.After(end):
			return &Error{Class: ErrLocked}
		}
		select {
		case <-ctx.Done():
			return &RunError{Doing: "wait for the lock", Done: "nothing was run", Err: ctx.Err()}
		case <-time.After(min(d.lease/10, 200*time.Millisecond)):
		}
	}
}

func (d *documents) renew(ctx context.Context, owner string) error {
	reply, err := d.engine.RunCommand(ctx, fmt.Sprintf(`{"update":%s,"updates":[{"q":{"_id":"lock","owner":%s},"u":{"$set":{"until":%s}}}]}`,
		quote(lockCollection), quote(owner), long(time.Now().Add(d.lease).UnixMilli())))
	if err != nil {
		return err
	}
	var n struct{ N int }
	if err := json.Unmarshal([]byte(reply), &n); err != nil || n.N == 0 {
		return errors.Join(&Error{Class: ErrLocked, Remedy: "the lock was lost to another program"}, err)
	}
	return nil
}
