package migrate

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/pressly/goose/v3"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/schema"
)

// Target is a database; *orm.DB is one.
type Target interface {
	Engine() driver.Engine
}

// Migrator runs the migrations of a set on a database. It may be used by several
// goroutines, one call at a time.
type Migrator struct {
	set     *Set
	dialect *dialect
	db      *stdsql.DB
	history *history
	options options
	// classify gives errors of db their class.
	classify func(error) error
	// documents is what runs on a document database, nil elsewhere.
	documents *documents
}

type options struct {
	table       string
	destructive bool
	anyOrder    bool
	to          int64
	told        func(Event)
}

// Option changes how migrations are run.
type Option func(*options)

// Table names goose's history table, [DefaultTable] without it.
func Table(name string) Option { return func(o *options) { o.table = name } }

// AllowDestructive lets steps run that destroy data, and asks nothing of the rows that are
// in the way of others.
func AllowDestructive() Option { return func(o *options) { o.destructive = true } }

// AllowOutOfOrder lets a file run that is older than one that is applied.
func AllowOutOfOrder() Option { return func(o *options) { o.anyOrder = true } }

// To ends at a version, included on the way up and left standing on the way down.
func To(version int64) Option { return func(o *options) { o.to = version } }

// OnEvent is told about each file when it begins and when it is done.
func OnEvent(fn func(Event)) Option { return func(o *options) { o.told = fn } }

// Event is the begin or the end of a file.
type Event struct {
	// Name is the file.
	Name string
	// Down reports the way back, Done that the file has ended without an error.
	Down, Done bool
}

// New makes a migrator for a target.
func New(t Target, set *Set, opts ...Option) (*Migrator, error) {
	if t == nil || t.Engine() == nil || set == nil {
		return nil, fmt.Errorf("migrate: %w: the target, or the set, which Load makes", schema.ErrArgument)
	}
	o := options{table: DefaultTable}
	for _, opt := range opts {
		if opt == nil {
			return nil, fmt.Errorf("migrate: %w: one of the options", schema.ErrArgument)
		}
		opt(&o)
	}
	if engine, ok := driver.EngineAs[driver.Commander](t.Engine()); ok {
		m := &Migrator{set: set, options: o, classify: classifier(t.Engine())}
		m.documents = &documents{Migrator: m, engine: engine, target: t, lease: documentLease}
		return m, set.fits(true)
	}
	if err := set.fits(false); err != nil {
		return nil, err
	}
	d, db, err := open(t.Engine())
	if err != nil {
		return nil, err
	}
	classify := classifier(t.Engine())
	h, err := newHistory(d, o.table, set, classify)
	if err != nil {
		return nil, err
	}
	return &Migrator{set: set, dialect: d, db: db, history: h, options: o, classify: classify}, nil
}

// Up applies what is pending: the one call at the start of a program. See [Migrator.Up].
func Up(ctx context.Context, t Target, fsys fs.FS, opts ...Option) error {
	set, err := Load(fsys)
	if err != nil {
		return err
	}
	m, err := New(t, set, opts...)
	if err != nil {
		return err
	}
	_, err = m.Up(ctx)
	return err
}

// Up applies the files that are pending, in order, and returns their names. Nothing
// is run when a check before it fails: a file changed after it was applied
// ([ErrEdited]), a database ahead of the files ([ErrAhead]), a file older than one
// that is applied ([ErrOutOfOrder]), a step that destroys data ([ErrDestructive]).
// Rows in the way of a step are found when its file comes ([ErrObstructed], an
// *[ObstacleError]). A statement that fails is a *[StatementError], which says what stays.
func (m *Migrator) Up(ctx context.Context) ([]string, error) {
	to := m.options.to
	if to == 0 {
		to = math.MaxInt64
	} else if m.set.Find(to) == nil {
		return nil, unknownVersion(to)
	}
	before, err := m.state(ctx)
	if err != nil {
		return nil, err
	}
	if err := before.mayGoUp(to, m.options); err != nil {
		return nil, err
	}
	if len(before.pending(to)) == 0 {
		return nil, nil
	}
	names, err := m.upTo(ctx, to)
	if failed, ok := errors.AsType[*StatementError](err); ok && len(before.past.applied) == 0 && len(names) == 0 {
		failed.Existing = m.existing(context.WithoutCancel(ctx), failed)
	}
	return names, err
}

func (m *Migrator) upTo(ctx context.Context, to int64) ([]string, error) {
	if m.documents != nil {
		return m.documents.run(ctx, false, func(s *state) ([]*entry, error) { return s.pending(to), s.mayGoUp(to, m.options) })
	}
	if err := m.prepare(ctx); err != nil {
		return nil, err
	}
	r := &run{Migrator: m}
	p, err := r.provider()
	if err != nil {
		return nil, err
	}
	_, err = p.UpTo(ctx, to)
	return r.names, r.failure(err)
}

// Down takes applied files back, the youngest first, and returns their names: as many
// as steps says, or all above the version of [To]. What they added goes with its data.
func (m *Migrator) Down(ctx context.Context, steps int) ([]string, error) {
	before, err := m.state(ctx)
	if err != nil {
		return nil, err
	}
	list := before.appliedFiles()
	if m.options.to != 0 {
		steps = 0
		for steps < len(list) && list[steps].version > m.options.to {
			steps++
		}
		if m.set.Find(m.options.to) == nil {
			return nil, unknownVersion(m.options.to)
		}
	}
	steps = min(steps, len(list))
	if steps == 0 {
		return nil, nil
	}
	if err := before.mayGoDown(list[:steps]); err != nil {
		return nil, err
	}
	to := int64(0)
	if steps < len(list) {
		to = list[steps].version
	}
	if m.documents != nil {
		return m.documents.run(ctx, true, func(s *state) ([]*entry, error) {
			list := s.appliedFiles()
			for i, e := range list {
				if e.version <= to {
					list = list[:i]
					break
				}
			}
			return list, s.mayGoDown(list)
		})
	}
	r := &run{Migrator: m}
	p, err := r.provider()
	if err != nil {
		return nil, err
	}
	_, err = p.DownTo(ctx, to)
	return r.names, r.failure(err)
}

// provider makes goose's Provider, for which each file is a function.
func (r *run) provider() (*goose.Provider, error) {
	var list []*goose.Migration
	for _, f := range r.set.files {
		list = append(list, r.migration(f))
	}
	p, err := goose.NewProvider(goose.DialectCustom, r.db, nil,
		goose.WithStore(r.history), goose.WithGoMigrations(list...), goose.WithDisableGlobalRegistry(true),
		goose.WithSessionLocker(&locker{r.Migrator}), goose.WithAllowOutofOrder(r.options.anyOrder))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return p, nil
}

func (r *run) migration(f *File) *goose.Migration {
	if f.step != nil {
		return goose.NewGoMigration(f.Version, r.goFunc(f, f.step.up, false), r.goFunc(f, f.step.down, true))
	}
	return goose.NewGoMigration(f.Version,
		&goose.GoFunc{RunDB: func(ctx context.Context, db *stdsql.DB) error { return r.file(ctx, db, f, false) }},
		&goose.GoFunc{RunDB: func(ctx context.Context, db *stdsql.DB) error { return r.file(ctx, db, f, true) }})
}

func (r *run) goFunc(f *File, fn func(context.Context, *stdsql.Tx) error, down bool) *goose.GoFunc {
	if fn == nil {
		return &goose.GoFunc{Mode: goose.TransactionEnabled}
	}
	return &goose.GoFunc{RunTx: func(ctx context.Context, tx *stdsql.Tx) error {
		r.begins(f, down)
		if err := fn(ctx, tx); err != nil {
			return &StatementError{Name: f.Base(), Line: 1, Number: 1, Of: 1, SQL: f.Name, Err: r.classify(err)}
		}
		r.ended(f, down)
		return nil
	}}
}

// failure takes weft's own error out of goose's.
func (r *run) failure(err error) error {
	var statement *StatementError
	var beside *RunError
	var own *Error
	var rows *ObstacleError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &statement):
		return statement
	case errors.As(err, &rows):
		return rows
	case errors.As(err, &beside):
		return beside
	case errors.As(err, &own):
		return own
	}
	return &RunError{Doing: "run", Done: "weft migrate status tells what was done", Err: r.classify(err)}
}

// prepare makes the history tables under the lock. goose makes its own before it takes the
// lock, and on engines without DDL in transactions other programs find it without an entry.
func (m *Migrator) prepare(ctx context.Context) error {
	conn, err := m.db.Conn(ctx)
	if err != nil {
		return &RunError{Doing: "connect", Done: "nothing was run", Err: m.classify(err)}
	}
	defer conn.Close()
	l := &locker{m}
	if err := l.SessionLock(ctx, conn); err != nil {
		return err
	}
	return l.SessionUnlock(context.WithoutCancel(ctx), conn)
}
