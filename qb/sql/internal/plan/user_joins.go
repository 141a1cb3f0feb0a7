package plan

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// joins plans the joins written by the user, in order.
func (b *selectBuilder) joins() {
	for _, j := range b.q.Joins {
		if j.Alias == "" || b.scope.own(j.Alias) != nil {
			b.fail("%w: a join needs an alias of its own, not %q", ErrQuery, j.Alias)
			return
		}
		b.scope.named = append(b.scope.named, b.join(j))
	}
}

func (b *selectBuilder) join(j *qb.Join) *source {
	switch {
	case j.Query != nil:
		return b.joinQuery(j)
	case j.Relation != nil:
		return b.joinRelation(j)
	case j.Entity != nil:
		to := b.joined(j, j.Entity)
		if j.Source != "" {
			to.cte, to.join.Source = true, &Table{Name: j.Source, Alias: j.Alias}
		}
		b.sel.Joins = append(b.sel.Joins, to.join)
		to.join.On = b.on(to, nil, j.On)
		return to
	default:
		b.fail("%w: join %q joins nothing", ErrQuery, j.Alias)
		return &source{alias: j.Alias}
	}
}

// joined is the row a join brings in; the join itself is not placed yet.
func (b *selectBuilder) joined(j *qb.Join, e *mapper.Entity) *source {
	to := &source{alias: j.Alias, entity: e, outer: j.Left, explicit: true, joins: &b.sel.Joins}
	to.join = &Join{Left: j.Left, Source: b.table(e.Table, j.Alias)}
	return to
}

// on is the condition of a join: the link, what is visible, what the user adds.
func (b *selectBuilder) on(to *source, link Pred, on conditions.Node) Pred {
	return orTrue(all(link, b.scope.inside(to, func(c *scope) Pred {
		if to.cte {
			return c.pred(on, true)
		}
		return all(c.visible(to), c.pred(on, true))
	})))
}

// joinQuery joins a sub-query; its columns have the names of the entity's columns.
func (b *selectBuilder) joinQuery(j *qb.Join) *source {
	if j.Lateral && !b.opts.Lateral {
		b.fail("%w: a lateral join", ErrUnsupported)
	}
	var parent *scope
	if j.Lateral {
		parent = b.scope
	}
	to := &source{alias: j.Alias, entity: j.Query.Entity, outer: j.Left, explicit: true, joins: &b.sel.Joins, cte: true}
	to.join = &Join{Left: j.Left, Source: &Derived{Query: b.sub(j.Query, parent), Alias: j.Alias, Lateral: j.Lateral}}
	b.sel.Joins = append(b.sel.Joins, to.join)
	to.join.On = orTrue(all(b.scope.inside(to, func(c *scope) Pred { return c.pred(j.On, true) })))
	return to
}

func (b *selectBuilder) joinRelation(j *qb.Join) *source {
	from := b.root
	if j.From != "" {
		from = b.scope.lookup(j.From)
	}
	rel := j.Relation
	to := b.joined(j, rel.Relation.Target)
	to.outer, to.through = j.Left || from.outer, rel
	switch {
	case rel.Kind == mapper.ManyToMany:
		b.joinPivot(from, to, j)
		return to
	case rel.Kind == mapper.OneToMany:
		inverse := rel.Relation.Link()
		link := equal(inverse.Columns, func(c *mapper.Column) (*Ref, *Ref) {
			return b.scope.ref(to, c), b.scope.ref(from, inverse.Referenced(c))
		})
		b.sel.Joins = append(b.sel.Joins, to.join)
		to.join.On = b.on(to, link, j.On)
	default:
		link := b.scope.toOneLink(from, rel, to)
		b.sel.Joins = append(b.sel.Joins, to.join)
		to.join.On = b.on(to, link, j.On)
	}
	return to
}

// joinPivot joins the pivot and the target: side by side when both are inner,
// the target inside the pivot's left join otherwise.
func (b *selectBuilder) joinPivot(from, to *source, j *qb.Join) {
	own, other := pivotSides(j.Relation)
	pivot := &source{alias: b.alias(), joins: &b.sel.Joins}
	pivot.join = &Join{Left: j.Left, Source: b.table(j.Relation.Relation.Pivot.Table, pivot.alias)}
	b.sel.Joins = append(b.sel.Joins, pivot.join)
	to.join.Left = false
	if j.Left {
		pivot.join.Nested = append(pivot.join.Nested, to.join)
	} else {
		b.sel.Joins = append(b.sel.Joins, to.join)
	}
	pivot.join.On = equal(own, func(c *mapper.Column) (*Ref, *Ref) { return b.scope.ref(pivot, c), b.scope.ref(from, c.References) })
	link := equal(other, func(c *mapper.Column) (*Ref, *Ref) { return b.scope.ref(to, c.References), b.scope.ref(pivot, c) })
	to.join.On = b.on(to, link, j.On)
}
