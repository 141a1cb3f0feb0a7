package plan

import (
	"fmt"

	"github.com/weft-orm/weft/conditions"
)

// pagePerOwner numbers the rows of each owner and keeps those within the limits.
func (b *selectBuilder) pagePerOwner(keys *selectBuilder, orders []Order, alias string) {
	number := &RowNumber{OrderBy: orders}
	for _, o := range keys.owners {
		number.Partition = append(number.Partition, o)
	}
	keys.sel.Columns = append(keys.sel.Columns, Column{Expr: number, Name: "n"})
	v := b.q.Via
	n := Expr(&Ref{Alias: alias, Name: "n"})
	var within []Pred
	if v.Offset != conditions.NoSlot {
		within = append(within, &Compare{n, conditions.OpGt, &Arg{Slot: v.Offset, Integer: true}})
		n = &Minus{n, &Arg{Slot: v.Offset, Integer: true}}
	}
	if v.Limit != conditions.NoSlot {
		within = append(within, &Compare{n, conditions.OpLte, &Arg{Slot: v.Limit, Integer: true}})
	}
	b.sel.Where = all(within...)
	b.sel.OrderBy = []Order{{Expr: &Ref{Alias: alias, Name: "n"}}}
}

// firstRows makes one row of each root that explicit joins have multiplied, the one
// that comes first in the order, and returns the order of these rows.
func (b *selectBuilder) firstRows(orders []Order, key []*Ref) []Order {
	number := &RowNumber{OrderBy: orders}
	for _, k := range key {
		number.Partition = append(number.Partition, k)
	}
	rows := *b.sel
	alias := b.alias()
	out := make([]Order, len(orders))
	first := &Select{From: &Derived{Query: &rows, Alias: alias}}
	for i, c := range rows.Columns {
		first.Columns = append(first.Columns, Column{Expr: &Ref{Alias: alias, Name: c.Name, Type: key[i].Type}, Name: c.Name})
	}
	for i, o := range orders {
		name := fmt.Sprintf("o%d", i)
		rows.Columns = append(rows.Columns, Column{Expr: o.Expr, Name: name})
		ref := &Ref{Alias: alias, Name: name}
		if r, ok := o.Expr.(*Ref); ok {
			ref.Type = r.Type
		}
		out[i] = Order{Expr: ref, Desc: o.Desc, Nulls: o.Nulls, Collation: o.Collation}
	}
	rows.Columns = append(rows.Columns, Column{Expr: number, Name: "n"})
	first.Where = &Compare{&Ref{Alias: alias, Name: "n"}, conditions.OpEq, Number(1)}
	*b.sel = *first
	return out
}
