package reports_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// TestDeadlineWhileLocked: "the request has a deadline of one second, and hangs for five while a backup holds the file".
func TestDeadlineWhileLocked(t *testing.T) {
	for _, journal := range []string{"wal", "delete"} {
		path := filepath.Join(t.TempDir(), journal+".db")
		db, err := orm.Open(t.Context(), sqlite.File(path, sqlite.Pragma("journal_mode", journal)), orm.Entities(Room{}, Seat{}))
		done(t, err)
		t.Cleanup(func() { done(t, db.Close()) })
		done(t, schema.Create(t.Context(), db))
		em := db.Fork()
		em.Persist(&Room{Name: "a"})
		done(t, em.Flush(t.Context()))
		_, err = orm.Find[Room](t.Context(), em, orm.M{"name": "a"})
		done(t, err)
		other, err := sql.Open("sqlite3", path)
		done(t, err)
		t.Cleanup(func() { other.Close() })
		conn, err := other.Conn(t.Context())
		done(t, err)
		_, err = conn.ExecContext(t.Context(), map[string]string{"wal": "begin immediate", "delete": "begin exclusive"}[journal])
		done(t, err)
		t.Cleanup(func() {
			conn.ExecContext(context.Background(), "rollback")
			conn.Close()
		})
		calls := map[string]func(context.Context, *orm.EntityManager) error{
			"flush": func(ctx context.Context, em *orm.EntityManager) error {
				em.Persist(&Room{Name: "b"})
				return em.Flush(ctx)
			},
			"flush of many": func(ctx context.Context, em *orm.EntityManager) error {
				r := &Room{Name: "b"}
				r.Seats.Add(&Seat{Row: 1}, &Seat{Row: 2})
				em.Persist(r)
				return em.Flush(ctx)
			},
			"bulk update": func(ctx context.Context, em *orm.EntityManager) error {
				_, err := orm.NativeUpdate[Room](ctx, em, orm.M{"name": "a"}, orm.M{"name": "c"})
				return err
			},
			"bulk insert": func(ctx context.Context, em *orm.EntityManager) error {
				return orm.BulkInsert(ctx, em, []*Room{{Name: "d"}, {Name: "e"}})
			},
			"transaction": func(ctx context.Context, em *orm.EntityManager) error {
				return em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
					em.Persist(&Room{Name: "b"})
					return nil
				})
			},
			"text": func(ctx context.Context, em *orm.EntityManager) error {
				_, err := em.Exec(ctx, "update rooms set name = 'x'")
				return err
			},
		}
		if journal == "delete" { // with a log that is written ahead readers do not wait
			calls["find"] = func(ctx context.Context, em *orm.EntityManager) error {
				_, err := orm.Find[Room](ctx, em, orm.M{"name": "a"})
				return err
			}
			calls["count"] = func(ctx context.Context, em *orm.EntityManager) error {
				_, err := orm.Count[Room](ctx, em, nil)
				return err
			}
			calls["ping"] = func(ctx context.Context, em *orm.EntityManager) error {
				p, _ := driver.EngineAs[driver.Pinger](db.Engine())
				return p.Ping(ctx)
			}
		}
		for name, call := range calls {
			t.Run(journal+"/"+name, func(t *testing.T) {
				ctx, stop := context.WithTimeout(t.Context(), 150*time.Millisecond)
				defer stop()
				begun := time.Now()
				err := call(ctx, db.Fork())
				if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, orm.ErrCanceled) {
					t.Errorf("got %v", err)
				}
				if took := time.Since(begun); took > 450*time.Millisecond {
					t.Errorf("it took %v", took)
				}
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(100*time.Millisecond, cancel)
				begun = time.Now()
				if err = call(ctx, db.Fork()); !errors.Is(err, context.Canceled) || !errors.Is(err, orm.ErrCanceled) {
					t.Errorf("got %v", err)
				}
				if took := time.Since(begun); took > 400*time.Millisecond {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}
