package plan

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// reached and left are the names of the common table expression of what is reached in steps,
// and of its column for the steps that are left.
const (
	reached = "reached"
	left    = "steps"
)

// reach plans a condition about what a relation leads to in steps. The keys of the rows that
// get there come from a recursive sub-query, which begins at what is looked for and walks
// against the relation: it says the same for every row around it, and is asked once.
func (s *scope) reach(n *conditions.ReachNode, inner bool) Pred {
	rel := n.Relation.Property
	if namesOthers(n.Where) {
		s.fail("%w: %s: a condition on what is reached in steps that speaks of the rows around", ErrUnsupported, n)
		return Bool(false)
	}
	keys := rel.Entity.KeyColumns
	owner := s.ownerOf(conditions.Field{Alias: n.Relation.Alias, Hops: n.Relation.Hops}, keys, inner && !n.Not)
	w := &way{scope: &scope{planner: s.planner}, rel: rel, bounded: n.Steps.Max != conditions.Unlimited}
	begin := w.begin(n)
	begin.Union = []*SetOp{{Query: w.step()}}
	rows := &Select{
		With: []*CTE{{Name: reached, Query: begin, Recursive: true}},
		From: &Table{Name: reached, Alias: s.alias()},
	}
	in := &InSelect{Query: rows}
	for i, c := range keys {
		in.Exprs = append(in.Exprs, owner.refs[c])
		rows.Columns = append(rows.Columns, Column{Expr: &Ref{Alias: rows.From.(*Table).Alias, Name: keyName(i), Type: c.Type}})
	}
	if n.Not {
		return all(owner.guard, &NotTrue{in})
	}
	return in
}

// namesOthers reports a condition with fields of other rows than the one it is about.
func namesOthers(n conditions.Node) bool {
	found := false
	conditions.Walk(n, func(f conditions.Field, where conditions.Node) {
		found = found || f.Alias != "" || where != nil && namesOthers(where)
	})
	return found
}

// keyName is the name of a part of the key in the common table expression.
func keyName(part int) string { return fmt.Sprintf("k%d", part) }

// way plans the two parts of the common table expression.
type way struct {
	*scope
	rel *mapper.Property
	// bounded says that steps are counted.
	bounded bool
}

// begin finds the rows that get to what is looked for in the least number of steps.
func (w *way) begin(n *conditions.ReachNode) *Select {
	most := n.Steps.Max
	if n.Steps.Min == 0 {
		target := w.rel.Relation.Target
		r := &related{scope: &scope{planner: w.planner}, sel: &Select{}}
		r.target = &source{alias: r.alias(), entity: target, joins: &r.sel.Joins, through: w.rel}
		r.row, r.sel.From = r.target, r.table(target.Table, r.target.alias)
		for _, c := range w.rel.Entity.KeyColumns {
			r.pairs = append(r.pairs, pair{r.ref(r.target, c), c})
		}
		return w.finish(r, r.where(func(c *scope) Pred { return c.pred(n.Where, true) }), Number(most))
	}
	r := w.once(w.keyOnly(n.Where))
	where := r.where(func(c *scope) Pred { return c.pred(n.Where, true) })
	if r.target.pivot != nil && w.rel.Kind.IsToOne() && !needsValue(n.Where) {
		for _, c := range w.rel.Columns {
			where = all(where, &Null{Expr: r.ref(r.target, w.rel.Referenced(c)), Not: true})
		}
	}
	return w.finish(r, where, Number(most-1))
}

// needsValue reports a condition on a key that is not true where the key is NULL.
func needsValue(n conditions.Node) bool {
	switch n := n.(type) {
	case *conditions.Compare, *conditions.KeyIn:
		return true
	case *conditions.InNode:
		return !n.OrNull
	}
	return false
}

// step finds the rows that get in one step to rows that have been found.
func (w *way) step() *Select {
	r := w.once(w.keyOnly(nil))
	alias := r.alias()
	join := &Join{Source: &Table{Name: reached, Alias: alias}}
	var on []Pred
	for i, c := range w.rel.Entity.KeyColumns {
		on = append(on, &Compare{&Ref{Alias: alias, Name: keyName(i), Type: c.Type}, conditions.OpEq, r.ref(r.target, c)})
	}
	join.On = all(on...)
	r.sel.Joins = append(r.sel.Joins, join)
	where := r.where(func(*scope) Pred { return nil })
	remaining := &Ref{Alias: alias, Name: left}
	if w.bounded {
		where = all(where, &Compare{remaining, conditions.OpGt, Number(0)})
	}
	return w.finish(r, where, &Minus{remaining, Number(1)})
}

// finish makes a part of the rows that a step starts from.
func (w *way) finish(r *related, where Pred, steps Expr) *Select {
	for i, c := range w.rel.Entity.KeyColumns {
		at := slices.IndexFunc(r.pairs, func(p pair) bool { return p.key == c })
		if at < 0 {
			w.fail("%w: %s in steps: it does not refer to the key", ErrUnsupported, w.rel)
			return r.sel
		}
		r.sel.Columns = append(r.sel.Columns, Column{Expr: r.pairs[at].inside, Name: keyName(i)})
	}
	if w.bounded {
		r.sel.Columns = append(r.sel.Columns, Column{Expr: steps, Name: left})
	}
	r.sel.Where = where
	return r.sel
}

// keyOnly reports that columns which refer to the target answer for it.
func (w *way) keyOnly(where conditions.Node) bool {
	target := w.rel.Relation.Target
	if w.rel.Kind == mapper.ManyToMany {
		return w.plain(target, w.rel) && keyOnly(where, target)
	}
	return w.whole(w.rel) && keyOnly(where, target)
}

// once is a sub-query over single steps: its target is where a step leads to, its pairs are
// the key of the row that it starts from.
func (w *way) once(keyOnly bool) *related {
	r := &related{scope: &scope{planner: w.planner}, sel: &Select{}}
	switch w.rel.Kind {
	case mapper.OneToMany:
		r.fromTarget(w.rel)
	case mapper.ManyToMany:
		r.fromPivot(w.rel, keyOnly)
	default:
		r.fromOwner(w.rel, keyOnly)
	}
	r.row = r.target
	return r
}

// fromOwner starts from the rows that hold a to-one relation.
func (r *related) fromOwner(rel *mapper.Property, keyOnly bool) {
	from := &source{alias: r.alias(), entity: rel.Entity, joins: &r.sel.Joins}
	r.sel.From = r.table(rel.Entity.Table, from.alias)
	for _, c := range rel.Entity.KeyColumns {
		r.pairs = append(r.pairs, pair{r.ref(from, c), c})
	}
	if keyOnly && rel.Relation.By == nil {
		r.target = &source{alias: from.alias, entity: rel.Relation.Target, joins: &r.sel.Joins, pivot: map[*mapper.Column]*mapper.Column{}}
		for _, c := range rel.Columns {
			r.target.pivot[rel.Referenced(c)] = c
		}
		return
	}
	to := &source{alias: r.alias(), entity: rel.Relation.Target, joins: &r.sel.Joins, through: rel}
	join := &Join{Source: r.table(to.entity.Table, to.alias)}
	join.On = r.toOneLink(from, rel, to)
	r.sel.Joins = append(r.sel.Joins, join)
	r.target = to
}
