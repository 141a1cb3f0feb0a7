package sql

import (
	"slices"
	"strings"

	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

func (p *printer) orders(orders []plan.Order) []exp.OrderedExpression {
	out := make([]exp.OrderedExpression, 0, len(orders))
	for _, o := range orders {
		out = p.order(out, o)
	}
	return out
}

// order appends a sort key; where NULLs have a place the engine cannot name, a
// key before it sorts by whether there is a value.
func (p *printer) order(out []exp.OrderedExpression, o plan.Order) []exp.OrderedExpression {
	nulls := exp.NoNullsSortType
	if o.Nulls != 0 && !p.nullsByDefault(o) {
		first := o.Nulls == qb.NullsFirst
		switch {
		case !p.d.nullsOrder:
			absent := p.clause(func() { p.test("? IS NULL", func() { p.sortKey(o) }) })
			out = append(out, exp.NewOrderedExpression(absent, direction(first), exp.NoNullsSortType))
		case first:
			nulls = exp.NullsFirstSortType
		default:
			nulls = exp.NullsLastSortType
		}
	}
	return append(out, exp.NewOrderedExpression(p.clause(func() { p.sortKey(o) }), direction(o.Desc), nulls))
}

func direction(desc bool) exp.SortDirection {
	if desc {
		return exp.DescSortDir
	}
	return exp.AscDir
}

// nullsByDefault reports that the engine puts NULLs there unasked.
func (p *printer) nullsByDefault(o plan.Order) bool {
	last := o.Desc != p.d.nullsHigh
	return last == (o.Nulls != qb.NullsFirst)
}

func (p *printer) sortKey(o plan.Order) {
	p.comparable(o.Expr)
	if o.Collation != "" {
		if known := p.d.collations; known != nil && !slices.ContainsFunc(known, func(c string) bool { return strings.EqualFold(c, o.Collation) }) {
			p.fail("%w: %s has no collation %q, it has %s", ErrUnsupported, p.d.name, o.Collation, strings.Join(known, ", "))
		}
		p.write(" COLLATE ")
		p.quote(o.Collation)
	}
}
