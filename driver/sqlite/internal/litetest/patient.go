package litetest

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite/internal/lite"
)

// locked is an engine on a file with a table, which another connection has locked.
func (b Binding) locked(t *testing.T, busy time.Duration) (driver.Engine, *sql.DB, func()) {
	path := filepath.Join(t.TempDir(), "a.db")
	engine := connect(t, b.File(path, lite.BusyTimeout(busy)))
	db := engine.(driver.SQLHandle).DB()
	if _, err := db.Exec("create table t (i int)"); err != nil {
		t.Fatal(err)
	}
	conn, err := connect(t, b.File(path)).(driver.SQLHandle).DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "begin immediate"); err != nil {
		t.Fatal(err)
	}
	return engine, db, func() { conn.ExecContext(context.Background(), "rollback"); conn.Close() }
}

func isBusy(e driver.Engine, err error) bool {
	return errors.Is(e.(driver.Classifier).Classify(err), driver.ErrLockTimeout)
}

// scriptInALockedFile does no statement of a script twice.
func (b Binding) scriptInALockedFile(t *testing.T) {
	_, db, unlock := b.locked(t, 2*time.Second)
	time.AfterFunc(200*time.Millisecond, unlock)
	if _, err := db.Exec("insert into t values (1); insert into t values (?)", 2); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.QueryRow("select count(*) from t").Scan(&n); err != nil || n != 2 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// waitingForALock waits as long as it may, and gets through when the lock goes.
func (b Binding) waitingForALock(t *testing.T) {
	engine, db, unlock := b.locked(t, 400*time.Millisecond)
	begun := time.Now()
	_, err := db.Exec("insert into t values (1)")
	if took := time.Since(begun); !isBusy(engine, err) || took < 350*time.Millisecond || took > 2*time.Second {
		t.Errorf("%v after %v", err, took)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRow("select count(*) from t").Scan(&n); err != nil {
		t.Fatal(err)
	}
	// Both sides would wait for each other: SQLite says so at once.
	begun = time.Now()
	if _, err := tx.Exec("insert into t values (2)"); !isBusy(engine, err) || time.Since(begun) > 200*time.Millisecond {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(150*time.Millisecond, unlock)
	if _, err := db.Exec("insert into t values (3)"); err != nil {
		t.Error(err)
	}
}

// contextWhileLocked ends each kind of call soon after its context.
func (b Binding) contextWhileLocked(t *testing.T) {
	engine, db, unlock := b.locked(t, 5*time.Second)
	defer unlock()
	calls := map[string]func(context.Context) error{
		"statement": func(ctx context.Context) error { _, err := db.ExecContext(ctx, "insert into t values (1)"); return err },
		"prepared": func(ctx context.Context) error {
			stmt, err := db.PrepareContext(ctx, "insert into t values (?)")
			if err == nil {
				_, err = stmt.ExecContext(ctx, 1)
			}
			return err
		},
		"transaction": func(ctx context.Context) error {
			tx, err := db.BeginTx(ctx, nil)
			if err == nil {
				_, err = tx.ExecContext(ctx, "create table u (i int)")
				tx.Rollback()
			}
			return err
		},
		"rows": func(ctx context.Context) error {
			rows, err := db.QueryContext(ctx, "insert into t values (1) returning i")
			if err == nil {
				rows.Close()
			}
			return err
		},
		"session": func(ctx context.Context) error {
			s, err := engine.Session(ctx, driver.SessionOptions{Transaction: true})
			if err != nil {
				return err
			}
			defer s.End(ctx, false)
			_, err = s.(driver.TextExecer).ExecText(ctx, "insert into t values (1)")
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), 120*time.Millisecond)
			defer stop()
			begun := time.Now()
			err := call(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || name == "session" && !errors.Is(err, driver.ErrCanceled) {
				t.Errorf("%v", err)
			}
			if took := time.Since(begun); took > 450*time.Millisecond {
				t.Errorf("it took %v", took)
			}
		})
	}
}
