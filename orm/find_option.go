package orm

import (
	"fmt"
	"math"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// FindOption adds to a read: what to load along, order, limits.
type FindOption func(*findOptions)

type findOptions struct {
	populate      []populate.Hint
	populateWhere any
	order         []any
	fields        []string
	limit, offset int // -1 is none
	refresh       bool
	// keep says that a refresh keeps what the user changed.
	keep        bool
	readOnly    bool
	strategy    string
	nullsLowest bool
	lock        qb.Lock
	filters     []filterSwitch
	// restrictions are the filters that are on, known once restricted is true.
	restrictions []restriction
	restricted   bool
	mode         *FlushMode
	err          error
	// outer are the values of the roots' statement that queries of relations use,
	// related the statements that depend on its condition.
	outer   []any
	related *related
}

func newFindOptions(opts []FindOption) *findOptions {
	o := &findOptions{}
	o.set(opts)
	return o
}

// set starts from the defaults and applies opts.
func (o *findOptions) set(opts []FindOption) {
	o.limit, o.offset = -1, -1
	for _, opt := range opts {
		opt(o)
	}
}

// Hint asks for a relation to be loaded, with options of its own.
type Hint = populate.Hint

// Populate loads relations along with the roots: "books.tags", "*" for all
// relations of the root, "$infer" for those the condition walks through. A path
// that ends in a lazy property, "books.text", reads that too.
func Populate(paths ...string) FindOption {
	return func(o *findOptions) { o.populate = append(o.populate, populate.Paths(paths...)...) }
}

// PopulateHint loads relations with options: a condition, order, limits per
// parent, fields. A collection loaded through a condition or a limit is partial:
// readable, never used to compute removals.
func PopulateHint(hints ...Hint) FindOption {
	return func(o *findOptions) { o.populate = append(o.populate, hints...) }
}

// Infer, as the condition of [PopulateWhere] or of a [Hint], applies the conditions
// of the find on a to-many path to what is loaded along it.
const Infer = populate.Infer

// PopulateWhere restricts what is loaded along to-many relations, for hints without a
// condition of their own. With [Infer] the conditions of the find hold for the loaded
// rows too: Find(books.title = x) with Populate("books") loads those books only. A
// condition about the roots applies its parts on to-many paths instead. Collections
// loaded so are partial: readable, never used to compute removals.
//
// A row is loaded when it is one that the condition asked for: of two conditions on
// the same path that may be met by different rows, one is enough; under $or all rows
// are loaded as soon as one branch does not speak of the path. Which roots come back
// does not change, nor do to-one relations.
func PopulateWhere(cond any) FindOption {
	return func(o *findOptions) { o.populateWhere = cond }
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
		switch {
		case number < 1:
			o.refuse(fmt.Sprintf("page number %d: pages count from 1", number))
		case size > 0 && number-1 > math.MaxInt64/size:
			o.refuse(fmt.Sprintf("page %d of size %d is beyond what can be counted", number, size))
		default:
			o.limit = o.count("page size", size)
			o.offset = (number - 1) * size
		}
	}
}

// refuse makes the find fail; the first mistake is the one that is told.
func (o *findOptions) refuse(detail string) {
	if o.err == nil {
		o.err = &Error{Class: ErrInvalidOption, Op: "find", Detail: detail}
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
	if n < 0 {
		o.refuse(fmt.Sprintf("%s %d is negative", what, n))
	}
	return n
}

// hintKey appends what a hint contributes to the shape.
func hintKey(key []byte, h *populate.Hint) (_ []byte, ok bool) {
	if h.Where != nil && h.Where != Infer {
		return nil, false
	}
	key = append(append(key, h.Path...), 1, flagByte(h.Where == Infer))
	if h.OrderBy == nil && h.Limit == 0 && h.Offset == 0 && h.Strategy == "" && h.Fields == nil {
		return key, true
	}
	return fmt.Appendf(key, "%q %d %d %s %q", h.OrderBy, h.Limit, h.Offset, h.Strategy, h.Fields), true
}

// find describes a read of roots with the options.
func (o *findOptions) find(db *DB, e *mapper.Entity, where *conditions.Tree, count bool) *find.Find {
	return &find.Find{
		Registry: db.registry, Entity: e, Where: where, Order: o.order, Fields: o.fields,
		Populate: o.populate, PopulateWhere: o.populateWhere, Strategy: o.strategy, JoinToOneOnly: !db.caps.JoinsToMany,
		Limited: o.limit >= 0 || o.offset >= 0, Count: count, NullsLowest: o.nullsLowest, Lock: o.lock,
	}
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
	if o.populateWhere != nil && o.populateWhere != Infer {
		return nil, false
	}
	key = append(append(key, o.strategy...), 2)
	for _, on := range []bool{o.limit >= 0 || o.offset >= 0, o.nullsLowest, o.populateWhere == Infer} {
		if on {
			key = append(key, 'y')
		} else {
			key = append(key, 'n')
		}
	}
	return lockKey(key, o.lock), true
}
