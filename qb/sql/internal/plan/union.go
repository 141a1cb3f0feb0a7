package plan

import (
	"fmt"

	"github.com/weft-orm/weft/conditions"
)

// unionOrder is the order and the page of the rows of a union: they are columns of a
// sub-query, because there is no other name for them that all engines take.
type unionOrder struct {
	orders        []Order
	limit, offset Expr
	alias         string
	with          []*CTE
	comments      []string
}

// orderedUnion plans the first query of a union whose rows are sorted.
func (b *selectBuilder) orderedUnion() {
	whole := b.q
	first := *whole
	first.OrderBy, first.Limit, first.Offset = nil, conditions.NoSlot, conditions.NoSlot
	b.q = &first
	b.plain()
	u := &unionOrder{alias: b.alias(), with: b.sel.With, comments: b.sel.Comments}
	b.sel.With, b.sel.Comments = nil, nil
	for _, o := range whole.OrderBy {
		if o.Column < 1 || o.Column > len(b.sel.Columns) {
			b.fail("%w: a union is ordered by columns that it reads", ErrQuery)
			return
		}
		ref := &Ref{Alias: u.alias, Name: fmt.Sprintf("c%d", o.Column-1)}
		if r, ok := b.sel.Columns[o.Column-1].Expr.(*Ref); ok {
			ref.Type = r.Type
		}
		u.orders = append(u.orders, Order{Expr: ref, Desc: o.Desc, Nulls: b.nulls(o), Collation: o.Collation})
	}
	page := &Select{}
	b.q = whole
	b.limit(page)
	u.limit, u.offset = page.Limit, page.Offset
	b.union = u
}

// around makes the query around a union.
func (u *unionOrder) around(rows *Select) *Select {
	outer := &Select{With: u.with, Comments: u.comments, OrderBy: u.orders, Limit: u.limit, Offset: u.offset, From: &Derived{Query: rows, Alias: u.alias}}
	for i := range rows.Columns {
		c := &rows.Columns[i]
		name := c.Name
		if r, ok := c.Expr.(*Ref); ok && name == "" {
			name = r.Name
		}
		c.Name = fmt.Sprintf("c%d", i)
		outer.Columns = append(outer.Columns, Column{Expr: &Ref{Alias: u.alias, Name: c.Name}, Name: name})
	}
	return outer
}
