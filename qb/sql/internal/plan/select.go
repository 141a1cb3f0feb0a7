package plan

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// Build plans a read.
func Build(q *qb.Select, opts Options) (*Select, error) {
	p := newPlanner(q, opts)
	sel := p.sub(q, nil)
	return sel, p.err
}

func newPlanner(q *qb.Select, opts Options) *planner {
	p := &planner{
		opts: opts, root: q, registry: q.Registry, filters: q.Filters, schema: q.Schema,
		semi: q.SemiJoin, lowest: q.NullsLowest, slots: q.Slots,
	}
	if p.err = qb.CheckFilters(q.Filters); p.err != nil {
		p.filters = nil // nothing else would end their planning
	}
	p.take(q)
	return p
}

// take notes the aliases the user has chosen, in the query and those beside it.
func (p *planner) take(q *qb.Select) {
	if q.Alias != "" {
		p.taken = append(p.taken, q.Alias)
	}
	for _, j := range q.Joins {
		p.taken = append(p.taken, j.Alias)
	}
}

// sub plans a query, within the scope around it when it is a sub-query.
func (p *planner) sub(q *qb.Select, parent *scope) *Select {
	if q.Entity == nil {
		p.fail("%w: a query without an entity", ErrQuery)
		return &Select{}
	}
	p.take(q)
	defer p.within(q)()
	b := &selectBuilder{planner: p, q: q, sel: &Select{Comments: q.Comments}}
	b.scope = &scope{planner: p, parent: parent}
	for _, c := range q.With {
		b.sel.With = append(b.sel.With, &CTE{Name: c.Name, Query: p.sub(c.Query, nil), Recursive: c.Recursive})
	}
	switch {
	case q.Count:
		b.count()
	case len(q.Union) > 0 && len(q.OrderBy) > 0:
		b.orderedUnion()
	case len(q.Union) > 0 && b.paged():
		b.fail("%w: a page of roots in a union", ErrUnsupported)
	case b.paged():
		b.page()
	default:
		b.plain()
	}
	for _, u := range q.Union {
		b.sel.Union = append(b.sel.Union, &SetOp{All: u.All, Query: p.sub(u.Query, parent)})
	}
	if b.union != nil {
		return b.union.around(b.sel)
	}
	return b.sel
}

// within lets the filters of a query count until the function returned is called.
func (p *planner) within(q *qb.Select) func() {
	around := p.filters
	if q == p.root {
		return func() {}
	}
	if p.filters = q.FiltersWithin(around); len(p.filters) != len(around) && p.err == nil {
		if p.err = qb.CheckFilters(p.filters); p.err != nil {
			p.filters = nil
		}
	}
	return func() { p.filters = around }
}

// selectBuilder plans one SELECT of a query.
type selectBuilder struct {
	*planner
	q     *qb.Select
	sel   *Select
	scope *scope
	root  *source
	// chosen is the root's alias once it is known.
	chosen string
	// owners are the columns that tell the owner of each row, under Via.
	owners []*Ref
	// union sorts the rows of a union, nil elsewhere.
	union *unionOrder
	// pivotOrder is the position column of an ordered relation, under Via.
	pivotOrder *Ref
}

// plain plans a query whose rows are those of its joins.
func (b *selectBuilder) plain() {
	b.from()
	b.joins()
	b.filter()
	b.group()
	b.sel.OrderBy = b.rootOrder()
	if b.limited() {
		b.sel.OrderBy = b.withKey(b.sel.OrderBy)
		b.limit(b.sel)
	}
	b.output()
	b.lock()
}

// from puts the root into FROM, and under Via what leads to it.
func (b *selectBuilder) from() {
	alias := b.rootAlias()
	b.root = &source{alias: alias, entity: b.q.Entity, joins: &b.sel.Joins}
	if b.q.Via != nil {
		b.root.through = b.q.Via.Relation
	}
	switch {
	case b.q.From != nil:
		b.root.cte = true
		b.sel.From = &Derived{Query: b.sub(b.q.From, b.scope.parent), Alias: alias}
	case b.q.Source != "":
		b.root.cte = true
		b.sel.From = &Table{Name: b.q.Source, Alias: alias}
	default:
		table := b.table(b.q.Entity.Table, alias)
		table.Indexes = b.q.Indexes
		b.sel.From = table
	}
	b.scope.row = b.root
	b.scope.named = append(b.scope.named, b.root)
}

// rootAlias is the user's alias of the root, or one of weft's own.
func (b *selectBuilder) rootAlias() string {
	if b.chosen == "" {
		if b.chosen = b.q.Alias; b.chosen == "" {
			b.chosen = b.alias()
		}
	}
	return b.chosen
}

// filter plans WHERE: what is visible, what the user asks, what Via restricts.
func (b *selectBuilder) filter() {
	via := b.via()
	if b.scope.parent == nil && b.q.Via == nil && len(b.q.Joins)+len(b.q.Indexes) == 0 {
		b.scope.askOnce(b.q.Where)
	}
	var visible Pred
	if !b.root.cte {
		visible = b.scope.visible(b.root)
	}
	where := b.scope.pred(b.q.Where, true)
	b.sel.Where = all(via, visible, where)
}

// via restricts the roots to those the owners lead to.
func (b *selectBuilder) via() Pred {
	v := b.q.Via
	if v == nil {
		return nil
	}
	rel := v.Relation
	if rel.Relation == nil || rel.Relation.Target != b.q.Entity && !b.q.Entity.IsSubtypeOf(rel.Relation.Target) {
		b.fail("%w: %s does not lead to %s", ErrQuery, rel, b.q.Entity.Name)
		return nil
	}
	switch {
	case rel.Kind == mapper.ManyToMany:
		b.viaPivot(rel)
	case rel.Relation.Inverse != nil && !rel.Relation.Owning:
		inverse := rel.Relation.Link()
		if inverse.Relation.By != nil && inverse.Relation.Of == nil {
			b.owners = b.scope.refs(b.scope.keyHop(b.root, inverse), inverse.Relation.Target.KeyColumns)
			break
		}
		b.owners = b.scope.refs(b.root, inverse.Columns)
	default:
		b.fail("%w: %s has no owners to load by", ErrQuery, rel)
		return nil
	}
	if len(b.owners) == 1 {
		return &InList{Expr: b.owners[0], List: &Arg{Slot: v.Owners, Type: b.owners[0].Type}, Owners: true}
	}
	return &TupleIn{Refs: b.owners, List: v.Owners}
}

func (b *selectBuilder) viaPivot(rel *mapper.Property) {
	pv := rel.Relation.Pivot
	own, other := pivotSides(rel)
	alias := b.alias()
	j := &Join{Source: b.table(pv.Table, alias)}
	j.On = equal(other, func(c *mapper.Column) (*Ref, *Ref) {
		return b.column(alias, c), b.scope.ref(b.root, c.References)
	})
	b.sel.Joins = append(b.sel.Joins, j)
	for _, c := range own {
		b.owners = append(b.owners, b.column(alias, c))
	}
	if rel.Relation.Ordered && pv.Order != nil {
		b.pivotOrder = b.column(alias, pv.Order)
	}
}

func (b *selectBuilder) group() {
	for _, e := range b.q.GroupBy {
		b.sel.GroupBy = append(b.sel.GroupBy, b.parts(e)...)
	}
	if b.q.Having != nil {
		groups := *b.scope
		groups.groups = true
		b.sel.Having = groups.pred(b.q.Having, false)
	}
	b.sel.Distinct = b.q.Distinct
	for _, e := range b.q.DistinctOn {
		b.sel.DistinctOn = append(b.sel.DistinctOn, b.parts(e)...)
	}
}

// parts plans an expression that rows are told apart by; a reference of several columns gives one for each.
func (b *selectBuilder) parts(e qb.Expr) []Expr {
	f, ok := e.(qb.FieldExpr)
	if !ok || f.Field.Property == nil || len(f.Field.Property.Columns) < 2 || throughMany(f.Field) {
		return []Expr{b.expr(e)}
	}
	at := b.scope.resolve(f.Field, false)
	out := make([]Expr, len(at.cols))
	for i, c := range at.cols {
		out[i] = b.scope.ref(at.row, c)
	}
	return out
}

func (b *selectBuilder) limited() bool {
	return b.q.Limit != conditions.NoSlot || b.q.Offset != conditions.NoSlot
}

func (b *selectBuilder) limit(sel *Select) {
	if b.q.Limit != conditions.NoSlot {
		sel.Limit = &Arg{Slot: b.q.Limit, Integer: true}
	}
	if b.q.Offset != conditions.NoSlot {
		sel.Offset = &Arg{Slot: b.q.Offset, Integer: true}
	}
}

// output plans the columns, in the order promised by qb.Select.
func (b *selectBuilder) output() {
	for _, o := range b.owners {
		b.sel.Columns = append(b.sel.Columns, Column{Expr: o})
	}
	b.leaves(b.scope, b.root, b.q.Output)
	for _, n := range b.q.Populate {
		b.populate(b.root, n)
	}
	for _, j := range b.q.Joins {
		if src := b.scope.own(j.Alias); src != nil && len(j.Output) > 0 {
			b.leaves(b.scope, src, j.Output)
		}
	}
	for _, e := range b.q.Exprs {
		b.sel.Columns = append(b.sel.Columns, Column{Expr: b.expr(e.Expr), Name: e.Name})
	}
	if b.q.Via != nil && b.q.Via.Positions {
		b.sel.Columns = append(b.sel.Columns, Column{Expr: b.pivotOrder})
	}
	if len(b.sel.Columns) == 0 {
		b.fail("%w: nothing is selected from %s", ErrQuery, b.q.Entity.Name)
	}
}

// leaves adds the columns of properties of a row.
func (b *selectBuilder) leaves(s *scope, src *source, leaves []*mapper.Property) {
	b.sel.Columns = slices.Grow(b.sel.Columns, len(leaves))
	for _, p := range leaves {
		switch {
		case p.Virtual || p.Kind.IsToMany():
		case p.Formula != "":
			b.sel.Columns = append(b.sel.Columns, Column{Expr: s.computed(src, p), Name: p.Name})
		case p.Elsewhere():
			to := s.keyHop(src, p)
			b.add(s, to, to.entity.KeyColumns)
		default:
			b.add(s, src, p.Columns)
		}
	}
}

// add adds columns of a row.
func (b *selectBuilder) add(s *scope, src *source, cols []*mapper.Column) {
	for _, c := range cols {
		b.sel.Columns = append(b.sel.Columns, Column{Expr: s.ref(src, c)})
	}
}

// populate joins a node's target, always left, and adds its columns.
func (b *selectBuilder) populate(from *source, n *populate.Node) {
	to := b.populateTarget(from, n)
	b.leaves(b.scope, to, n.Fields)
	if n.Relation.Kind.IsToMany() {
		b.itemOrder(to, n)
	}
	for _, c := range n.Children {
		b.populate(to, c)
	}
}

func (b *selectBuilder) populateTarget(from *source, n *populate.Node) *source {
	if n.Limit >= 0 && n.Limit != 0 || n.Offset > 0 {
		b.fail("%w: a joined populate of %s cannot have a limit; load it select-in", ErrUnsupported, n.Path)
	}
	switch {
	case n.Relation.Kind.IsToMany():
		return b.joinItems(from, n)
	case n.Where != nil:
		to := b.scope.joinTarget(from, n.Relation, false)
		b.narrow(to, n.Where.Root)
		return to
	default:
		return b.scope.hop(from, n.Relation, false)
	}
}

// narrow adds a condition on the joined row to its join.
func (b *selectBuilder) narrow(to *source, where conditions.Node) {
	to.join.On = all(to.join.On, b.scope.inside(to, func(c *scope) Pred { return c.pred(where, true) }))
}

// joinItems joins the rows of a to-many relation to their owner.
func (b *selectBuilder) joinItems(from *source, n *populate.Node) *source {
	rel := n.Relation
	if rel.Kind == mapper.OneToMany {
		to := &source{alias: b.alias(), entity: rel.Relation.Target, outer: true, joins: from.joins, through: rel}
		to.join = &Join{Left: true, Source: b.table(rel.Relation.Target.Table, to.alias)}
		inverse := rel.Relation.Link()
		link := equal(inverse.Columns, func(c *mapper.Column) (*Ref, *Ref) {
			return b.scope.ref(to, c), b.scope.ref(from, inverse.Referenced(c))
		})
		*from.joins = append(*from.joins, to.join)
		to.join.On = all(link, b.scope.inside(to, func(c *scope) Pred { return c.visible(to) }))
		if n.Where != nil {
			b.narrow(to, n.Where.Root)
		}
		return to
	}
	return b.joinLinked(from, rel, n.Where)
}

// joinLinked joins pivot and target together, so that a link without a visible
// target gives a row of NULLs only where there is no other. Apart they give such a row for each
// of these links, in which whoever reads it finds no item either.
func (b *selectBuilder) joinLinked(from *source, rel *mapper.Property, where *conditions.Tree) *source {
	own, other := pivotSides(rel)
	pivot := &source{alias: b.alias()}
	outer := &Join{Left: true, Source: b.table(rel.Relation.Pivot.Table, pivot.alias)}
	*from.joins = append(*from.joins, outer)
	to := &source{alias: b.alias(), entity: rel.Relation.Target, outer: true, joins: from.joins, through: rel}
	to.join = &Join{Left: b.opts.NestedWhole, Source: b.table(rel.Relation.Target.Table, to.alias)}
	if b.opts.NestedWhole {
		*from.joins = append(*from.joins, to.join)
	} else {
		outer.Nested = append(outer.Nested, to.join)
	}
	outer.On = equal(own, func(c *mapper.Column) (*Ref, *Ref) { return b.scope.ref(pivot, c), b.scope.ref(from, c.References) })
	link := equal(other, func(c *mapper.Column) (*Ref, *Ref) { return b.scope.ref(to, c.References), b.scope.ref(pivot, c) })
	to.join.On = all(link, b.scope.inside(to, func(c *scope) Pred { return c.visible(to) }))
	if where != nil {
		b.narrow(to, where.Root)
	}
	to.hops = nil
	b.positions(to, rel, pivot)
	return to
}

// lock asks for row locks on the root, and on the rows of its bases where they
// stand in tables of their own: those hold the version.
func (b *selectBuilder) lock() {
	if b.q.Lock.Mode == qb.NoLock {
		return
	}
	b.sel.Lock, b.sel.LockOf = b.q.Lock, []string{b.root.alias}
	if b.root.cte {
		return
	}
	for _, part := range b.q.Entity.StoredIn() {
		if part != b.q.Entity {
			b.sel.LockOf = append(b.sel.LockOf, b.scope.typeTable(b.root, part.TableKey[0]))
		}
	}
}

// expr plans a scalar expression of the query.
func (b *selectBuilder) expr(e qb.Expr) Expr {
	switch e := e.(type) {
	case qb.FieldExpr:
		return b.scope.sortable(e.Field, false)
	case qb.RawExpr:
		return b.scope.raw(e.Raw.Text, e.Raw.Args)
	case qb.Aggregate:
		return b.scope.aggregate(e.Func, e.Distinct, e.Field)
	case *qb.SubqueryExpr:
		return &Sub{b.sub(e.Query, b.scope)}
	case *qb.WindowExpr:
		return b.window(e)
	case *qb.CaseExpr:
		return b.cases(e)
	case qb.ValueExpr:
		return &Typed{&Arg{Slot: e.Slot, Type: e.Type}}
	default:
		b.fail("%w: unknown expression %T", ErrQuery, e)
		return Number(0)
	}
}

// count plans the number of roots. An explicit join multiplies rows, so that
// keys are counted then; grouped, distinct and combined queries count their rows.
func (b *selectBuilder) count() {
	q := b.q
	if q.Distinct || len(q.GroupBy) > 0 || q.Having != nil || len(q.Union) > 0 || len(q.DistinctOn) > 0 {
		b.countRows()
		return
	}
	b.from()
	b.joins()
	b.filter()
	key := b.scope.refs(b.root, b.root.entity.KeyColumns)
	switch {
	case len(q.Joins) == 0 && q.Via == nil:
		b.sel.Columns = []Column{{Expr: &Call{Func: "count"}}}
	case len(key) == 1:
		b.sel.Columns = []Column{{Expr: &Call{Func: "count", Distinct: true, Arg: key[0]}}}
	default:
		keys := *b.sel
		keys.Distinct = true
		for i, k := range key {
			keys.Columns = append(keys.Columns, Column{Expr: k, Name: fmt.Sprintf("k%d", i)})
		}
		b.wrapCount(&keys)
	}
}

// countRows counts the rows of the query as it stands, without order and limits.
func (b *selectBuilder) countRows() {
	inner := *b.q
	inner.Count, inner.OrderBy, inner.Populate, inner.With = false, nil, nil, nil
	inner.Limit, inner.Offset, inner.Lock = conditions.NoSlot, conditions.NoSlot, qb.Lock{}
	b.q = &qb.Select{}
	inner.Filters, inner.FiltersOff = nil, nil // those of the query count already
	b.wrapCount(b.sub(&inner, b.scope.parent))
}

func (b *selectBuilder) wrapCount(rows *Select) {
	for i := range rows.Columns {
		rows.Columns[i].Name = fmt.Sprintf("c%d", i)
	}
	rows.With, rows.Comments = nil, nil
	*b.sel = Select{With: b.sel.With, Comments: b.sel.Comments}
	b.sel.From = &Derived{Query: rows, Alias: b.alias()}
	b.sel.Columns = []Column{{Expr: &Call{Func: "count"}}}
}
