package plan

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// orders plans the user's order entries.
func (b *selectBuilder) orders(entries []qb.Order) []Order {
	var out []Order
	for _, o := range entries {
		out = append(out, b.orderEntry(b.scope, o)...)
	}
	return out
}

// rootOrder is the user's order, or, for the items of a collection, the order
// of the relation.
func (b *selectBuilder) rootOrder() []Order {
	out := b.orders(b.q.OrderBy)
	if b.q.Via == nil || b.q.Via.Unordered || !b.q.Via.Relation.Kind.IsToMany() || len(b.q.OrderBy) > 0 {
		return out
	}
	rel := b.q.Via.Relation.Relation
	if b.pivotOrder != nil {
		out = append(out, Order{Expr: b.pivotOrder})
	} else {
		out = append(out, b.relationOrder(b.root, b.q.Entity, rel.OrderBy)...)
	}
	return b.withKeyOf(b.root, out)
}

// orderEntry plans one entry; a reference with a composite key gives one for each column.
func (b *selectBuilder) orderEntry(s *scope, o qb.Order) []Order {
	base := Order{Desc: o.Desc, Nulls: b.nulls(o), Collation: o.Collation}
	f, ok := o.Expr.(qb.FieldExpr)
	if !ok {
		base.Expr = b.expr(o.Expr)
		return []Order{base}
	}
	if p := f.Field.Property; p != nil && len(p.Columns) > 1 && !throughMany(f.Field) {
		var out []Order
		at := s.resolve(f.Field, false)
		for _, c := range at.cols {
			base.Expr = s.ref(at.row, c)
			out = append(out, base)
		}
		return out
	}
	base.Expr = s.sortable(f.Field, o.Desc)
	return []Order{base}
}

// nulls says where NULL goes, the query's own rule included.
func (b *selectBuilder) nulls(o qb.Order) qb.Nulls {
	switch {
	case o.Nulls != qb.NullsDefault || !b.lowest:
		return o.Nulls
	case o.Desc:
		return qb.NullsLast
	default:
		return qb.NullsFirst
	}
}

func throughMany(f conditions.Field) bool { return firstMany(f) >= 0 }

// firstMany is the index of the first to-many hop, -1 without one.
func firstMany(f conditions.Field) int {
	for i, h := range f.Hops {
		if h.Kind.IsToMany() {
			return i
		}
	}
	return -1
}

// sortable plans a field as a value to sort by: through a to-many relation, the
// smallest related value, or the largest.
func (s *scope) sortable(f conditions.Field, desc bool) Expr {
	i := firstMany(f)
	if i < 0 {
		return s.value(f, false).expr
	}
	start := conditions.Field{Alias: f.Alias, Hops: f.Hops[:i], Property: f.Hops[i]}
	r := s.related(start, false, false)
	preds := []Pred{r.link(), r.where(func(*scope) Pred { return nil })}
	inner := r.scope
	rest := f.Hops[i+1:]
	for {
		tail := conditions.Field{Hops: rest, Property: f.Property}
		k := firstMany(tail)
		if k < 0 {
			break
		}
		preds = append(preds, inner.descend(rest[:k], rest[k]))
		rest = rest[k+1:]
	}
	v := inner.value(conditions.Field{Hops: rest, Property: f.Property, Part: f.Part, JSON: f.JSON, As: f.As}, true)
	r.sel.Where = all(append(preds, &Null{Expr: v.expr, Not: true})...)
	r.sel.Columns = []Column{{Expr: v.expr}}
	r.sel.OrderBy = []Order{{Expr: v.expr, Desc: desc}}
	r.sel.Limit = Number(1)
	return &Sub{r.sel}
}

// descend moves the scope's row on to the rows of a further to-many relation,
// and returns what is visible of them.
func (s *scope) descend(hops []*mapper.Property, rel *mapper.Property) Pred {
	from := s.walk(conditions.Field{Hops: hops}, true)
	target := rel.Relation.Target
	link := func(src *source, table *mapper.Table, cols []*mapper.Column, key func(*mapper.Column) *mapper.Column) *Join {
		j := &Join{Source: s.table(table, src.alias)}
		j.On = equal(cols, func(c *mapper.Column) (*Ref, *Ref) {
			return s.column(src.alias, c), s.ref(from, key(c))
		})
		*from.joins = append(*from.joins, j)
		return j
	}
	to := &source{entity: target, joins: from.joins, through: rel}
	if rel.Kind == mapper.OneToMany {
		to.alias = s.alias()
		to.join = link(to, target.Table, rel.Relation.Link().Columns, rel.Relation.Link().Referenced)
	} else {
		own, other := pivotSides(rel)
		pivot := &source{alias: s.alias()}
		link(pivot, rel.Relation.Pivot.Table, own, func(c *mapper.Column) *mapper.Column { return c.References })
		to.alias = s.alias()
		to.join = &Join{Source: s.table(target.Table, to.alias)}
		to.join.On = equal(other, func(c *mapper.Column) (*Ref, *Ref) { return s.ref(to, c.References), s.ref(pivot, c) })
		*from.joins = append(*from.joins, to.join)
	}
	s.row = to
	return s.visible(to)
}

// withKey makes the order total: the root's key comes last unless the order
// already holds a unique property that is never NULL.
func (b *selectBuilder) withKey(orders []Order) []Order {
	if b.q.Distinct || len(b.q.DistinctOn) > 0 || len(b.q.GroupBy) > 0 || len(b.q.Union) > 0 || b.totalOrder() {
		return orders
	}
	if len(b.q.Output) == 0 && len(b.q.Exprs) > 0 && b.aggregates() {
		return orders
	}
	for _, r := range b.scope.refs(b.root, b.root.entity.KeyColumns) {
		if !sorted(orders, r) {
			orders = append(orders, Order{Expr: r})
		}
	}
	return orders
}

// sorted reports that orders already hold the column.
func sorted(orders []Order, r *Ref) bool {
	for _, o := range orders {
		if x, ok := o.Expr.(*Ref); ok && x.Alias == r.Alias && x.Name == r.Name {
			return true
		}
	}
	return false
}

func (b *selectBuilder) aggregates() bool {
	for _, e := range b.q.Exprs {
		if _, ok := e.Expr.(qb.Aggregate); ok {
			return true
		}
	}
	return false
}

func (b *selectBuilder) totalOrder() bool {
	for _, o := range b.q.OrderBy {
		f, ok := o.Expr.(qb.FieldExpr)
		if !ok || len(f.Field.Hops) > 0 || f.Field.JSON != nil || f.Field.Property == nil {
			continue
		}
		if f.Field.Alias != "" && f.Field.Alias != b.root.alias {
			continue
		}
		p := f.Field.Property
		soleKey := p.Primary && len(b.q.Entity.Key) == 1
		if soleKey || p.Unique && !p.Nullable && len(p.Columns) == 1 && b.root.has(p) {
			return true
		}
	}
	return false
}

// itemOrder makes the rows of a joined collection come in the collection's order, unless
// whoever reads them sees to that.
func (b *selectBuilder) itemOrder(to *source, n *populate.Node) {
	b.sel.OrderBy = b.withKeyOf(b.root, b.sel.OrderBy)
	if n.Unordered {
		return
	}
	entries := n.OrderBy
	if entries == nil {
		entries = n.Relation.Relation.OrderBy
	}
	if to.position != nil && n.OrderBy == nil {
		b.sel.OrderBy = append(b.sel.OrderBy, Order{Expr: to.position})
	}
	b.sel.OrderBy = append(b.sel.OrderBy, b.relationOrder(to, n.Relation.Relation.Target, entries)...)
	b.sel.OrderBy = b.withKeyOf(to, b.sel.OrderBy)
}

// relationOrder plans an order given as strings, about a row of target.
func (b *selectBuilder) relationOrder(row *source, target *mapper.Entity, entries []string) []Order {
	if len(entries) == 0 {
		return nil
	}
	args := make([]any, len(entries))
	for i, e := range entries {
		args[i] = e
	}
	parsed, err := qb.ParseOrder(conditions.Env{Registry: b.registry, Entity: target}, args...)
	if err != nil {
		b.fail("%w", err)
		return nil
	}
	var out []Order
	for _, o := range parsed {
		out = append(out, b.orderEntry(b.scope.at(row), o)...)
	}
	return out
}

// withKeyOf appends the key of a row unless it is there already.
func (b *selectBuilder) withKeyOf(src *source, orders []Order) []Order {
	for _, r := range b.scope.refs(src, src.entity.KeyColumns) {
		if !sorted(orders, r) {
			orders = append(orders, Order{Expr: r})
		}
	}
	return orders
}

// positions remembers the position column of an ordered relation.
func (b *selectBuilder) positions(to *source, rel *mapper.Property, pivot *source) {
	if c := rel.Relation.Pivot.Order; rel.Relation.Ordered && c != nil {
		to.position = b.column(pivot.alias, c)
	}
}
