package plan

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// quantifier plans a condition about the rows of a to-many relation as a sub-query.
func (s *scope) quantifier(n conditions.Node, inner bool) Pred {
	switch n := n.(type) {
	case *conditions.SomeNode:
		return s.some(n, inner)
	case *conditions.EveryNode:
		return s.every(n, inner)
	case *conditions.SizeNode:
		return s.size(n, inner)
	default:
		s.fail("%w: unknown quantifier %T", ErrQuery, n)
		return Bool(false)
	}
}

func (s *scope) some(n *conditions.SomeNode, inner bool) Pred {
	r := s.related(n.Relation, s.staysOnPivot(n.Relation, n.Where), inner && !n.Not)
	where := r.where(func(c *scope) Pred { return c.chained(&r.sel.Joins, n.Where) })
	if n.Not {
		r.sel.Where = all(r.link(), where)
		r.sel.Columns = []Column{{Expr: Number(1)}}
		return all(r.owner.guard, &Exists{Query: r.sel, Not: true})
	}
	if s.semi == qb.SemiJoinKeyIn || inner && r.askedOnce(s, n) {
		return r.keyIn(where)
	}
	r.sel.Where = all(r.link(), where)
	r.sel.Columns = []Column{{Expr: Number(1)}}
	return &Exists{Query: r.sel}
}

// chained plans the condition of a sub-query. What it asks for of a related row goes
// into the same sub-query as an inner join: there is a book with a tag such that, is one
// question, and databases plan a join better than a sub-query in a sub-query. Two such
// rows would be joined to each other, and stay questions of their own.
func (s *scope) chained(joins *[]*Join, n conditions.Node) Pred {
	rest, next := chain(n)
	if next == nil {
		return s.pred(n, true)
	}
	preds := []Pred{}
	for _, m := range rest {
		preds = append(preds, s.pred(m, true))
	}
	to := s.joinRelated(joins, next.Relation, s.staysOnPivot(next.Relation, next.Where))
	if to.pivot == nil {
		preds = append(preds, s.visible(to))
	}
	return orTrue(all(append(preds, s.at(to).chained(joins, next.Where))...))
}

// chain splits a conjunction into the only related row it asks for and the rest; next
// is nil when it asks for none, or for several.
func chain(n conditions.Node) (rest []conditions.Node, next *conditions.SomeNode) {
	members := []conditions.Node{n}
	if and, ok := n.(*conditions.AndNode); ok {
		members = and.Nodes
	}
	for _, m := range members {
		some, ok := m.(*conditions.SomeNode)
		switch {
		case !ok || some.Not:
			rest = append(rest, m)
		case next != nil || some.Relation.Alias != "":
			return nil, nil
		default:
			next = some
		}
	}
	return rest, next
}

// joinRelated joins the rows of a to-many relation of the scope's row.
func (s *scope) joinRelated(joins *[]*Join, f conditions.Field, pivotOnly bool) *source {
	rel := f.Property
	to := &source{entity: rel.Relation.Target, joins: joins, through: rel}
	from := s.ownerOf(conditions.Field{Hops: f.Hops}, ownerColumns(rel), true).refs
	if rel.Kind == mapper.OneToMany {
		to.alias = s.alias()
		to.join = &Join{Source: s.table(to.entity.Table, to.alias)}
		link := rel.Relation.Link()
		to.join.On = equal(link.Columns, func(c *mapper.Column) (*Ref, *Ref) { return s.ref(to, c), from[link.Referenced(c)] })
		*joins = append(*joins, to.join)
		return to
	}
	own, other := pivotSides(rel)
	pivot := s.alias()
	link := &Join{Source: s.table(rel.Relation.Pivot.Table, pivot)}
	link.On = equal(own, func(c *mapper.Column) (*Ref, *Ref) { return s.column(pivot, c), from[c.References] })
	*joins = append(*joins, link)
	if pivotOnly {
		to.alias, to.pivot = pivot, map[*mapper.Column]*mapper.Column{}
		for _, c := range other {
			to.pivot[c.References] = c
		}
		return to
	}
	to.alias = s.alias()
	to.join = &Join{Source: s.table(to.entity.Table, to.alias)}
	to.join.On = equal(other, func(c *mapper.Column) (*Ref, *Ref) { return s.ref(to, c.References), s.column(pivot, c) })
	*joins = append(*joins, to.join)
	return to
}

// every is "no row for which Where is not true".
func (s *scope) every(n *conditions.EveryNode, inner bool) Pred {
	r := s.related(n.Relation, s.staysOnPivot(n.Relation, n.Where), inner && n.Not)
	where := r.where(func(c *scope) Pred {
		return notTrue(c.pred(n.Where, false))
	})
	r.sel.Where = all(r.link(), where)
	r.sel.Columns = []Column{{Expr: Number(1)}}
	if n.Not {
		return &Exists{Query: r.sel}
	}
	return all(r.owner.guard, &Exists{Query: r.sel, Not: true})
}

// notTrue is true where p is false or unknown. What is never unknown is negated
// instead, which a database can plan as an anti-join.
func notTrue(p Pred) Pred {
	switch p := p.(type) {
	case Bool:
		return !p
	case *Exists:
		return &Exists{Query: p.Query, Not: !p.Not}
	case *Null:
		return &Null{Expr: p.Expr, Not: !p.Not}
	default:
		return &NotTrue{p}
	}
}

func (s *scope) size(n *conditions.SizeNode, inner bool) Pred {
	r := s.related(n.Relation, s.staysOnPivot(n.Relation, nil), inner)
	where := r.where(func(*scope) Pred { return nil })
	r.sel.Where = all(r.link(), where)
	r.sel.Columns = []Column{{Expr: &Call{Func: "count"}}}
	count := &Compare{&Sub{r.sel}, n.Op, s.count(n.Value)}
	return all(r.owner.guard, count)
}

// count is an operand that counts rows.
func (s *scope) count(o conditions.Operand) Expr {
	if slot, ok := o.(conditions.Slot); ok {
		return &Arg{Slot: slot, Integer: true}
	}
	return s.operand(o, nil)
}

// related is the sub-query over the rows of a to-many relation.
type related struct {
	*scope
	sel   *Select
	owner owner
	// pairs equate columns inside the sub-query with the owner's key outside.
	pairs []pair
	// target is what conditions speak of.
	target *source
}

type pair struct {
	inside *Ref
	key    *mapper.Column
}

// related starts a sub-query over the rows of a relation; pivotOnly says that
// the pivot's columns answer for the target's key.
func (s *scope) related(f conditions.Field, pivotOnly, inner bool) *related {
	rel := f.Property
	r := &related{sel: &Select{}}
	r.scope = &scope{planner: s.planner, parent: s}
	if rel == nil || rel.Relation == nil || !rel.Kind.IsToMany() {
		s.fail("%w: %v is not a to-many relation", ErrQuery, rel)
		r.target = &source{joins: &r.sel.Joins, entity: s.row.entity}
		r.row = r.target
		return r
	}
	r.owner = s.ownerOf(conditions.Field{Alias: f.Alias, Hops: f.Hops}, ownerColumns(rel), inner)
	if rel.Kind == mapper.OneToMany {
		r.fromTarget(rel)
	} else {
		r.fromPivot(rel, pivotOnly)
	}
	r.row = r.target
	return r
}

// ownerColumns are the key columns of a relation's owner that the other side refers to.
func ownerColumns(rel *mapper.Property) []*mapper.Column {
	var refs []*mapper.Column
	switch {
	case rel.Kind == mapper.ManyToMany:
		own, _ := pivotSides(rel)
		for _, c := range own {
			refs = append(refs, c.References)
		}
	case rel.Relation.Inverse != nil:
		for _, c := range rel.Relation.Link().Columns {
			refs = append(refs, rel.Relation.Link().Referenced(c))
		}
	}
	return refs
}

// pivotSides gives the pivot columns that refer to the relation's owner, and to its target.
func pivotSides(rel *mapper.Property) (own, target []*mapper.Column) {
	p := rel.Relation.Pivot
	if rel.Relation.Owning {
		return p.Owner, p.Target
	}
	return p.Target, p.Owner
}

func (r *related) fromTarget(rel *mapper.Property) {
	target := rel.Relation.Target
	r.target = &source{alias: r.alias(), entity: target, joins: &r.sel.Joins, through: rel}
	r.sel.From = r.table(target.Table, r.target.alias)
	link := rel.Relation.Link()
	for _, c := range link.Columns {
		r.pairs = append(r.pairs, pair{r.ref(r.target, c), link.Referenced(c)})
	}
}

func (r *related) fromPivot(rel *mapper.Property, pivotOnly bool) {
	pv, target := rel.Relation.Pivot, rel.Relation.Target
	own, other := pivotSides(rel)
	alias := r.alias()
	r.sel.From = r.table(pv.Table, alias)
	for _, c := range own {
		r.pairs = append(r.pairs, pair{r.column(alias, c), c.References})
	}
	if pivotOnly {
		r.target = &source{alias: alias, entity: target, joins: &r.sel.Joins, pivot: map[*mapper.Column]*mapper.Column{}}
		for _, c := range other {
			r.target.pivot[c.References] = c
		}
		return
	}
	r.target = &source{alias: r.alias(), entity: target, joins: &r.sel.Joins, through: rel}
	join := &Join{Source: r.table(target.Table, r.target.alias)}
	join.On = equal(other, func(c *mapper.Column) (*Ref, *Ref) {
		return r.ref(r.target, c.References), r.column(alias, c)
	})
	r.sel.Joins = append(r.sel.Joins, join)
}

// where plans the condition on the related rows: what is visible of them, then part.
func (r *related) where(part func(*scope) Pred) Pred {
	if r.target.pivot != nil {
		return all(part(r.scope))
	}
	return all(r.visible(r.target), part(r.scope))
}

// link ties the sub-query to the owner's row.
func (r *related) link() Pred {
	var on []Pred
	for _, p := range r.pairs {
		on = append(on, &Compare{p.inside, conditions.OpEq, r.owner.refs[p.key]})
	}
	return all(on...)
}

// keyIn tests the owner's key against the keys the sub-query finds.
func (r *related) keyIn(where Pred) Pred {
	in := &InSelect{Query: r.sel}
	for _, p := range r.pairs {
		in.Exprs = append(in.Exprs, r.owner.refs[p.key])
		r.sel.Columns = append(r.sel.Columns, Column{Expr: p.inside})
	}
	r.sel.Where = where
	return in
}

// staysOnPivot reports that a condition on the rows of a relation can be
// answered from its pivot table.
func (s *scope) staysOnPivot(f conditions.Field, where conditions.Node) bool {
	if f.Property == nil || f.Property.Kind != mapper.ManyToMany {
		return false
	}
	target := f.Property.Relation.Target
	return s.plain(target, f.Property) && keyOnly(where, target)
}

// keyOnly reports that a condition looks at the key of e's row alone, so that
// columns which refer to the key can stand for it.
func keyOnly(n conditions.Node, e *mapper.Entity) bool {
	switch n := n.(type) {
	case nil:
		return true
	case *conditions.AndNode:
		return keyOnlyAll(n.Nodes, e)
	case *conditions.OrNode:
		return keyOnlyAll(n.Nodes, e)
	case *conditions.Truth:
		return n.At.Alias == "" && len(n.At.Hops) == 0
	case *conditions.Compare:
		_, slot := n.Value.(conditions.Slot)
		return slot && isKeyField(n.Field, e)
	case *conditions.InNode:
		_, slot := n.Values.(conditions.Slot)
		return slot && isKeyField(n.Field, e)
	case *conditions.Null:
		return isKeyField(n.Field, e)
	case *conditions.KeyIn:
		return n.Field.Property == nil && n.Field.Alias == "" && len(n.Field.Hops) == 0
	default:
		return false
	}
}

func keyOnlyAll(nodes []conditions.Node, e *mapper.Entity) bool {
	for _, n := range nodes {
		if !keyOnly(n, e) {
			return false
		}
	}
	return true
}

func isKeyField(f conditions.Field, e *mapper.Entity) bool {
	return f.Alias == "" && len(f.Hops) == 0 && f.JSON == nil && f.Property != nil &&
		f.Property.Primary && f.Property.Entity == e
}
