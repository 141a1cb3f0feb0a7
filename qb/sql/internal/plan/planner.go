package plan

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// Options are the facts about an engine that planning needs.
type Options struct {
	// Lateral reports LATERAL joins.
	Lateral bool
	// WriteSubqueries reports that a bulk write may read the table it changes in a sub-query.
	WriteSubqueries bool
	// ExistsPerRow reports that EXISTS is asked again for each row, whatever it asks.
	ExistsPerRow bool
	// NestedWhole reports that joins in parentheses are made for all rows before any is looked up
	// in them.
	NestedWhole bool
	// Collation names the collation of a text column, "" for the engine's own; nil where
	// nobody needs to know.
	Collation func(*mapper.Column) string
}

// planner holds what is common to all scopes of one statement. The first error
// sticks; later steps go on with placeholders that never leave the package.
type planner struct {
	opts     Options
	root     *qb.Select // the whole query
	registry *mapper.Registry
	filters  []qb.Filter
	schema   string
	semi     qb.SemiJoin
	lowest   bool
	slots    []conditions.SlotInfo

	next  int      // number of the next alias
	taken []string // aliases chosen by the user
	block []Ref    // references made ahead
	err   error
}

func (p *planner) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// alias makes the next alias that no user has taken.
func (p *planner) alias() string {
	for {
		a := "e" + strconv.Itoa(p.next)
		p.next++
		if !slices.Contains(p.taken, a) {
			return a
		}
	}
}

// table resolves the wildcard schema.
func (p *planner) table(t *mapper.Table, alias string) *Table {
	schema := t.Schema
	if schema == "*" {
		schema = p.schema
	}
	return &Table{Schema: schema, Name: t.Name, Alias: alias, Query: t.Query}
}

// source is a row that conditions can speak of: a table under an alias.
type source struct {
	alias  string
	entity *mapper.Entity
	// name is what the user calls the row where the alias is another; "" is the alias.
	name string
	// outer reports that the row may be absent, all its columns NULL.
	outer bool
	// explicit reports the row of a join that the user wrote: where there is none, all
	// its properties are NULL, as SQL has it, and conditions need no guard.
	explicit bool
	// join is the join that brings the row in; nil for the row of FROM.
	join *Join
	// joins is where joins that start at this row go.
	joins *[]*Join
	// via is the to-one relation that led here, nil for other rows.
	via *mapper.Property
	// through is the relation that led here, nil for rows that none did.
	through *mapper.Property
	// hops are the to-one targets reached so far, shared by all who walk there.
	hops []*source
	// keys are the rows that tell the keys of targets which the columns of this row do not
	// hold, see keyHop.
	keys []*source
	// tables are the aliases of the further tables of a table-per-type entity.
	tables map[mapper.Table]string
	// pivot gives key columns of the entity by columns of a pivot table, when the
	// entity's own table is not joined at all.
	pivot map[*mapper.Column]*mapper.Column
	// position is the position column of an ordered relation, nil elsewhere.
	position *Ref
	// cte is set for rows that come from a sub-query with the entity's column names.
	cte bool
}

// scope is the FROM clause being built for one SELECT.
type scope struct {
	*planner
	parent *scope
	// row is what an alias-less field speaks of.
	row *source
	// assumed is a row known to be present here though its join is outer: the
	// joined row inside its own join condition.
	assumed *source
	// named are the rows that aliases written by the user speak of.
	named []*source
	// element is what fields inside an element speak of, nil outside of one.
	element *Element
	// once is the row whose related rows are asked for once for all of its kind, rather
	// than for each, see askOnce; nil for none.
	once *source
	// groups says that conditions are about groups: no row can be absent there.
	groups bool
}

// at is the same scope seen from another row.
func (s *scope) at(row *source) *scope {
	c := *s
	c.row = row
	return &c
}

// own finds the row behind a user's alias in this scope, nil when there is none.
func (s *scope) own(alias string) *source {
	for _, src := range s.named {
		if src.alias == alias || src.name == alias && alias != "" {
			return src
		}
	}
	return nil
}

// lookup finds the row behind a user's alias, in this scope or around it.
func (s *scope) lookup(alias string) *source {
	for c := s; c != nil; c = c.parent {
		if src := c.own(alias); src != nil {
			return src
		}
	}
	s.fail("%w: unknown alias %q", ErrQuery, alias)
	return s.row
}

// column is a column of the row under an alias. References come from blocks,
// because a statement has many of them.
func (p *planner) column(alias string, c *mapper.Column) *Ref {
	if len(p.block) == cap(p.block) {
		p.block = make([]Ref, 0, 16)
	}
	p.block = append(p.block, Ref{Alias: alias, Name: c.Name, Type: c.Type, Column: c})
	return &p.block[len(p.block)-1]
}

// ref is a column of a row, wherever the column's table is joined. Each table of
// a hierarchy has the key. A further table is joined when it is first asked for,
// so that a join's condition is planned before the join takes its place.
func (s *scope) ref(src *source, c *mapper.Column) *Ref {
	if src.pivot != nil {
		pc := src.pivot[c]
		if pc == nil {
			s.fail("%w: column %s is not in the pivot table", ErrQuery, c.Name)
			pc = c
		}
		return &Ref{Alias: src.alias, Name: pc.Name, Type: c.Type, Column: c}
	}
	alias := src.alias
	if src.entity != nil && c.Table != nil && !src.cte && *c.Table != *src.entity.Table && !slices.Contains(src.entity.KeyColumns, c) {
		alias = s.typeTable(src, c)
	}
	return s.column(alias, c)
}

// refs are several columns of a row.
func (s *scope) refs(src *source, cols []*mapper.Column) []*Ref {
	out := make([]*Ref, len(cols))
	for i, c := range cols {
		out[i] = s.ref(src, c)
	}
	return out
}

// present is the guard "this row exists", nil where the row cannot be absent.
func (s *scope) present(src *source) Pred {
	if s.groups || !src.outer || src.explicit || src == s.assumed || src.entity == nil || len(src.entity.KeyColumns) == 0 {
		return nil
	}
	return &Null{Expr: s.ref(src, src.entity.KeyColumns[0]), Not: true}
}

// visible is what holds for every visible row of src: its discriminator and the filters.
func (s *scope) visible(src *source) Pred {
	if s.plain(src.entity, src.through) {
		return nil
	}
	preds := []Pred{s.subtype(src)}
	for _, f := range s.filters {
		if f.Where != nil && f.Applies(src.entity, src.through) {
			preds = append(preds, s.at(src).pred(f.Where, true))
		}
	}
	return all(preds...)
}

// plain reports that every row of e's table is a visible row of e where a relation leads to
// it; nil is a row that none leads to.
func (s *scope) plain(e *mapper.Entity, through *mapper.Property) bool {
	if e.Inheritance != mapper.NoInheritance && e.Base != nil {
		return false
	}
	for _, f := range s.filters {
		if f.Where != nil && f.Applies(e, through) {
			return false
		}
	}
	return true
}

// whole reports that wherever the relation's key is not NULL its target exists and is visible.
func (s *scope) whole(rel *mapper.Property) bool {
	return rel.Relation.Owning && !rel.Relation.NoConstraint && s.plain(rel.Relation.Target, rel)
}
