package qb

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
)

// Query is a logical query, independent of any database: *Select or *Write.
type Query interface{ query() }

func (*Select) query() {}
func (*Write) query()  {}

// Select is a logical read. It names entities, properties and slots only:
// tables, joins, aliases of joined tables and sub-queries are the business of the
// compilers. It is immutable once handed to one.
//
// The columns of a result row are, in order: the key columns of the owner when
// Via is set; for each property of Output its columns (one for a formula; the
// target's key columns for the inverse side of a one-to-one); the same for the
// Fields of every joined node of Populate, depth first; one for each of Exprs; then
// the place of the item where Via asks for it.
type Select struct {
	Registry *mapper.Registry
	// Entity is the root.
	Entity *mapper.Entity
	// Alias names the root; "" lets the compiler choose e0.
	Alias string
	// Source names a common table expression whose columns stand for those of the
	// root's table, and From is a sub-query that does; at most one is set.
	Source string
	From   *Select
	// Output are the leaves of the root to read; empty when only Exprs are read.
	Output []*mapper.Property
	// Roots reports that the rows are roots, read whole, rather than columns that the
	// user has picked: limits count roots then, whatever is joined to them.
	Roots bool
	// Exprs are computed outputs.
	Exprs []Output
	// Distinct removes equal rows; DistinctOn keeps one row for each value (PostgreSQL).
	Distinct   bool
	DistinctOn []Expr
	// Via restricts the roots to those related to given owners, see Via.
	Via *Via
	// Joins are joins written by the user, in order.
	Joins []*Join
	// Where and Having are conditions; nil is none.
	Where, Having conditions.Node
	GroupBy       []Expr
	OrderBy       []Order
	// Limit and Offset count roots; the slots hold int64, NoSlot is none.
	Limit, Offset conditions.Slot
	// Populate are the relations loaded by this statement; every node in it is joined.
	Populate []*populate.Node
	// Filters apply at every alias of their entity, those of queries within included,
	// unless these have switched a filter of that name themselves: see FiltersWithin.
	Filters []Filter
	// FiltersOff names the filters that the query has switched off, "*" is all.
	FiltersOff []string
	With       []*CTE
	Union      []*SetOp
	Lock       Lock
	// SemiJoin is how a condition asks for a row of a to-many relation.
	SemiJoin SemiJoin
	// Count asks for the number of roots as the only result column; Output, order and limits are ignored.
	Count bool
	// NullsLowest orders NULL below every value on all engines.
	NullsLowest bool
	Comments    []string
	// Indexes are the names of the indexes to read the root by; empty leaves the choice to the engine.
	Indexes []string
	// Schema replaces the wildcard schema "*".
	Schema string
	// Slots describe the arguments, by slot number.
	Slots []conditions.SlotInfo
}

// PagesRoots reports that explicit joins make several rows of a root, of which limits
// count one.
func (q *Select) PagesRoots() bool {
	many, read := false, q.Roots
	for _, j := range q.Joins {
		many = many || j.Multiplies()
		read = read || len(j.Output) > 0
	}
	return many && read && !q.Distinct && len(q.GroupBy) == 0 && q.Having == nil && len(q.DistinctOn) == 0
}

// Multiplies reports a join that may give a row several joined ones.
func (j *Join) Multiplies() bool { return j.Relation == nil || j.Relation.Kind.IsToMany() }

// Via selects the rows that a to-many relation (or the inverse of a to-one)
// leads to from a set of owners: the query of select-in loading. The owner's
// key columns come first in each row; a root related to two owners comes twice.
type Via struct {
	// Relation is the relation, a property of the owners' entity; Select.Entity is its target.
	Relation *mapper.Property
	// Owners is the slot of the list of owner keys ([]any of canonical values, or of []any for composite keys).
	Owners conditions.Slot
	// Limit and Offset are per owner; NoSlot is none.
	Limit, Offset conditions.Slot
	// Positions asks for the stored place of each item of an ordered many-to-many relation, a
	// whole number behind all other outputs, from its owning side.
	Positions bool
	// Unordered asks for the items of an owner in no order, where there is no limit: the caller
	// puts them into the order of their keys.
	Unordered bool
}

// Join is an explicit join, with a join's multiplicity.
type Join struct {
	// Left reports a left join, otherwise inner; Lateral joins a correlated sub-query.
	Left, Lateral bool
	// From is the alias the relation starts at, Relation the relation to follow.
	From     string
	Relation *mapper.Property
	// Query is joined instead of a relation when not nil.
	Query *Select
	// Entity is joined by the On condition alone when Relation and Query are nil;
	// Source, when set, names a common table expression with its columns.
	Entity *mapper.Entity
	Source string
	Alias  string
	// On is a further condition on the join; the innermost scope is the joined row.
	On conditions.Node
	// Output are the joined row's leaves to select, for JoinAndSelect.
	Output []*mapper.Property
}

// Output is a computed result column.
type Output struct {
	Expr Expr
	// Name is the column's name in the result.
	Name string
}

// Expr is a scalar expression. The set is closed.
type Expr interface{ expr() }

// FieldExpr is the value of a field.
type FieldExpr struct{ Field conditions.Field }

// RawExpr is SQL written by the developer.
type RawExpr struct{ Raw *conditions.RawValue }

// Aggregate is an aggregate function over a field; a nil Property with Func "count" is count(*).
type Aggregate struct {
	Func     string // count, sum, avg, min, max
	Field    conditions.Field
	Distinct bool
}

// SubqueryExpr is a scalar sub-query.
type SubqueryExpr struct{ Query *Select }

func (FieldExpr) expr()     {}
func (RawExpr) expr()       {}
func (Aggregate) expr()     {}
func (*SubqueryExpr) expr() {}

// Order is one order entry.
type Order struct {
	// Expr is what to sort by. A FieldExpr whose Hops contain a to-many relation sorts by
	// the smallest (largest, when Desc) related value.
	Expr  Expr
	Desc  bool
	Nulls Nulls
	// Collation names a collation for people, "" for the column's own.
	Collation string
	// Column is the number, from 1, of the result column that an entry of a union sorts by.
	Column int
}

// Nulls is the place of NULL in an order.
type Nulls uint8

// The places of NULL.
const (
	NullsDefault Nulls = iota
	NullsFirst
	NullsLast
)

// Filter is a condition that holds wherever rows of Entity are visible, or wherever they
// are reached through Relation.
type Filter struct {
	Entity *mapper.Entity
	// Relation limits the filter to rows that this relation leads to; nil is all.
	Relation *mapper.Property
	// Name tells the filters of an entity apart; one without a name is like no other.
	Name  string
	Where conditions.Node
}

// FiltersWithin are the filters that apply in a query inside of one with other filters:
// its own, and of the others those about which it says nothing.
func (q *Select) FiltersWithin(around []Filter) []Filter {
	list := slices.Clip(q.Filters)
	for _, f := range around {
		own := func(x Filter) bool {
			return x.Name == f.Name && x.Name != "" && x.Entity == f.Entity && x.Relation == f.Relation
		}
		off := f.Relation == nil && (slices.Contains(q.FiltersOff, "*") || f.Name != "" && slices.Contains(q.FiltersOff, f.Name))
		if !off && !slices.ContainsFunc(q.Filters, own) {
			list = append(list, f)
		}
	}
	return list
}

// CTE is a common table expression.
type CTE struct {
	Name      string
	Query     *Select
	Recursive bool
}

// SetOp appends the rows of another query.
type SetOp struct {
	All   bool
	Query *Select
}

// SemiJoin is the form of a condition that asks for a row of a to-many relation. The
// answer does not depend on it.
type SemiJoin uint8

// The forms of such conditions. Databases without SQL have one of their own.
const (
	// SemiJoinAuto is EXISTS; on SQLite, which asks EXISTS again for each row, it is
	// SemiJoinKeyIn where the condition speaks of few related rows by its form (an equality
	// or a list) and neither something of that kind nor a hint narrows the rows that it is
	// asked for.
	SemiJoinAuto SemiJoin = iota
	// SemiJoinExists is EXISTS (sub-query).
	SemiJoinExists
	// SemiJoinKeyIn is key IN (sub-query).
	SemiJoinKeyIn
)

// Paged is the form for a read of all pages, one by one: what is evaluated once for all
// rows would be evaluated for each page.
func (s SemiJoin) Paged() SemiJoin {
	if s == SemiJoinAuto {
		return SemiJoinExists
	}
	return s
}

// Lock is the row lock of a read.
type Lock struct {
	Mode   LockMode
	NoWait bool
	// SkipLocked leaves out rows that others hold.
	SkipLocked bool
}

// LockMode is the strength of a row lock.
type LockMode uint8

// The strengths of row locks.
const (
	NoLock LockMode = iota
	LockShare
	LockUpdate
)
