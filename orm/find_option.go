package orm

import (
	"fmt"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// FindOption adds to a read: what to load along, order, limits.
type FindOption func(*findOptions)

type findOptions struct {
	populate      []populate.Hint
	order         []any
	fields        []string
	limit, offset int // -1 is none
	refresh       bool
	readOnly      bool
	strategy      string
	nullsLowest   bool
	lock          qb.Lock
	filters       []filterSwitch
	mode          *FlushMode
	err           error
}

func newFindOptions(opts []FindOption) *findOptions {
	o := &findOptions{limit: -1, offset: -1}
	for _, opt := range opts {
		opt(o)
	}
	return o
}

// Hint asks for a relation to be loaded, with options of its own.
type Hint = populate.Hint

// Populate loads relations along with the roots: "books.tags", "*" for all
// relations of the root, "$infer" for those the condition walks through.
func Populate(paths ...string) FindOption {
	return func(o *findOptions) { o.populate = append(o.populate, populate.Paths(paths...)...) }
}

// PopulateHint loads relations with options: a condition, order, limits per
// parent, fields. A collection loaded through a condition or a limit is partial:
// readable, never used to compute removals.
func PopulateHint(hints ...Hint) FindOption {
	return func(o *findOptions) { o.populate = append(o.populate, hints...) }
}

// OrderBy sorts: "name", "-name", "name desc nulls last", "author.name", or a
// map {"author": {"name": "asc"}}.
func OrderBy(entries ...any) FindOption {
	return func(o *findOptions) { o.order = append(o.order, entries...) }
}

// Limit returns at most n roots; 0 returns none without asking the database.
func Limit(n int) FindOption {
	return func(o *findOptions) { o.limit = o.count("limit", n) }
}

// Offset skips n roots.
func Offset(n int) FindOption {
	return func(o *findOptions) { o.offset = o.count("offset", n) }
}

// Page returns page number (from 1) of the given size.
func Page(number, size int) FindOption {
	return func(o *findOptions) {
		o.limit = o.count("page size", size)
		o.offset = o.count("page number", number-1) * size
	}
}

// Refresh takes the database's values for what is managed already, local
// changes included, which are therefore not flushed before.
func Refresh() FindOption { return func(o *findOptions) { o.refresh = true } }

// Fields loads only these properties, keys and version always included. An entity
// loaded in part is written in part.
func Fields(paths ...string) FindOption {
	return func(o *findOptions) { o.fields = append(o.fields, paths...) }
}

// ReadOnly returns entities that are not managed: no snapshot, no identity with
// what the manager already holds, no writing.
func ReadOnly() FindOption { return func(o *findOptions) { o.readOnly = true } }

// Strategy chooses how relations are loaded: "select-in" (the default), "joined" or "balanced".
func Strategy(name string) FindOption { return func(o *findOptions) { o.strategy = name } }

// NullsLowest sorts NULL below every value on all engines.
func NullsLowest() FindOption { return func(o *findOptions) { o.nullsLowest = true } }

func (o *findOptions) count(what string, n int) int {
	if n < 0 && o.err == nil {
		o.err = &Error{Class: ErrInvalidOption, Op: "find", Detail: fmt.Sprintf("%s %d is negative", what, n)}
	}
	return n
}

// hintKey appends what a hint contributes to the shape.
func hintKey(key []byte, h *populate.Hint) (_ []byte, ok bool) {
	if h.Where != nil {
		return nil, false
	}
	key = append(append(key, h.Path...), 1)
	if h.OrderBy == nil && h.Limit == 0 && h.Offset == 0 && h.Strategy == "" && h.Fields == nil {
		return key, true
	}
	return fmt.Appendf(key, "%q %d %d %s %q", h.OrderBy, h.Limit, h.Offset, h.Strategy, h.Fields), true
}

// parse makes the load tree of the options.
func (o *findOptions) parse(db *DB, env conditions.Env, filter *conditions.Tree, first conditions.Slot) (*populate.Tree, error) {
	return populate.Parse(env, populate.Options{
		Strategy: o.strategy, JoinToOneOnly: !db.caps.JoinsToMany, Filter: filter, First: first, Fields: o.fields,
	}, o.populate...)
}

// shapeKey appends what the statement depends on besides the condition; ok is
// false when an option has no textual form and the statement cannot be cached.
func (o *findOptions) shapeKey(key []byte) (_ []byte, ok bool) {
	for _, entry := range o.order {
		text, isText := entry.(string)
		if !isText {
			return nil, false
		}
		key = append(append(key, text...), 1)
	}
	key = append(key, 2)
	key = append(append(key, strings.Join(o.fields, "\x01")...), 2)
	for i := range o.populate {
		if key, ok = hintKey(key, &o.populate[i]); !ok {
			return nil, false
		}
	}
	key = append(append(key, o.strategy...), 2)
	for _, on := range []bool{o.limit >= 0 || o.offset >= 0, o.nullsLowest} {
		if on {
			key = append(key, 'y')
		} else {
			key = append(key, 'n')
		}
	}
	return lockKey(key, o.lock), true
}
