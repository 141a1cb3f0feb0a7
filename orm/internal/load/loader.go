package load

import (
	"context"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
)

// managed is everything a unit keeps about one entity.
type managed = unit.Managed

// Database is what reads have in common. It is safe for concurrent use.
type Database struct {
	Registry *mapper.Registry
	Compiler Compiler
	Caps     *driver.Caps
	// Programs are the compiled statements.
	Programs *session.Cache
	// Shapes are those of the entities, by Entity.Ordinal.
	Shapes []*Shape
	// MappedAuto reports relations that are mapped with the strategy "auto".
	MappedAuto bool
	// Steady keeps reads from choosing their statements by what was read before.
	Steady bool
	// Trace is told of relations that are populated; nil tells nobody.
	Trace session.Tracer
}

// Shape returns the shape of an entity type.
func (db *Database) Shape(e *mapper.Entity) *Shape { return db.Shapes[e.Ordinal] }

// Compiler makes programs of queries: an engine.
type Compiler interface {
	Compile(q qb.Query) (driver.Program, error)
}

// Session runs a read.
type Session interface {
	Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error)
}

// Pipeline is a session that runs several reads in one round trip where the engine can.
type Pipeline interface {
	// Each runs reads that do not need each other's results and calls take with the rows of
	// each, in order.
	Each(ctx context.Context, reads []driver.Read, take func(i int, rows driver.Rows) error) error
}

// pipeline returns the session as one of several reads at once, nil where that is worth nothing.
func (l *Loader) pipeline() Pipeline {
	if p, ok := l.session.(Pipeline); ok && l.db.Caps.Pipelines {
		return p
	}
	return nil
}

// Defaults are those of a manager.
type Defaults interface {
	// Options makes the options of a read that nobody gave options for.
	Options() *Options
	// Hides reports that a filter on an entity is on.
	Hides(e *mapper.Entity) bool
}

// Loader reads into a unit of work. It belongs to one goroutine at a time.
type Loader struct {
	db       *Database
	unit     *unit.Unit
	session  Session
	defaults Defaults
	// Arrived are the entities that were made or refreshed by reads, where somebody
	// wants to know (see Shape). The caller empties it.
	Arrived []*unit.Managed

	rd   conditions.Reading
	key  []byte
	args []any
	// first is what these begin with: a manager that reads by one key needs no more.
	first struct {
		values [1]any
		args   [2]any
		key    [32]byte
		shape  [8]byte
	}
}

// New returns a loader into u.
func New(db *Database, u *unit.Unit, s Session, d Defaults) *Loader {
	l := &Loader{}
	l.Init(db, u, s, d)
	return l
}

// Init makes l a loader, for memory that is part of something larger.
func (l *Loader) Init(db *Database, u *unit.Unit, s Session, d Defaults) {
	l.db, l.unit, l.session, l.defaults = db, u, s, d
	l.rd.Shape, l.rd.Values = l.first.shape[:0], l.first.values[:0]
	l.key, l.args = l.first.key[:0], l.first.args[:0]
}

// arrived tells of an entity that was made from a row, or refreshed.
func (l *Loader) arrived(m *managed, made bool) {
	s := l.db.Shape(m.Meta)
	if made && s.Made != nil {
		s.Made(m)
	}
	if s.Watched {
		l.Arrived = append(l.Arrived, m)
	}
}

// Resolver finds the places of rows that references lead to, for a hydrator.
type Resolver struct{ Unit *unit.Unit }

// Resolve returns the place of a referenced row.
func (r Resolver) Resolve(target *mapper.Entity, key any) *slot.Entry {
	return &r.Unit.Entry(target, key).Entry
}

// ResolveInt is Resolve for a key that is one integer.
func (r Resolver) ResolveInt(target *mapper.Entity, key int64) *slot.Entry {
	return &r.Unit.EntryInt(target, key, 0).Entry
}
