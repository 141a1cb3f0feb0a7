package plan

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// paged reports that the page of roots must be cut before rows are joined to
// them: limits count roots, joined collections multiply rows.
func (b *selectBuilder) paged() bool {
	if v := b.q.Via; v != nil && (v.Limit != conditions.NoSlot || v.Offset != conditions.NoSlot) {
		return true
	}
	return b.limited() && (populatesMany(b.q.Populate) || b.q.PagesRoots())
}

func populatesMany(nodes []*populate.Node) bool {
	for _, n := range nodes {
		if n.Relation.Kind.IsToMany() || populatesMany(n.Children) {
			return true
		}
	}
	return false
}

// page plans the keys of the page as a derived table, and joins everything else to it.
func (b *selectBuilder) page() {
	keys := &selectBuilder{planner: b.planner, q: b.q, sel: &Select{}, chosen: b.rootAlias()}
	keys.scope = &scope{planner: b.planner, parent: b.scope.parent}
	decide := joinsDecide(b.q)
	keys.from()
	if decide {
		keys.joins()
	}
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
		if decide && len(b.q.Joins) > 0 {
			orders = keys.firstRows(orders, key)
		}
		keys.sel.OrderBy = orders
		keys.limit(keys.sel)
		b.joins()
		if speaksOfOthers(b.q.Where, b.q.Alias) { // which of its rows a root comes with
			b.sel.Where = all(b.scope.pred(b.q.Where, true))
		}
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

// joinsDecide reports that the joins have a say in which roots there are, or in
// their order.
func joinsDecide(q *qb.Select) bool {
	for _, j := range q.Joins {
		if !j.Left {
			return true
		}
	}
	for _, o := range q.OrderBy {
		f, ok := o.Expr.(qb.FieldExpr)
		if !ok || f.Field.Alias != "" && f.Field.Alias != q.Alias {
			return true
		}
	}
	return speaksOfOthers(q.Where, q.Alias)
}

// speaksOfOthers reports that a condition may speak of rows other than the root's.
func speaksOfOthers(n conditions.Node, root string) bool {
	found := false
	conditions.Walk(n, func(f conditions.Field, where conditions.Node) {
		found = found || f.Alias != "" && f.Alias != root || where != nil && speaksOfOthers(where, root)
	})
	return found || hasText(n)
}

// hasText reports SQL or a sub-query in a condition, which may speak of any row.
func hasText(n conditions.Node) bool {
	switch n := n.(type) {
	case *conditions.AndNode:
		return slices.ContainsFunc(n.Nodes, hasText)
	case *conditions.OrNode:
		return slices.ContainsFunc(n.Nodes, hasText)
	case *conditions.RawNode, *conditions.Exists:
		return true
	case *conditions.Compare:
		return isText(n.Value)
	case *conditions.InNode:
		return isText(n.Values)
	case *conditions.SomeNode:
		return n.Where != nil && hasText(n.Where)
	case *conditions.ReachNode:
		return n.Where != nil && hasText(n.Where)
	case *conditions.EveryNode:
		return n.Where != nil && hasText(n.Where)
	case *conditions.SizeNode:
		return isText(n.Value)
	}
	return false
}

func isText(o conditions.Operand) bool {
	switch o.(type) {
	case *conditions.RawValue, conditions.Query:
		return true
	}
	return false
}
