package sql

import (
	"slices"

	"github.com/doug-martin/goqu/v9"
	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// query assembles a SELECT. Every dataset starts from the dialect's own, so that
// sub-queries never print with another dialect.
func (p *printer) query(s *plan.Select) *goqu.SelectDataset {
	ds := p.d.selects
	if p.err != nil {
		return ds
	}
	for _, c := range s.With {
		if c.Recursive {
			ds = ds.WithRecursive(p.cteName(c.Name), p.query(c.Query))
		} else {
			ds = ds.With(p.cteName(c.Name), p.query(c.Query))
		}
	}
	ds = ds.Select(p.clause(func() { p.columns(s.Columns) }))
	ds = p.distinct(ds, s)
	ds = ds.From(p.clause(func() { p.from(s) }))
	if s.Where != nil {
		ds = ds.Where(p.clause(func() { p.pred(s.Where) }))
	}
	if len(s.GroupBy) > 0 {
		ds = ds.GroupBy(p.clause(func() { p.exprs(s.GroupBy) }))
	}
	if s.Having != nil {
		ds = ds.Having(p.clause(func() { p.pred(s.Having) }))
	}
	for _, u := range s.Union {
		if u.All {
			ds = ds.UnionAll(p.query(u.Query))
		} else {
			ds = ds.Union(p.query(u.Query))
		}
	}
	if len(s.OrderBy) > 0 { // an empty order would still make goqu wrap unions
		ds = ds.Order(p.orders(s.OrderBy)...)
	}
	return p.lock(p.limits(ds, s), s)
}

// sub writes a sub-query, in parentheses.
func (p *printer) sub(s *plan.Select) { p.place(p.query(s)) }

// cteName quotes the name of a CTE, which goqu writes as it is.
func (p *printer) cteName(name string) string {
	if err := checkIdentifier(name); err != nil {
		p.fail("%w", err)
	}
	return p.d.Quote(name)
}

func (p *printer) columns(cols []plan.Column) {
	p.each(len(cols), ", ", func(i int) {
		p.expr(cols[i].Expr)
		if name := cols[i].Name; name != "" {
			p.as(name)
		}
	})
}

func (p *printer) as(name string) {
	p.write(" AS ")
	p.quote(name)
}

func (p *printer) distinct(ds *goqu.SelectDataset, s *plan.Select) *goqu.SelectDataset {
	switch {
	case len(s.DistinctOn) > 0 && !p.d.distinctOn:
		p.fail("%w: DISTINCT ON", ErrUnsupported)
		return ds
	case len(s.DistinctOn) > 0:
		return ds.Distinct(p.clause(func() { p.exprs(s.DistinctOn) }))
	case s.Distinct:
		return ds.Distinct()
	default:
		return ds
	}
}

// from writes what stands after FROM.
func (p *printer) from(s *plan.Select) {
	p.source(s.From)
	p.joins(s.Joins)
}

func (p *printer) source(s plan.Source) {
	switch s := s.(type) {
	case *plan.Table:
		if s.Query != "" {
			p.write("(" + s.Query + ")")
			p.as(s.Alias)
			return
		}
		p.ident(s.Schema, s.Name)
		if s.Alias != s.Name || s.Schema != "" {
			p.as(s.Alias)
		}
		p.indexes(s.Indexes)
	case *plan.Derived:
		if s.Lateral {
			p.write("LATERAL ")
		}
		p.sub(s.Query)
		p.as(s.Alias)
	case *plan.Listed:
		p.d.lists.table(p, s)
	default:
		p.fail("%w: unknown source %T", ErrQuery, s)
	}
}

// indexes writes a hint at the indexes to read a table by.
func (p *printer) indexes(names []string) {
	switch {
	case len(names) == 0:
	case p.d.indexHint == "":
		p.fail("%w: %s takes no hints at indexes", ErrUnsupported, p.d.name)
	case p.d.oneIndex && len(names) > 1:
		p.fail("%w: %s takes a hint at one index", ErrUnsupported, p.d.name)
	default:
		p.write(p.d.indexHint)
		for i, name := range names {
			if i > 0 {
				p.write(", ")
			}
			p.quote(name)
		}
		if !p.d.oneIndex {
			p.write(")")
		}
	}
}

// joins writes joins; the right side of one is in parentheses when others are nested in it.
func (p *printer) joins(joins []*plan.Join) {
	for _, j := range joins {
		if j.Left {
			p.write(" LEFT JOIN ")
		} else {
			p.write(" INNER JOIN ")
		}
		if len(j.Nested) > 0 {
			p.write("(")
		}
		p.source(j.Source)
		p.joins(j.Nested)
		if len(j.Nested) > 0 {
			p.write(")")
		}
		p.write(" ON ")
		p.pred(j.On)
	}
}

// greatest stands for "no limit" where OFFSET cannot stand alone.
const greatest = int64(^uint64(0) >> 1)

func (p *printer) limits(ds *goqu.SelectDataset, s *plan.Select) *goqu.SelectDataset {
	if s.Limit != nil {
		ds = ds.Limit(p.limit(s.Limit))
	} else if s.Offset != nil && p.d.offsetNeedsLimit {
		ds = ds.Limit(uint(p.number(Use{Slot: conditions.NoSlot, Const: greatest})))
	}
	if s.Offset != nil {
		ds = ds.Offset(p.limit(s.Offset))
	}
	return ds
}

// limit is the number of a use; goqu prints it as a placeholder too.
func (p *printer) limit(e plan.Expr) uint {
	switch e := e.(type) {
	case *plan.Arg:
		return uint(p.number(Use{Slot: e.Slot}))
	case plan.Number:
		return uint(p.number(Use{Slot: conditions.NoSlot, Const: int64(e)}))
	default:
		p.fail("%w: a limit cannot be %T", ErrQuery, e)
		return 1
	}
}

func (p *printer) lock(ds *goqu.SelectDataset, s *plan.Select) *goqu.SelectDataset {
	if s.Lock.Mode == qb.NoLock {
		return ds
	}
	if !p.d.rowLocks {
		if s.Lock.NoWait || s.Lock.SkipLocked {
			p.fail("%w: row locks with NOWAIT or SKIP LOCKED", ErrUnsupported)
		}
		return ds
	}
	if s.Lock.SkipLocked && !p.d.lockOf && anyLeft(s.Joins) {
		p.fail("%w: SKIP LOCKED beside an outer join, whose locked rows would read as absent", ErrUnsupported)
	}
	wait := exp.Wait
	switch {
	case s.Lock.NoWait:
		wait = exp.NoWait
	case s.Lock.SkipLocked:
		wait = exp.SkipLocked
	}
	var of []exp.IdentifierExpression
	if p.d.lockOf {
		for _, alias := range s.LockOf {
			of = append(of, p.identifier("", alias, ""))
		}
	}
	if s.Lock.Mode == qb.LockShare {
		return ds.ForShare(wait, of...)
	}
	return ds.ForUpdate(wait, of...)
}

// anyLeft reports an outer join.
func anyLeft(joins []*plan.Join) bool {
	return slices.ContainsFunc(joins, func(j *plan.Join) bool { return j.Left || anyLeft(j.Nested) })
}
