package qb

import (
	"errors"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// M is an operator map, as in package conditions.
type M = map[string]any

// Builder makes a query step by step. Builders are immutable: every call
// returns a new one, and two that grew from the same never see each other, so
// that they may be kept, shared between goroutines and extended at will. Values
// given to a step (maps, slices) are read when the query is made; they must not
// be changed until then.
//
// A step that makes no sense is remembered, later steps go on, and the first
// mistake comes out of the terminal call ([Builder.Query], [Builder.ToSQL]) as
// an [*Error] that names the step.
type Builder struct {
	registry *mapper.Registry
	entity   *mapper.Entity
	alias    string
	kind     queryKind
	steps    int // calls so far, for messages
	err      error

	source  string
	from    *Builder
	columns []call
	joins   []joinCall
	wheres  []condCall
	havings []condCall
	groupBy []call
	orderBy []call
	onlyOn  []call // DISTINCT ON
	with    []withCall
	union   []unionCall
	outer   []outerAlias
	filters []filterCall
	// filtersOf tells the filters of an entity, nil for those of the mapping.
	filtersOf func(*mapper.Entity) []*mapper.Filter

	distinct, nullsLowest, allowAll bool
	semiJoin                        SemiJoin
	limit, offset                   *int
	lock                            Lock
	comments, indexes               []string
	schema                          string

	rows      []any
	into      *Builder // what an insert reads its rows from
	intoNames []string
	returning []string
	conflict  *conflictCall
}

// Source is a query given to a step of another: a [Builder], or what is built on one.
type Source interface {
	// Untyped returns the builder; nil counts as no query.
	Untyped() *Builder
}

// Untyped returns the builder itself.
func (b *Builder) Untyped() *Builder { return b }

// untyped returns the builder of a source that may be nil.
func untyped(q Source) *Builder {
	if q == nil {
		return nil
	}
	return q.Untyped()
}

// queryKind is what a builder makes.
type queryKind uint8

const (
	selectQuery queryKind = iota
	countQuery
	insertQuery
	updateQuery
	deleteQuery
	truncateQuery
)

// call is an argument together with the step it came by.
type call struct {
	at    step
	value any
}

// step names a call of the builder.
type step struct {
	name   string
	number int
}

// New starts a query about an entity under an alias, which may be "" where no
// step needs to name it.
func New(reg *mapper.Registry, entity, alias string) *Builder {
	b := &Builder{registry: reg, entity: reg.Entity(entity), alias: alias}
	if b.entity == nil {
		names := make([]string, 0, len(reg.Entities()))
		for _, e := range reg.Entities() {
			names = append(names, e.Name)
		}
		b.err = &Error{Class: ErrUnknownEntity, Step: "New", Number: 1, Entity: entity, Hint: didYouMean(entity, names)}
	}
	return b
}

// next copies the builder for one more step.
func (b *Builder) next(name string) (*Builder, step) {
	c := *b
	c.steps++
	return &c, step{name, c.steps}
}

// add appends without touching the memory of the builder the slice came from.
func add[T any](list []T, more ...T) []T { return append(slices.Clip(list), more...) }

// calls notes arguments with their step.
func calls(at step, args []any) []call {
	out := make([]call, len(args))
	for i, a := range args {
		out[i] = call{at, a}
	}
	return out
}

// blame notes the first mistake.
func (b *Builder) blame(at step, class error, path, hint string) *Builder {
	if b.err == nil {
		e := &Error{Class: class, Step: at.name, Number: at.number, Path: path, Hint: hint}
		if b.entity != nil {
			e.Entity = b.entity.Name
		}
		b.err = e
	}
	return b
}

// caused ties an error to the step it comes from.
func caused(at step, err error) error {
	var e *Error
	if errors.As(err, &e) {
		c := *e
		if c.Step == "" {
			c.Step, c.Number = at.name, at.number
		}
		return &c
	}
	return &Error{Step: at.name, Number: at.number, Err: err}
}

// Clone returns a copy. It is never needed, because steps copy; it is there for
// code that is written against builders which change in place.
func (b *Builder) Clone() *Builder {
	c := *b
	return &c
}

// Alias returns the alias of the root.
func (b *Builder) Alias() string { return b.alias }

// Entity returns the root, nil when its name is unknown.
func (b *Builder) Entity() *mapper.Entity { return b.entity }

// Comment puts a comment before the statement, for those who read query logs.
func (b *Builder) Comment(text string) *Builder {
	c, _ := b.next("Comment")
	c.comments = add(c.comments, text)
	return c
}

// UseIndex tells the engine which of the named indexes to read the root by, where it
// takes such hints (MySQL, MariaDB, SQLite and MongoDB, the last two one index).
func (b *Builder) UseIndex(names ...string) *Builder {
	c, at := b.next("UseIndex")
	if len(names) == 0 {
		return c.blame(at, ErrStep, "", "name an index")
	}
	c.indexes = add(c.indexes, names...)
	return c
}

// Schema names the schema of entities that are mapped to the wildcard "*".
func (b *Builder) Schema(name string) *Builder {
	c, _ := b.next("Schema")
	c.schema = name
	return c
}

// env is what conditions of the query are parsed against: the root, the joined
// rows, and the rows of the query around it.
func (b *Builder) env() conditions.Env {
	env := conditions.Env{Registry: b.registry, Entity: b.entity, Alias: b.alias, Aliases: map[string]*mapper.Entity{}}
	for _, o := range b.outer {
		env.Aliases[o.alias] = o.entity
	}
	for _, j := range b.joins {
		if e := b.joined(j); e != nil {
			env.Aliases[j.alias] = e
		}
	}
	return env
}
