package migrate

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"regexp"

	"github.com/pressly/goose/v3/database"

	"github.com/weft-orm/weft/driver"
)

// A book is a history that can be written.
type book interface {
	insert(ctx context.Context, f *File) error
	put(ctx context.Context, r *record) error
	remove(ctx context.Context, version int64) error
	// drop removes the history itself.
	drop(ctx context.Context) error
}

// pages are the history of a database with SQL, on a connection or in a transaction.
type pages struct {
	history *history
	db      database.DBTxConn
}

func (p *pages) insert(ctx context.Context, f *File) error {
	return p.history.Insert(ctx, p.db, database.InsertRequest{Version: f.Version})
}
func (p *pages) put(ctx context.Context, r *record) error { return p.history.put(ctx, p.db, r) }
func (p *pages) remove(ctx context.Context, version int64) error {
	return p.history.Delete(ctx, p.db, version)
}

func (p *pages) drop(ctx context.Context) error {
	for _, table := range []string{p.history.Tablename(), RecordTable} {
		if _, err := p.db.ExecContext(ctx, "drop table "+table); err != nil {
			return err
		}
	}
	return nil
}

// Forget drops the history: the database is as one that never had migrations, and the
// next run begins with the first file. The tables that the files have made stay.
func (m *Migrator) Forget(ctx context.Context) error {
	return m.locked(ctx, func(b book, _ *state) error { return b.drop(ctx) })
}

// Baseline notes all files up to a version as applied without running them, so that a
// database that has their tables already adopts migrations. The history must be empty.
func (m *Migrator) Baseline(ctx context.Context, to int64) ([]string, error) {
	if m.set.Find(to) == nil {
		return nil, unknownVersion(to)
	}
	var names []string
	err := m.locked(ctx, func(b book, s *state) error {
		if len(s.past.applied) > 0 {
			return &Error{Class: ErrHistory, Names: entryNames(s.appliedFiles()), Remedy: "a baseline is for databases without a history; weft migrate log notes single versions"}
		}
		for _, f := range m.set.files {
			if f.Version > to {
				break
			}
			if err := b.insert(ctx, f); err != nil {
				return err
			}
			names = append(names, f.Base())
		}
		return nil
	})
	return names, err
}

// Log notes a version as applied, with what its file says now. statements below 0
// stands for all of them; less than the file has says how far it got, for a file that
// was run in part.
func (m *Migrator) Log(ctx context.Context, version int64, statements int) error {
	f := m.set.Find(version)
	if f == nil {
		return unknownVersion(version)
	}
	return m.locked(ctx, func(b book, s *state) error {
		if statements >= 0 && statements < len(f.Up) {
			return b.put(ctx, &record{version: version, name: f.Base(), checksum: f.Checksum, statements: len(f.Up) + 1,
				done: statements, begun: statements, prefix: prefix(f.Up[:statements])})
		}
		if statements > len(f.Up) {
			return &Error{Class: ErrVersion, Names: []string{f.Base()}, Remedy: fmt.Sprintf("it has %d statements", len(f.Up))}
		}
		if err := b.insert(ctx, f); err != nil {
			return err
		}
		return b.put(ctx, finished(f))
	})
}

// Unlog forgets that a version was applied. Its file may be gone.
func (m *Migrator) Unlog(ctx context.Context, version int64) error {
	return m.locked(ctx, func(b book, s *state) error {
		if !s.past.applied[version] && s.past.records[version] == nil {
			return &Error{Class: ErrVersion, Names: []string{fmt.Sprint(version)}, Remedy: "it is not in the history"}
		}
		return b.remove(ctx, version)
	})
}

// locked changes the history while nobody migrates.
func (m *Migrator) locked(ctx context.Context, fn func(b book, s *state) error) error {
	if d := m.documents; d != nil {
		return d.locked(ctx, func(ctx context.Context) error {
			s, err := m.state(ctx)
			if err != nil {
				return err
			}
			return fn(d, s)
		})
	}
	conn, err := m.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer conn.Close()
	l := &locker{m}
	if err := l.SessionLock(ctx, conn); err != nil {
		return err
	}
	err = m.noted(ctx, conn, fn)
	if err != nil && !errors.As(err, new(*Error)) {
		err = &RunError{Doing: "write the history", Done: "nothing was noted", Err: m.classify(err)}
	}
	if unlock := l.SessionUnlock(context.WithoutCancel(ctx), conn); unlock != nil {
		err = errors.Join(err, unlock)
	}
	return err
}

// noted does so in a transaction.
func (m *Migrator) noted(ctx context.Context, conn *stdsql.Conn, fn func(b book, s *state) error) error {
	s, err := m.state(ctx)
	if err != nil {
		return err
	}
	if m.dialect.immediate {
		return immediately(ctx, conn, func() error { return fn(&pages{m.history, conn}, s) })
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := fn(&pages{m.history, tx}, s); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

// making finds the table or the collection that a statement makes.
var (
	makingTable      = regexp.MustCompile("(?is)^create\\s+table\\s+(?:if\\s+not\\s+exists\\s+)?[\"`]?([^\"`\\s(.]+)[\"`]?\\s*\\(")
	makingCollection = regexp.MustCompile(`^\{\s*"create"\s*:\s*"([^"]+)"`)
)

// namespaceExists is MongoDB's answer to a command that makes a collection which is there.
const namespaceExists = "48"

// existing is what a statement that was refused makes, where that is there; "" otherwise.
func (m *Migrator) existing(ctx context.Context, failed *StatementError) string {
	if m.documents != nil {
		name := makingCollection.FindStringSubmatch(failed.SQL)
		if e, ok := errors.AsType[*driver.Error](failed.Err); name == nil || !ok || e.Code != namespaceExists {
			return ""
		}
		return name[1]
	}
	name := makingTable.FindStringSubmatch(failed.SQL)
	if name == nil {
		return ""
	}
	if there, err := m.dialect.tableExists(ctx, m.db, name[1]); err != nil || !there {
		return ""
	}
	return name[1]
}
