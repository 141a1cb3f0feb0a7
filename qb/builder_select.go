package qb

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// Select says what to read, instead of all properties of the root: property
// paths ("name", "b.title"), aggregates as text ("count(*)", "sum(b.price)",
// "count(distinct author)"), terms ([Count], [Sum], [Sub] and so on), conditions.Raw. Later calls replace earlier ones; AddSelect adds.
func (b *Builder) Select(columns ...any) *Builder {
	c, at := b.next("Select")
	c.columns = calls(at, columns)
	return c
}

// AddSelect adds to what is read.
func (b *Builder) AddSelect(columns ...any) *Builder {
	c, at := b.next("AddSelect")
	c.columns = add(c.columns, calls(at, columns)...)
	return c
}

// Distinct removes equal rows.
func (b *Builder) Distinct() *Builder {
	c, _ := b.next("Distinct")
	c.distinct = true
	return c
}

// DistinctOn keeps the first row for each value of the paths (PostgreSQL).
func (b *Builder) DistinctOn(paths ...string) *Builder {
	c, at := b.next("DistinctOn")
	for _, p := range paths {
		c.onlyOn = add(c.onlyOn, call{at, p})
	}
	return c
}

// Count makes the query ask for the number of roots; what is read, order and
// limits do not matter then.
func (b *Builder) Count() *Builder {
	c, at := b.next("Count")
	if c.kind != selectQuery {
		return c.blame(at, ErrStep, "", "only a read can be counted")
	}
	c.kind = countQuery
	return c
}

// GroupBy groups by paths, or conditions.Raw.
func (b *Builder) GroupBy(exprs ...any) *Builder {
	c, at := b.next("GroupBy")
	c.groupBy = add(c.groupBy, calls(at, exprs)...)
	return c
}

// OrderBy adds order entries, in any of the forms of [ParseOrder].
func (b *Builder) OrderBy(entries ...any) *Builder {
	c, at := b.next("OrderBy")
	c.orderBy = add(c.orderBy, calls(at, entries)...)
	return c
}

// Limit returns at most n rows.
func (b *Builder) Limit(n int) *Builder {
	c, at := b.next("Limit")
	if n < 0 {
		return c.blame(at, ErrStep, "", "a limit is not negative")
	}
	c.limit = &n
	return c
}

// Offset skips the first n rows.
func (b *Builder) Offset(n int) *Builder {
	c, at := b.next("Offset")
	if n < 0 {
		return c.blame(at, ErrStep, "", "an offset is not negative")
	}
	c.offset = &n
	return c
}

// Lock locks the rows of the root until the transaction ends.
func (b *Builder) Lock(l Lock) *Builder {
	c, at := b.next("Lock")
	if l.NoWait && l.SkipLocked {
		return c.blame(at, ErrStep, "", "NoWait and SkipLocked exclude each other")
	}
	c.lock = l
	return c
}

// NullsLowest orders NULL below every value, on all engines.
func (b *Builder) NullsLowest() *Builder {
	c, _ := b.next("NullsLowest")
	c.nullsLowest = true
	return c
}

// KeyIn writes conditions on to-many relations as key IN (sub-query), see [SemiJoin].
func (b *Builder) KeyIn() *Builder {
	c, _ := b.next("KeyIn")
	c.semiJoin = SemiJoinKeyIn
	return c
}

// Exists writes conditions on to-many relations as EXISTS (sub-query), see [SemiJoin].
func (b *Builder) Exists() *Builder {
	c, _ := b.next("Exists")
	c.semiJoin = SemiJoinExists
	return c
}

// From reads the root's rows from a sub-query about the same entity instead of
// its table.
func (b *Builder) From(source Source) *Builder {
	c, at := b.next("From")
	q := untyped(source)
	if q == nil || q.entity != c.entity {
		return c.blame(at, ErrStep, "", "the sub-query must be about the same entity")
	}
	c.from, c.source = q, ""
	return c
}

// FromCTE reads the root's rows from a common table expression whose columns are
// those of the entity.
func (b *Builder) FromCTE(name string) *Builder {
	c, _ := b.next("FromCTE")
	c.source, c.from = name, nil
	return c
}

type withCall struct {
	at        step
	name      string
	query     *Builder
	recursive bool
}

// With puts a common table expression before the query.
func (b *Builder) With(name string, q Source) *Builder {
	return b.withQuery("With", name, untyped(q), false)
}

// WithRecursive puts a recursive common table expression before the query.
func (b *Builder) WithRecursive(name string, q Source) *Builder {
	return b.withQuery("WithRecursive", name, untyped(q), true)
}

func (b *Builder) withQuery(name, cte string, q *Builder, recursive bool) *Builder {
	c, at := b.next(name)
	if q == nil || cte == "" {
		return c.blame(at, ErrStep, "", "a common table expression needs a name and a query")
	}
	c.with = add(c.with, withCall{at, cte, q, recursive})
	return c
}

type unionCall struct {
	at    step
	query *Builder
	all   bool
}

// Union adds the rows of another query, without repeats.
func (b *Builder) Union(q Source) *Builder { return b.unionQuery("Union", untyped(q), false) }

// UnionAll adds the rows of another query.
func (b *Builder) UnionAll(q Source) *Builder {
	return b.unionQuery("UnionAll", untyped(q), true)
}

func (b *Builder) unionQuery(name string, q *Builder, all bool) *Builder {
	c, at := b.next(name)
	if q == nil {
		return c.blame(at, ErrStep, "", "a union needs a query")
	}
	c.union = add(c.union, unionCall{at, q, all})
	return c
}

type outerAlias struct {
	alias  string
	entity *mapper.Entity
}

// Within lets a sub-query speak of the rows of the query around it: their
// aliases can begin paths, conditions.Col("a.id") among them.
func (b *Builder) Within(around Source) *Builder {
	c, at := b.next("Within")
	outer := untyped(around)
	if outer == nil || outer.entity == nil || outer.alias == "" {
		return c.blame(at, ErrStep, "", "the query around must have an alias")
	}
	c.outer = add(c.outer, outer.outer...)
	c.outer = add(c.outer, outerAlias{outer.alias, outer.entity})
	for _, j := range outer.joins {
		if e := outer.joined(j); e != nil {
			c.outer = add(c.outer, outerAlias{j.alias, e})
		}
	}
	return c
}

type filterCall struct {
	at     step
	name   string
	params map[string]any
	off    bool
}

// Filter switches a named filter on, for every entity that declares it.
func (b *Builder) Filter(name string, params map[string]any) *Builder {
	c, at := b.next("Filter")
	c.filters = add(c.filters, filterCall{at: at, name: name, params: params})
	return c
}

// FiltersFrom takes the filters of an entity from of, in the place of those that the mapping
// declares: for filters that are added at run time. The query depends on what of returns when it is made.
func (b *Builder) FiltersFrom(of func(*mapper.Entity) []*mapper.Filter) *Builder {
	c := *b // it is no step that a mistake could name
	c.filtersOf = of
	return &c
}

// every reports a call about all filters.
func (c *filterCall) every() bool { return c.off && c.name == "" }

// WithoutFilter switches filters off that are on by default; without names, all.
func (b *Builder) WithoutFilter(names ...string) *Builder {
	c, at := b.next("WithoutFilter")
	if len(names) == 0 {
		c.filters = add(c.filters, filterCall{at: at, off: true})
	}
	for _, n := range names {
		c.filters = add(c.filters, filterCall{at: at, name: n, off: true})
	}
	return c
}

type condCall struct {
	at   step
	or   bool
	cond any
}

// condition reads the two spellings of a condition: a value of package
// conditions, or SQL with its arguments.
func condition(cond any, args []any) any {
	if text, ok := cond.(string); ok {
		return conditions.Raw(text, args...)
	}
	return cond
}

// Where adds a condition: an operator map, a typed expression, a key, or SQL as
// a string with arguments. Several are joined by AND.
func (b *Builder) Where(cond any, args ...any) *Builder { return b.where("Where", false, cond, args) }

// AndWhere is Where, for those who like to read it.
func (b *Builder) AndWhere(cond any, args ...any) *Builder {
	return b.where("AndWhere", false, cond, args)
}

// OrWhere adds an alternative to all conditions so far: (these) or that.
func (b *Builder) OrWhere(cond any, args ...any) *Builder {
	return b.where("OrWhere", true, cond, args)
}

func (b *Builder) where(name string, or bool, cond any, args []any) *Builder {
	c, at := b.next(name)
	if _, raw := cond.(string); !raw && len(args) > 0 {
		return c.blame(at, ErrStep, "", "arguments belong to SQL given as a string")
	}
	c.wheres = add(c.wheres, condCall{at, or, condition(cond, args)})
	return c
}

// Having adds a condition on groups, in any form of [Builder.Where]: operator maps
// whose keys are aggregates, names of selected aggregates, or what is grouped by, as
// in M{"count(*) >": 3, "sum(price)": M{"$gte": 100}, "total <": 500}; or SQL. Values
// are converted by the type of the aggregate.
func (b *Builder) Having(cond any, args ...any) *Builder {
	c, at := b.next("Having")
	if _, raw := cond.(string); !raw && len(args) > 0 {
		return c.blame(at, ErrStep, "", "arguments belong to SQL given as a string")
	}
	c.havings = add(c.havings, condCall{at, false, condition(cond, args)})
	return c
}
