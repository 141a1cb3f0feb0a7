package migrate

import (
	"context"
	stdsql "database/sql"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3/database"

	"github.com/weft-orm/weft/driver"
)

// A run is one call of Up or Down.
type run struct {
	*Migrator
	names []string
}

func (r *run) begins(f *File, down bool) {
	if r.options.told != nil {
		r.options.told(Event{Name: f.Base(), Down: down})
	}
}

func (r *run) ended(f *File, down bool) {
	r.names = append(r.names, f.Base())
	if r.options.told != nil {
		r.options.told(Event{Name: f.Base(), Down: down, Done: true})
	}
}

// file runs one file, one way. What it did and the history of it are one transaction
// where the engine can.
func (r *run) file(ctx context.Context, db *stdsql.DB, f *File, down bool) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	x := &fileRun{run: r, file: f, down: down, list: f.Up}
	if down {
		x.list = f.Down
	}
	switch {
	case r.dialect.immediate:
		err = x.sqlite(ctx, conn)
	case r.dialect.transactional && !f.NoTransaction:
		err = x.transaction(ctx, conn)
	default:
		err = x.stepwise(ctx, db, conn)
	}
	if err == nil && !x.skipped {
		r.ended(f, down)
	}
	return err
}

// A fileRun is one file on its way.
type fileRun struct {
	*run
	file    *File
	down    bool
	list    []Statement
	skipped bool
}

// note writes the history.
func (x *fileRun) note(ctx context.Context, db database.DBTxConn) error {
	if x.down {
		return x.history.Delete(ctx, db, x.file.Version)
	}
	return x.history.Insert(ctx, db, database.InsertRequest{Version: x.file.Version})
}

func (x *fileRun) fails(i int, err error) *StatementError {
	s := x.list[i]
	return &StatementError{Name: x.file.Base(), Line: s.Line, Number: i + 1, Of: len(x.list), SQL: s.SQL, Err: x.classify(err)}
}

// beside is an error that no statement of the file has.
func (x *fileRun) beside(doing, done string, err error) error {
	if err == nil {
		return nil
	}
	return &RunError{Name: x.file.Base(), Doing: doing, Done: done, Err: x.classify(err)}
}

const (
	nothingKept = "nothing of the file was kept"
	allOrNone   = "it was kept as a whole or not at all: weft migrate status tells which"
	notNoted    = "its statements were run and stay, and the next run notes it"
)

// mayRun asks what is in the way of a statement, on the way up.
func (x *fileRun) mayRun(ctx context.Context, db database.DBTxConn, i int, kept bool) error {
	if x.down {
		return nil
	}
	return x.clear(ctx, x.file, &x.list[i], kept, x.askOn(db))
}

// transaction runs all statements in one.
func (x *fileRun) transaction(ctx context.Context, conn *stdsql.Conn) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return x.beside("begin", nothingKept, err)
	}
	x.begins(x.file, x.down)
	for i, s := range x.list {
		if err := x.mayRun(ctx, tx, i, false); err != nil {
			return errors.Join(err, ignoreDone(tx.Rollback()))
		}
		if _, err := tx.ExecContext(ctx, s.SQL); err != nil {
			return errors.Join(x.fails(i, err), ignoreDone(tx.Rollback()))
		}
	}
	if err := x.note(ctx, tx); err != nil {
		return errors.Join(x.beside("write the history", nothingKept, err), ignoreDone(tx.Rollback()))
	}
	return x.beside("commit", allOrNone, tx.Commit())
}

func ignoreDone(err error) error {
	if errors.Is(err, stdsql.ErrTxDone) {
		return nil
	}
	return err
}

// immediately runs fn in a transaction that is alone in writing from its start on.
func immediately(ctx context.Context, conn *stdsql.Conn, fn func() error) error {
	if _, err := conn.ExecContext(ctx, "begin immediate"); err != nil {
		return err
	}
	err := fn()
	if err == nil {
		_, err = conn.ExecContext(ctx, "commit")
	}
	if err != nil {
		_, undo := conn.ExecContext(context.WithoutCancel(ctx), "rollback")
		_ = undo // SQLite may have rolled back by itself
	}
	return err
}

// ownTransaction finds what files for goose need around a table that is copied, and
// what weft does by itself.
var ownTransaction = regexp.MustCompile(`(?i)^\s*(?:begin(?:\s+(?:immediate|exclusive|deferred))?(?:\s+transaction)?|commit(?:\s+transaction)?|end(?:\s+transaction)?|pragma\s+foreign_keys\s*=\s*\w+)\s*$`)

// sqlite runs a file on SQLite: in one transaction, which is also the lock, with
// foreign keys off while tables are copied, and a look at the references at the end.
func (x *fileRun) sqlite(ctx context.Context, conn *stdsql.Conn) error {
	copies := false
	for _, s := range x.list {
		copies = copies || strings.HasPrefix(strings.ToLower(strings.TrimSpace(s.SQL)), "pragma foreign_keys")
	}
	if copies {
		var on bool
		if err := conn.QueryRowContext(ctx, "pragma foreign_keys").Scan(&on); err != nil {
			return err
		}
		if on {
			if _, err := conn.ExecContext(ctx, "pragma foreign_keys = off"); err != nil {
				return err
			}
			defer conn.ExecContext(context.WithoutCancel(ctx), "pragma foreign_keys = on")
		}
	}
	err := immediately(ctx, conn, func() error {
		_, err := x.history.GetMigration(ctx, conn, x.file.Version)
		if (err == nil) != x.down { // another program was faster
			x.skipped = true
			return nil
		}
		x.begins(x.file, x.down)
		for i, s := range x.list {
			if ownTransaction.MatchString(s.SQL) {
				continue
			}
			if err := x.mayRun(ctx, conn, i, false); err != nil {
				return err
			}
			if _, err := conn.ExecContext(ctx, s.SQL); err != nil {
				return x.fails(i, err)
			}
		}
		if copies {
			if err := dangling(ctx, conn); err != nil {
				return x.fails(len(x.list)-1, err)
			}
		}
		return x.note(ctx, conn)
	})
	if errors.As(err, new(*StatementError)) || errors.As(err, new(*ObstacleError)) || errors.As(err, new(*RunError)) {
		return err
	}
	return x.beside("run it in a transaction", nothingKept, err)
}

// dangling reports a row that refers to nothing.
func dangling(ctx context.Context, conn *stdsql.Conn) error {
	rows, err := conn.QueryContext(ctx, "pragma foreign_key_check")
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		return &driver.Error{Class: driver.ErrForeignKeyViolation, Engine: "sqlite", Op: -1, Row: -1}
	}
	return rows.Err()
}

// stepwise runs statement by statement, and notes each before and after, so that the
// next run goes on where this one ends.
func (x *fileRun) stepwise(ctx context.Context, db *stdsql.DB, conn *stdsql.Conn) error {
	past, err := x.history.read(ctx, conn)
	if err != nil {
		return x.beside("read the history", "nothing of the file was run", err)
	}
	at := &record{version: x.file.Version, name: x.file.Base(), checksum: x.file.Checksum, statements: len(x.list) + 1}
	if x.down {
		at.name = "down " + at.name
	}
	if old := past.records[x.file.Version]; old != nil && old.down() == x.down && old.halfway() {
		if err := x.resumes(old); err != nil {
			return err
		}
		at.done, at.begun = old.done, old.done
	}
	var asked map[int]bool
	if !x.down {
		if asked, err = x.clearAhead(ctx, x.file, x.list[at.done:], at.done > 0, x.askOn(conn)); err != nil {
			return err
		}
	}
	first := at.done
	x.begins(x.file, x.down)
	for i := at.done; i < len(x.list); i++ {
		if !asked[i-first] {
			if err := x.mayRun(ctx, conn, i, i > 0); err != nil {
				return x.obstructed(ctx, conn, at, err)
			}
		}
		at.begun, at.prefix, at.problem = i+1, prefix(x.list[:i]), ""
		if err := x.history.put(ctx, conn, at); err != nil {
			failed := x.fails(i, err)
			failed.Kept = true
			return failed
		}
		if _, err := conn.ExecContext(ctx, x.list[i].SQL); err != nil {
			return x.stopped(ctx, db, at, i, err)
		}
		at.done, at.prefix = i+1, prefix(x.list[:i+1])
		if err := x.history.put(ctx, conn, at); err != nil {
			return x.beside("write the history", "statement "+strconv.Itoa(i+1)+" was run, which the history does not know: say so by weft migrate log "+
				strconv.FormatInt(x.file.Version, 10)+" --statements "+strconv.Itoa(i+1), err)
		}
	}
	return x.beside("write the history", notNoted, x.note(ctx, conn))
}

// obstructed notes what kept the rest of a file from being run.
func (x *fileRun) obstructed(ctx context.Context, db database.DBTxConn, at *record, err error) error {
	if at.done > 0 {
		at.begun, at.problem = at.done, err.Error()
		_ = x.history.put(ctx, db, at) // the record before it says as much, but for the reason
	}
	return err
}

// stopped notes where a file stopped. An error of the server says that the statement
// was not run; a lost connection says nothing.
func (x *fileRun) stopped(ctx context.Context, db *stdsql.DB, at *record, i int, err error) error {
	failed := x.fails(i, err)
	failed.Kept = true
	if isAnswer(failed.Err) {
		at.begun = i
	} else {
		failed.Unsure = true
	}
	at.problem = err.Error()
	ctx = context.WithoutCancel(ctx)
	_ = x.history.put(ctx, db, at) // what stopped the file may stop this too; the record before it stays
	return failed
}
