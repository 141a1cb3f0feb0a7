package plan

import (
	"fmt"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
)

// paged reports that the page of roots must be cut before rows are joined to
// them: limits count roots, joined collections multiply rows.
func (b *selectBuilder) paged() bool {
	if v := b.q.Via; v != nil && (v.Limit != conditions.NoSlot || v.Offset != conditions.NoSlot) {
		return true
	}
	return b.limited() && (populatesMany(b.q.Populate) || b.selectsMany())
}

func populatesMany(nodes []*populate.Node) bool {
	for _, n := range nodes {
		if n.Relation.Kind.IsToMany() || populatesMany(n.Children) {
			return true
		}
	}
	return false
}

// selectsMany reports an explicit to-many join whose rows are selected too.
func (b *selectBuilder) selectsMany() bool {
	for _, j := range b.q.Joins {
		if len(j.Output) > 0 && j.Relation != nil && j.Relation.Kind.IsToMany() {
			return true
		}
	}
	return false
}

// page plans the keys of the page as a derived table, and joins everything else to it.
func (b *selectBuilder) page() {
	keys := &selectBuilder{planner: b.planner, q: b.q, sel: &Select{}, chosen: b.rootAlias()}
	keys.scope = &scope{planner: b.planner, parent: b.scope.parent}
	keys.from()
	keys.joins()
	keys.filter()
	orders := keys.withKeyOf(keys.root, keys.rootOrder())
	key := keys.scope.refs(keys.root, keys.root.entity.KeyColumns)
	for i, r := range key {
		keys.sel.Columns = append(keys.sel.Columns, Column{Expr: r, Name: fmt.Sprintf("k%d", i)})
	}
	for i, r := range keys.owners {
		keys.sel.Columns = append(keys.sel.Columns, Column{Expr: r, Name: fmt.Sprintf("o%d", i)})
	}
	alias := b.alias()
	b.sel.From = &Derived{Query: keys.sel, Alias: alias}
	b.joinRoot(alias)
	if b.q.Via != nil && b.paged() && !b.limited() {
		b.pagePerOwner(keys, orders, alias)
	} else {
		if len(b.q.Joins) > 0 {
			orders = keys.groupByKey(orders, key)
		}
		keys.sel.OrderBy = orders
		keys.limit(keys.sel)
		b.joins()
		b.sel.OrderBy = b.withKeyOf(b.root, b.orders(b.q.OrderBy))
	}
	for i, r := range keys.owners {
		b.owners = append(b.owners, &Ref{Alias: alias, Name: fmt.Sprintf("o%d", i), Type: r.Type})
	}
	b.output()
	b.lock()
}

// joinRoot joins the root's table to the page of its keys.
func (b *selectBuilder) joinRoot(page string) {
	b.root = &source{alias: b.rootAlias(), entity: b.q.Entity, joins: &b.sel.Joins}
	b.scope.row = b.root
	b.scope.named = append(b.scope.named, b.root)
	j := &Join{Source: b.table(b.q.Entity.Table, b.root.alias)}
	i := -1
	j.On = equal(b.q.Entity.KeyColumns, func(c *mapper.Column) (*Ref, *Ref) {
		i++
		return b.scope.ref(b.root, c), &Ref{Alias: page, Name: fmt.Sprintf("k%d", i)}
	})
	b.sel.Joins = append(b.sel.Joins, j)
}

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

// groupByKey makes one row of each root that explicit joins have multiplied;
// other columns then sort by their smallest value, or their largest when descending.
func (b *selectBuilder) groupByKey(orders []Order, key []*Ref) []Order {
	for _, k := range key {
		b.sel.GroupBy = append(b.sel.GroupBy, k)
	}
	out := make([]Order, len(orders))
	for i, o := range orders {
		out[i] = o
		if r, ok := o.Expr.(*Ref); ok && sorted([]Order{{Expr: r}}, key[0]) {
			continue
		}
		fn := "min"
		if o.Desc {
			fn = "max"
		}
		out[i].Expr = &Call{Func: fn, Arg: o.Expr}
	}
	return out
}
