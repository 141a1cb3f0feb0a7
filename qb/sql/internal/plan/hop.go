package plan

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// hop joins the target of a to-one relation, once per row and relation. inner
// says that the caller has no use for rows without the target; the join is
// inner then if that also loses no row for anybody else.
func (s *scope) hop(from *source, rel *mapper.Property, inner bool) *source {
	inner = inner && !from.outer && !rel.Nullable && s.whole(rel)
	for _, to := range from.hops {
		if to.via == rel {
			if inner {
				to.join.Left, to.outer = false, false
			}
			return to
		}
	}
	to := s.joinTarget(from, rel, inner)
	to.via = rel
	from.hops = append(from.hops, to)
	return to
}

// keyHop joins the row that tells the key of the target of a relation whose own columns do
// not hold it. Filters do not hide the key of a row that a column refers to.
func (s *scope) keyHop(from *source, rel *mapper.Property) *source {
	if rel.Relation.By == nil {
		return s.hop(from, rel, false)
	}
	for _, to := range from.keys {
		if to.via == rel {
			return to
		}
	}
	to := &source{alias: s.alias(), entity: rel.Relation.Target, outer: true, joins: from.joins, via: rel}
	to.join = &Join{Left: true, Source: s.table(rel.Relation.Target.Table, to.alias)}
	link := s.toOneLink(from, rel, to)
	*from.joins = append(*from.joins, to.join)
	to.join.On = link
	from.keys = append(from.keys, to)
	return to
}

// joinTarget adds a join of its own to a to-one target.
func (s *scope) joinTarget(from *source, rel *mapper.Property, inner bool) *source {
	target := rel.Relation.Target
	to := &source{alias: s.alias(), entity: target, outer: !inner, joins: from.joins, through: rel}
	to.join = &Join{Left: !inner, Source: s.table(target.Table, to.alias)}
	link := s.toOneLink(from, rel, to)
	*from.joins = append(*from.joins, to.join)
	to.join.On = link
	if !s.plain(target, rel) {
		to.join.On = all(link, s.inside(to, func(c *scope) Pred { return c.visible(to) }))
	}
	return to
}

// inside plans a part of the condition of the join that brings to in. Joins the
// part needs stay inside the parentheses of the join, and the joined row counts
// as present there.
func (s *scope) inside(to *source, part func(*scope) Pred) Pred {
	outside := to.joins
	to.joins = &to.join.Nested
	defer func() { to.joins = outside }()
	c := s.at(to)
	c.assumed = to
	return part(c)
}

// toOneLink equates the foreign key of a to-one relation with its target's key.
func (s *scope) toOneLink(from *source, rel *mapper.Property, to *source) Pred {
	if rel.Relation.Through != nil {
		return s.firstLink(from, rel, to)
	}
	if rel.Relation.Owning {
		link := equal(rel.Columns, func(c *mapper.Column) (*Ref, *Ref) { return s.ref(to, rel.Referenced(c)), s.ref(from, c) })
		if typ, value := rel.TypeColumn(); typ != nil {
			link = all(link, &InConsts{Expr: s.ref(from, typ), Values: []*Const{{Value: value, Type: typ.Type}}})
		}
		return link
	}
	inverse := rel.Relation.Link()
	if inverse == nil {
		s.fail("%w: %s has no owning side", ErrQuery, rel)
		return nil
	}
	return equal(inverse.Columns, func(c *mapper.Column) (*Ref, *Ref) { return s.ref(to, c), s.ref(from, inverse.Referenced(c)) })
}

// walk follows to-one hops.
func (s *scope) walk(f conditions.Field, inner bool) *source {
	src := s.row
	if f.Alias != "" {
		src = s.lookup(f.Alias)
	}
	for _, h := range f.Hops {
		if h.Relation == nil || !h.Kind.IsToOne() {
			s.fail("%w: %s is not a to-one relation", ErrQuery, h)
			return src
		}
		src = s.hop(src, h, inner)
	}
	return src
}
