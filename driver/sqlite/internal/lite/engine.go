package lite

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"math"
	"sync"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb"
	weftsql "github.com/weft-orm/weft/qb/sql"
)

// statements is the number of prepared statements a connection keeps.
const statements = 256

var caps = driver.Caps{
	Name:             "sqlite",
	Transactions:     true,
	Savepoints:       true,
	ForeignKeys:      true,
	JoinsToMany:      true,
	FewRoots:         16,
	Checks:           true,
	CountsPerRow:     true,
	ReturnsRows:      true,
	TransactionalDDL: true,
	Language:         &driver.Language{Brackets: true},
	Isolations:       []driver.Isolation{driver.Serializable},
	Limits:           mapper.Limits{Name: naming.MaxSQLite, Digits: 15, TimePrecision: 9, Years: mapper.Years{Last: 9999}, Uint: math.MaxInt64, Marks: "`'\\"},
}

// engine implements driver.Engine, driver.SQLHandle, driver.Attached and driver.Pooled.
type engine struct {
	config *config
	memory bool
	setup  *setup
	// writer has one connection, which takes turns; readers have several that cannot write.
	writer, readers *sqlexec.Pool
	// tools is for callers of DB, opened when first asked for.
	tools *sql.DB
	// attached are handles on attached files, by schema.
	attached map[string]*sql.DB
	toolsMu  sync.Mutex
	profile  *sqlexec.Profile
}

func open(ctx context.Context, b Binding, path string, c *config) (driver.Engine, error) {
	e := &engine{config: c, memory: path == ""}
	uri := memoryURI()
	if !e.memory {
		var err error
		if uri, err = fileURI(path); err != nil {
			return nil, err
		}
	}
	var err error
	if e.setup, err = newSetup(b, uri, e.memory, c); err != nil {
		return nil, err
	}
	e.writer = sqlexec.NewTurns(e.setup.pool(roleWriter, 1), c.busy)
	e.readers = sqlexec.NewPool(e.setup.pool(roleReader, c.readers))
	e.profile = e.newProfile()
	if err := e.ping(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// ping opens the writer, which keeps a database in memory alive. What keeps a reader from opening
// keeps the writer, too, so that readers open when they are needed.
func (e *engine) ping(ctx context.Context) error {
	lease, err := e.acquire(ctx, sqlexec.ForWrite)
	if err != nil {
		return asError(e.setup.binding, err)
	}
	lease.Release()
	return nil
}

func (s *setup) pool(r role, size int) *sql.DB {
	db := sql.OpenDB(&sqlexec.Connector{
		Connector:  &native{s.binding, s.uri, s.config.busy},
		Statements: statements,
		Setup: func(ctx context.Context, c sqldriver.Conn) error {
			return s.run(ctx, c.(*patient), r)
		},
	})
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}

func (e *engine) newProfile() *sqlexec.Profile {
	return &sqlexec.Profile{
		Caps:        &caps,
		Acquire:     e.acquire,
		Begin:       begin,
		Classify:    e.classify,
		Dialect:     weftsql.SQLite(),
		OnRows:      e.setup.binding.KeepText,
		RolledBack:  rolledBack,
		BufferReads: e.memory,
		QuickRows:   true,

		SureStatements: true,
	}
}

// acquire takes a reader, or waits for the turn of a writer. In memory there is no
// WAL, so that readers take turns with the writers.
func (e *engine) acquire(ctx context.Context, use sqlexec.Use) (*sqlexec.Lease, error) {
	if use == sqlexec.ForRead && !e.memory {
		return e.readers.Acquire(ctx)
	}
	lease, err := e.writer.Acquire(ctx)
	if errors.Is(err, sqlexec.ErrTurn) {
		return nil, (&driver.Error{Class: driver.ErrLockTimeout, Engine: caps.Name, Err: errors.New("another transaction holds the database")}).At("", -1, -1)
	}
	return lease, err
}

// begin locks the database for writing at once, so that the transaction cannot lose the right to write half way.
func begin(opts driver.SessionOptions) []string {
	if opts.ReadOnly {
		return []string{"BEGIN"}
	}
	return []string{"BEGIN IMMEDIATE"}
}

func rolledBack(c *sqlexec.Conn) bool {
	conn, ok := c.Driver.(*patient)
	return ok && conn.AutoCommit()
}

func (e *engine) classify(err error) *driver.Error { return classify(e.setup.binding, err) }

// Compile implements driver.Engine.
func (e *engine) Compile(q qb.Query) (driver.Program, error) {
	p, err := sqlexec.Compile(weftsql.SQLite(), q)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Session implements driver.Engine.
func (e *engine) Session(_ context.Context, opts driver.SessionOptions) (driver.Session, error) {
	s, err := sqlexec.NewSession(e.profile, opts)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Caps implements driver.Engine.
func (e *engine) Caps() *driver.Caps { return &caps }

// DB implements driver.SQLHandle: connections of its own on the same database.
func (e *engine) DB() *sql.DB {
	e.toolsMu.Lock()
	defer e.toolsMu.Unlock()
	if e.tools == nil {
		e.tools = e.setup.pool(roleTool, 0)
	}
	return e.tools
}

// Classify implements driver.Classifier.
func (e *engine) Classify(err error) error {
	if err == nil {
		return nil
	}
	x := e.classify(err)
	x.Engine, x.Err = e.Caps().Name, err
	return x.At("", -1, -1)
}

// PoolStats implements driver.Pooled: the writer, then the readers.
func (e *engine) PoolStats() []driver.PoolStats {
	return []driver.PoolStats{e.writer.PoolStats("writer"), e.readers.PoolStats("readers")}
}

// Ping implements driver.Pinger: it reads, and so waits for no writer of a file.
func (e *engine) Ping(ctx context.Context) error {
	s, err := e.Session(ctx, driver.SessionOptions{})
	if err != nil {
		return err
	}
	defer s.End(ctx, false)
	rows, err := s.(driver.TextQueryer).QueryText(ctx, "select count(*) from sqlite_master")
	if err != nil {
		return err
	}
	for rows.Next() {
	}
	return rows.Close()
}

// Close implements driver.Engine.
func (e *engine) Close() error {
	e.toolsMu.Lock()
	defer e.toolsMu.Unlock()
	var errs []error
	for _, db := range e.attached {
		errs = append(errs, db.Close())
	}
	if e.tools != nil {
		errs = append(errs, e.tools.Close())
	}
	for _, pool := range []*sqlexec.Pool{e.readers, e.writer} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}
