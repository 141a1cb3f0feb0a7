package orm

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/load"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// FindOption adds to a read: what to load along, order, limits.
type FindOption func(*findOptions)

type findOptions struct {
	load.Options
	readOnly bool
	mode     *FlushMode
	err      error
	// exclude are properties that are left out.
	exclude []string
	// cached is how long the answer may come from the cache, nil for what is the default.
	cached *time.Duration
	// log is where this find is logged, nil for where all are.
	log     *logging
	filters []filterSwitch
	// restrictions are the filters that are on, known once restricted is true; within
	// are the filters as the manager has switched them.
	restrictions []restriction
	restricted   bool
	within       *filtering
}

// set starts from the defaults of a manager and applies opts.
func (o *findOptions) set(f *filtering, opts []FindOption) {
	o.within, o.Filters, o.Schema = f, o, *f.schema
	o.Limit, o.Offset = -1, -1
	if err := apply("find", o, opts); err != nil && o.err == nil {
		o.err = err
	}
	if o.Limit > 0 && o.Offset > math.MaxInt64-o.Limit {
		o.refuse(fmt.Sprintf("limit %d behind offset %d is beyond what can be counted", o.Limit, o.Offset))
	}
}

// Hint asks for a relation to be loaded, with options of its own.
type Hint = populate.Hint

// Populate loads relations along with the roots: "books.tags", "*" for all
// relations of the root, "$infer" for those the condition walks through. A path
// that ends in a lazy property, "books.text", reads that too.
func Populate(paths ...string) FindOption {
	return func(o *findOptions) { o.Populate = append(o.Populate, populate.Paths(paths...)...) }
}

// PopulateHint loads relations with options: a condition, order, limits per
// parent, fields. A collection loaded through a condition or a limit is partial:
// readable, never used to compute removals.
func PopulateHint(hints ...Hint) FindOption {
	return func(o *findOptions) { o.Populate = append(o.Populate, hints...) }
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
	return func(o *findOptions) { o.PopulateWhere = cond }
}

// OrderBy sorts: "name", "-name", "name desc nulls last", "author.name", or a
// map {"author": {"name": "asc"}}.
func OrderBy(entries ...any) FindOption {
	return func(o *findOptions) { o.OrderBy = append(o.OrderBy, entries...) }
}

// Limit returns at most n roots; 0 returns none without asking the database.
func Limit(n int) FindOption {
	return func(o *findOptions) { o.Limit = o.count("limit", n) }
}

// Offset skips n roots.
func Offset(n int) FindOption {
	return func(o *findOptions) { o.Offset = o.count("offset", n) }
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
			o.Limit = o.count("page size", size)
			o.Offset = (number - 1) * size
		}
	}
}

// StreamPage makes a [Stream] read n roots at a time: fewer where roots or what is loaded
// along are large, more where they are small. Without it a stream reads 500, and where no
// relations are loaded along twice as many each time, up to 4,000, while those of a page are
// smaller than a megabyte. It says nothing to other reads.
func StreamPage(n int) FindOption {
	return func(o *findOptions) {
		if n < 1 {
			o.refuse(fmt.Sprintf("stream page %d: a page has at least one root", n))
			return
		}
		o.Page = n
	}
}

// refuse makes the find fail; the first mistake is the one that is told.
func (o *findOptions) refuse(detail string) {
	if o.err == nil {
		o.err = &Error{Class: ErrInvalidOption, Op: "find", Detail: detail}
	}
}

// Overwrite takes the database's values for what is managed already, local
// changes included, which are therefore not flushed before, as [EntityManager.Refresh] does.
func Overwrite() FindOption { return func(o *findOptions) { o.Refresh = true } }

// Fields loads only these properties, keys and version always included. An entity
// loaded in part is written in part.
func Fields(paths ...string) FindOption {
	return func(o *findOptions) { o.Fields = append(o.Fields, paths...) }
}

// ReadOnly returns entities that are not managed: no snapshot, no identity with
// what the manager already holds, no writing.
func ReadOnly() FindOption { return func(o *findOptions) { o.readOnly = true } }

// Strategy chooses how relations are loaded: "select-in" (the default), "joined", "balanced", or
// "auto", which is "balanced" where few roots are expected, by the limit or by how many the
// last find of the same form has found in this process, and "select-in" elsewhere. Another name
// is an ErrStrategy.
func Strategy(name string) FindOption { return func(o *findOptions) { o.Strategy = name } }

// NullsLowest sorts NULL below every value on all engines.
func NullsLowest() FindOption { return func(o *findOptions) { o.NullsLowest = true } }

// Exists writes conditions on to-many relations as EXISTS (sub-query) on SQL engines, which is
// asked for each root and may stop early: for a few of many roots that match. See [qb.SemiJoin]
// for what weft does unasked.
func Exists() FindOption { return func(o *findOptions) { o.SemiJoin = qb.SemiJoinExists } }

// KeyIn writes conditions on to-many relations as key IN (sub-query) on SQL engines, which is
// evaluated once for all roots: for many roots of which few match. See [qb.SemiJoin] for what
// weft does unasked.
func KeyIn() FindOption { return func(o *findOptions) { o.SemiJoin = qb.SemiJoinKeyIn } }

func (o *findOptions) count(what string, n int) int {
	if n < 0 {
		o.refuse(fmt.Sprintf("%s %d is negative", what, n))
	}
	return n
}

// Label puts a name before the statements of a find, those of its relations too, as a
// comment that the log of the server and weft's own log show: "orders.list". Statements are
// prepared once for each label, so that it should be one of few; see [Comment]. What could
// end the comment is taken out of it. Engines without statements ignore it.
func Label(name string) FindOption {
	return func(o *findOptions) { o.Comments = append(o.Comments, name) }
}

// Comment is [Label] for text that differs from call to call, a trace for one. Statements with
// it are compiled anew each time.
func Comment(text string) FindOption {
	return func(o *findOptions) { o.Comments, o.Unkept = append(o.Comments, text), true }
}

// IndexHint tells the engine by which of the named indexes to read the roots (MySQL, MariaDB,
// SQLite and MongoDB, the last two one index). Elsewhere it is a driver.ErrUnsupported.
func IndexHint(names ...string) FindOption {
	return func(o *findOptions) {
		if len(names) == 0 {
			o.refuse("an index hint names an index")
		}
		o.Indexes = append(o.Indexes, names...)
	}
}

// NoEager leaves out relations that are mapped as eager.
func NoEager() FindOption { return func(o *findOptions) { o.NoEager = true } }

// Exclude leaves properties out of a read, by path from the root: "text", "books.text". Keys,
// versions and foreign keys always come along. With [Fields] it takes from what they name.
func Exclude(paths ...string) FindOption {
	return func(o *findOptions) { o.exclude = append(o.exclude, paths...) }
}

// excluding turns what is left out into the fields that are read.
func (o *findOptions) excluding(e *mapper.Entity) error {
	if len(o.exclude) == 0 {
		return nil
	}
	prefixes := []string{}
	for _, path := range o.exclude {
		if err := checkPath("find", e, path, false); err != nil {
			return err
		}
		prefix, target := "", e
		pieces := strings.Split(path, ".")
		for len(pieces) > 0 {
			p, used := propertyAt(target, pieces)
			if p.Relation == nil || used == len(pieces) {
				break
			}
			prefix, target, pieces = dotted(prefix, p.Path), p.Relation.Target, pieces[used:]
		}
		if !slices.Contains(prefixes, prefix) {
			prefixes = append(prefixes, prefix)
			o.spellOut(prefix, target)
		}
	}
	left := func(path string) bool {
		return slices.ContainsFunc(o.exclude, func(x string) bool { return path == x || strings.HasPrefix(path, x+".") })
	}
	o.Fields = slices.DeleteFunc(slices.Clone(o.Fields), left)
	for _, prefix := range prefixes { // one that is left without fields still reads its key
		if target := targets(e, prefix); target != nil {
			for _, key := range target.Key {
				o.Fields = append(o.Fields, dotted(prefix, key.Path))
			}
		}
	}
	return nil
}

// spellOut names the fields of an ordinary read behind a prefix, unless some are named.
func (o *findOptions) spellOut(prefix string, target *mapper.Entity) {
	named := func(path string) bool {
		if prefix == "" {
			p, used := propertyAt(target, strings.Split(path, "."))
			return p != nil && (p.Relation == nil || used == strings.Count(path, ".")+1)
		}
		return strings.HasPrefix(path, prefix+".")
	}
	if slices.ContainsFunc(o.Fields, named) {
		return
	}
	for _, p := range find.Ordinary(target) {
		if p.Entity == target || target.IsSubtypeOf(p.Entity) {
			o.Fields = append(o.Fields, dotted(prefix, p.Path))
		}
	}
}
