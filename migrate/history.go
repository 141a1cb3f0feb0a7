package migrate

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pressly/goose/v3/database"
)

// DefaultTable is the history table of goose.
const DefaultTable = "goose_db_version"

// RecordTable is the table of what goose's does not know: what each file said, and
// how far it got.
const RecordTable = "weft_migrations"

// record is a row of [RecordTable].
type record struct {
	version  int64
	name     string
	checksum string
	// done of the statements were run, begun is done or one more. While a file is on
	// its way, statements counts one more than it has: its entry in the history. prefix is the checksum of those that are done.
	statements, done, begun int
	prefix                  string
	problem                 string
	at                      string
}

// down reports the record of a file that is on its way back.
func (r *record) down() bool { return strings.HasPrefix(r.name, "down ") }

// halfway reports a file that has not come to its end.
func (r *record) halfway() bool { return r.done < r.statements }

// history is goose's history with the records beside it. It is goose's Store.
type history struct {
	database.Store
	*dialect
	set *Set
	// classify gives errors of the database their class.
	classify func(error) error
}

func newHistory(d *dialect, table string, set *Set, classify func(error) error) (*history, error) {
	s, err := database.NewStore(d.goose, table)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return &history{Store: s, dialect: d, set: set, classify: classify}, nil
}

// TableExists implements goose's StoreExtender.
func (h *history) TableExists(ctx context.Context, db database.DBTxConn) (bool, error) {
	return h.tableExists(ctx, db, h.Tablename())
}

// CreateVersionTable implements goose's Store. goose calls it before it takes the lock, where
// nobody has made the table: see [Migrator.prepare].
func (h *history) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	return h.unprepared(h.Store.CreateVersionTable(ctx, db))
}

// unprepared is the error of making the tables of the history.
func (h *history) unprepared(err error) error {
	if err == nil || errors.As(err, new(*Error)) || errors.As(err, new(*RunError)) {
		return err
	}
	return &RunError{Doing: "make the tables of the history", Done: "nothing was run", Err: h.classify(err)}
}

// ensure makes both tables.
func (h *history) ensure(ctx context.Context, db database.DBTxConn) error {
	there, err := h.TableExists(ctx, db)
	if err != nil {
		return err
	}
	if !there {
		if err := h.CreateVersionTable(ctx, db); err != nil {
			return err
		}
	}
	// A program that died may have made the table without goose's first entry.
	if _, err := h.GetMigration(ctx, db, 0); errors.Is(err, database.ErrVersionNotFound) {
		err = h.Store.Insert(ctx, db, database.InsertRequest{Version: 0})
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	if there, err = h.tableExists(ctx, db, RecordTable); err != nil || there {
		return err
	}
	_, err = db.ExecContext(ctx, `create table `+RecordTable+` (
  version bigint not null primary key, name varchar(255) not null, checksum varchar(64) not null,
  statements integer not null, done integer not null, begun integer not null,
  prefix varchar(64) not null, problem text, at varchar(40) not null
)`)
	return err
}

// Insert implements goose's Store: it notes a version once, with what its file says.
func (h *history) Insert(ctx context.Context, db database.DBTxConn, req database.InsertRequest) error {
	_, err := h.GetMigration(ctx, db, req.Version)
	switch {
	case err == nil:
		return nil
	case !errors.Is(err, database.ErrVersionNotFound):
		return err
	}
	if err := h.Store.Insert(ctx, db, req); err != nil {
		return err
	}
	f := h.set.Find(req.Version)
	if f == nil {
		return nil
	}
	return h.put(ctx, db, finished(f))
}

// finished is the record of a file that was applied.
func finished(f *File) *record {
	return &record{version: f.Version, name: f.Base(), checksum: f.Checksum, statements: len(f.Up), done: len(f.Up), begun: len(f.Up)}
}

// Delete implements goose's Store.
func (h *history) Delete(ctx context.Context, db database.DBTxConn, version int64) error {
	if err := h.Store.Delete(ctx, db, version); err != nil {
		return err
	}
	return h.forget(ctx, db, version)
}

func (h *history) forget(ctx context.Context, db database.DBTxConn, version int64) error {
	_, err := db.ExecContext(ctx, h.place("delete from "+RecordTable+" where version = ?"), version)
	return err
}

// put writes a record, in place of the one that is there.
func (h *history) put(ctx context.Context, db database.DBTxConn, r *record) error {
	if err := h.forget(ctx, db, r.version); err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, h.place("insert into "+RecordTable+
		" (version, name, checksum, statements, done, begun, prefix, problem, at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
		r.version, r.name, r.checksum, r.statements, r.done, r.begun, r.prefix, r.problem, time.Now().UTC().Format(time.RFC3339))
	return err
}

// past is what a database says about its past.
type past struct {
	// applied has the versions of goose's history, records those of weft's.
	applied map[int64]bool
	records map[int64]*record
}

// read reads the past; tables that are missing are an empty one.
func (h *history) read(ctx context.Context, db database.DBTxConn) (*past, error) {
	p := &past{applied: map[int64]bool{}, records: map[int64]*record{}}
	there, err := h.TableExists(ctx, db)
	if err != nil {
		return nil, err
	}
	if there {
		list, err := h.ListMigrations(ctx, db)
		if err != nil {
			return nil, err
		}
		seen := map[int64]bool{}
		for _, m := range list { // the youngest entry of a version counts
			if !seen[m.Version] && m.Version != 0 {
				seen[m.Version] = true
				if m.IsApplied {
					p.applied[m.Version] = true
				}
			}
		}
	}
	if there, err = h.tableExists(ctx, db, RecordTable); err != nil || !there {
		return p, err
	}
	rows, err := db.QueryContext(ctx, "select version, name, checksum, statements, done, begun, prefix, problem, at from "+RecordTable)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r := &record{}
		var problem stdsql.NullString
		if err := rows.Scan(&r.version, &r.name, &r.checksum, &r.statements, &r.done, &r.begun, &r.prefix, &problem, &r.at); err != nil {
			return nil, err
		}
		r.problem = problem.String
		p.records[r.version] = r
	}
	return p, rows.Err()
}
