package plan

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// pred plans a condition about the scope's row. inner says that rows for which
// the condition is not true are of no use to anybody, so that joins it needs
// may be inner.
func (s *scope) pred(n conditions.Node, inner bool) Pred {
	switch n := n.(type) {
	case nil:
		return Bool(true)
	case *conditions.AndNode:
		return s.and(n, inner)
	case *conditions.OrNode:
		return s.or(n, inner)
	case *conditions.Truth:
		return s.truth(n, inner)
	case *conditions.Compare:
		return s.compare(n, inner)
	case *conditions.Null:
		return s.null(n, inner)
	case *conditions.InNode:
		return s.in(n, inner)
	case *conditions.Match:
		if n.Op >= conditions.OpGeoWithin {
			s.fail("%w: %s of %s: tables have no places on the earth", ErrUnsupported, n.Op, n.Field.Property)
			return Bool(false)
		}
		at := s.value(n.Field, inner)
		return &Match{Expr: at.expr, Op: n.Op, Arg: s.operand(n.Value, at.typ), Not: n.Not}
	case *conditions.Set:
		return s.set(n, inner)
	case *conditions.ElementNode:
		return s.elements(n, inner)
	case *conditions.SomeNode, *conditions.EveryNode, *conditions.SizeNode:
		return s.quantifier(n, inner)
	case *conditions.ReachNode:
		return s.reach(n, inner)
	case *conditions.KeyIn:
		return s.keysIn(n, inner)
	case *conditions.Exists:
		return &Exists{Query: s.subquery(n.Query), Not: n.Not}
	case *conditions.RawNode:
		src := s.walk(n.At, inner)
		return all(s.present(src), &RawPred{Raw: s.raw(n.Text, n.Args), Not: n.Not})
	default:
		s.fail("%w: unknown condition %T", ErrQuery, n)
		return Bool(false)
	}
}

func (s *scope) and(n *conditions.AndNode, inner bool) Pred {
	preds := make([]Pred, len(n.Nodes))
	for i, c := range n.Nodes {
		preds[i] = s.pred(c, inner)
	}
	return orTrue(all(preds...))
}

func (s *scope) or(n *conditions.OrNode, inner bool) Pred {
	if len(n.Nodes) == 1 {
		return s.pred(n.Nodes[0], inner)
	}
	var out []Pred
	for _, c := range n.Nodes {
		switch x := s.pred(c, false).(type) {
		case Bool:
			if x {
				return Bool(true)
			}
		case *Or:
			out = append(out, x.Preds...)
		default:
			out = append(out, x)
		}
	}
	switch len(out) {
	case 0:
		return Bool(false)
	case 1:
		return out[0]
	default:
		return &Or{out}
	}
}

// truth is a constant that is unknown where a hop has no target.
func (s *scope) truth(n *conditions.Truth, inner bool) Pred {
	if !n.Value {
		return Bool(false)
	}
	if s.element != nil { // an element that is looked at is there
		return Bool(true)
	}
	if len(n.At.Hops) == 0 {
		return orTrue(s.present(s.walk(n.At, inner)))
	}
	return orTrue(s.ownerOf(n.At, n.At.Hops[len(n.At.Hops)-1].Relation.Target.KeyColumns, inner).guard)
}

// value is a field as one expression.
type value struct {
	expr Expr
	typ  *mapper.Type
	src  *source
}

// value plans a field that stands for one value.
func (s *scope) value(f conditions.Field, inner bool) value {
	if f.Func != "" {
		typ := qb.TypeOf(f)
		fn, distinct := f.Func, f.Distinct
		f.Func, f.Distinct = "", false
		return value{s.aggregate(fn, distinct, f), typ, s.row}
	}
	if f.Element && s.element != nil {
		return value{&JSON{Element: s.element, Path: f.JSON, As: f.As}, &mapper.Type{Kind: f.As, Bits: 64}, &source{}}
	}
	if f.Property == nil {
		s.fail("%w: a field without a property", ErrQuery)
		return value{&Ref{}, nil, s.row}
	}
	if f.Property.Formula != "" {
		src := s.walk(f, inner)
		return value{s.computed(src, f.Property), f.Property.Type, src}
	}
	at := s.resolve(f, inner)
	if f.Part >= len(at.cols) {
		s.fail("%w: %s has no part %d", ErrQuery, f.Property, f.Part)
		return value{&Ref{}, nil, at.src}
	}
	ref := s.ref(at.row, at.cols[f.Part])
	if f.JSON != nil {
		return value{&JSON{Document: ref, Path: f.JSON, As: f.As}, &mapper.Type{Kind: f.As, Bits: 64}, at.src}
	}
	return value{ref, ref.Type, at.src}
}

// aggregate plans a function over the rows of a group.
func (s *scope) aggregate(fn string, distinct bool, f conditions.Field) Expr {
	switch fn {
	case "count", "sum", "avg", "min", "max":
	default:
		s.fail("%w: unknown aggregate %q", ErrQuery, fn)
	}
	if f.Property == nil {
		if fn != "count" {
			s.fail("%w: %s needs a property", ErrQuery, fn)
		}
		return &Call{Func: "count"}
	}
	return &Call{Func: fn, Distinct: distinct, Arg: s.value(f, false).expr}
}

func (s *scope) compare(n *conditions.Compare, inner bool) Pred {
	at := s.value(n.Field, inner)
	return &Compare{at.expr, n.Op, s.operand(n.Value, at.typ)}
}

// null tests every column of a reference: NULL in one is NULL altogether.
func (s *scope) null(n *conditions.Null, inner bool) Pred {
	if n.Outer {
		return &Null{s.value(n.Field, false).expr, n.Not}
	}
	if n.Field.Func != "" || n.Field.JSON != nil || n.Field.Element || n.Field.Property.Formula != "" {
		at := s.value(n.Field, inner)
		return s.guarded(at.src, !n.Not, &Null{at.expr, n.Not})
	}
	at := s.resolve(n.Field, inner)
	preds := make([]Pred, len(at.cols))
	for i, c := range at.cols {
		preds[i] = &Null{s.ref(at.row, c), n.Not}
	}
	if n.Not || len(preds) == 1 {
		return s.guarded(at.src, !n.Not, all(preds...))
	}
	return s.guarded(at.src, true, &Or{preds})
}

// guarded adds the guard of src to a leaf that can be true on a row of NULLs.
func (s *scope) guarded(src *source, needed bool, leaf Pred) Pred {
	if !needed {
		return leaf
	}
	return all(s.present(src), leaf)
}

func (s *scope) in(n *conditions.InNode, inner bool) Pred {
	at := s.value(n.Field, inner)
	var leaf Pred
	switch v := n.Values.(type) {
	case conditions.Slot:
		leaf = &InList{Expr: at.expr, List: &Arg{Slot: v, Type: at.typ}, Not: n.Not, Aggregate: n.Field.Func != ""}
	case conditions.Query:
		leaf = s.inQuery(at.expr, s.subquery(v), n.Not)
	default:
		s.fail("%w: a list cannot be %T", ErrQuery, v)
		return Bool(false)
	}
	if n.OrNull {
		leaf = &Or{[]Pred{leaf, &Null{Expr: at.expr}}}
	}
	return s.guarded(at.src, n.OrNull, leaf)
}

// inQuery writes the negation as NOT EXISTS: NOT IN would depend on NULLs in unrelated rows.
func (s *scope) inQuery(e Expr, q *Select, not bool) Pred {
	if !not {
		return &InSelect{Exprs: []Expr{e}, Query: q}
	}
	if len(q.Columns) != 1 {
		s.fail("%w: a sub-query in a list must have one column", ErrQuery)
		return Bool(false)
	}
	q.Columns[0].Name = "value"
	alias := s.alias()
	return all(&Null{Expr: e, Not: true}, &Exists{Not: true, Query: &Select{
		Columns: []Column{{Expr: Number(1)}},
		From:    &Derived{Query: q, Alias: alias},
		Where:   &Compare{&Ref{Alias: alias, Name: "value"}, conditions.OpEq, e},
	}})
}

// operand plans the other side of a comparison with a value of type typ.
func (s *scope) operand(o conditions.Operand, typ *mapper.Type) Expr {
	switch o := o.(type) {
	case conditions.Slot:
		return &Arg{Slot: o, Type: typ}
	case conditions.Field:
		return s.value(o, false).expr
	case *conditions.RawValue:
		return s.raw(o.Text, o.Args)
	case conditions.Query:
		return &Sub{s.subquery(o)}
	default:
		s.fail("%w: unknown operand %T", ErrQuery, o)
		return Number(0)
	}
}

// raw plans the developer's SQL; its arguments are encoded by their Go type.
func (s *scope) raw(text []string, args []conditions.Operand) *Raw {
	r := &Raw{Text: text}
	if len(text) != len(args)+1 {
		s.fail("%w: raw SQL of %d pieces with %d arguments", ErrQuery, len(text), len(args))
		return &Raw{Text: []string{""}}
	}
	for _, a := range args {
		r.Args = append(r.Args, s.operand(a, s.slotType(a)))
	}
	return r
}

// slotType is the declared type of a raw argument, mostly nil.
func (s *scope) slotType(o conditions.Operand) *mapper.Type {
	if n, ok := o.(conditions.Slot); ok && int(n) < len(s.slots) && n >= 0 {
		return s.slots[n].Type
	}
	return nil
}

// keysIn tests a composite key. Where it is not equal to any of the list, all
// its columns must have a value: a reference with a NULL in it is NULL.
func (s *scope) keysIn(n *conditions.KeyIn, inner bool) Pred {
	src := s.row
	var refs []*Ref
	everywhere := true // whether all rows have the property
	if n.Field.Property != nil {
		at := s.resolve(n.Field, inner)
		src, refs, everywhere = at.src, s.refs(at.row, at.cols), at.row.has(n.Field.Property)
	} else if hops := n.Field.Hops; len(hops) > 0 {
		o := s.ownerOf(n.Field, hops[len(hops)-1].Relation.Target.KeyColumns, inner)
		for _, c := range hops[len(hops)-1].Relation.Target.KeyColumns {
			refs = append(refs, o.refs[c])
		}
	} else {
		src = s.walk(n.Field, inner)
		refs = s.refs(src, src.entity.KeyColumns)
	}
	leaf := Pred(&TupleIn{Refs: refs, List: n.Values, Not: n.Not})
	if !n.Not {
		return leaf
	}
	preds := []Pred{leaf}
	for _, r := range refs {
		if r.Column == nil || r.Column.Nullable || src.outer || !everywhere {
			preds = append(preds, &Null{Expr: r, Not: true})
		}
	}
	return all(preds...)
}

// subquery plans a query made by the builder, which may refer to the rows around it.
func (s *scope) subquery(q conditions.Query) *Select {
	sub, ok := q.Select.(*qb.Select)
	if !ok {
		s.fail("%w: a sub-query must be a *qb.Select, not %T", ErrQuery, q.Select)
		return &Select{}
	}
	return s.planner.sub(sub, s)
}
