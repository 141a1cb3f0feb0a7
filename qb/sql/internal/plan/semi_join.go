package plan

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// An engine that asks EXISTS again for each row asks it for all rows of the table where
// nothing else narrows them. key IN (sub-query) finds the few keys once then, and the
// rows by them. Without statistics "few" is read off the form of conditions: an equality
// or a list. So the choice is the same in every run.

// askOnce lets conditions on the related rows of the scope's row be asked once for all,
// unless where or a filter finds few of these rows by itself.
func (s *scope) askOnce(where conditions.Node) {
	if !s.opts.ExistsPerRow || s.semi != qb.SemiJoinAuto || s.row.cte || narrows(where) {
		return
	}
	for _, f := range s.filters {
		if f.Where != nil && f.Applies(s.row.entity, nil) && narrows(f.Where) {
			return
		}
	}
	s.once = s.row
}

// askedOnce reports that the rows n asks for, for a row of s that is of no use without
// one, are found once for all. Both forms must compare alike: text is compared by the
// collation of the left side, which is the key in one and what refers to it in the other.
func (r *related) askedOnce(s *scope, n *conditions.SomeNode) bool {
	if s.once == nil || s.row != s.once || !selective(n.Where) || speaksOfOthers(n.Where, "") {
		return false
	}
	return !slices.ContainsFunc(r.pairs, func(p pair) bool {
		return s.opts.Collation(p.inside.Column) != s.opts.Collation(p.key)
	})
}

// narrows reports a condition that an index finds few rows by: the key, a unique or an
// indexed property, or a reference, of the row or of a target of it, in a list or equal to
// a value.
func narrows(n conditions.Node) bool {
	by := equality{by: func(f conditions.Field) bool {
		return f.JSON == nil && f.Property != nil && indexed(f.Property)
	}}
	return by.asked(n)
}

func indexed(p *mapper.Property) bool {
	if p.Primary || p.Unique || p.Relation != nil {
		return true
	}
	return slices.ContainsFunc(p.Entity.Indexes, func(x *mapper.Index) bool {
		return len(x.Columns) > 0 && len(p.Columns) > 0 && x.Columns[0] == p.Columns[0]
	})
}

// selective reports a condition on related rows that few of them meet by its form.
func selective(n conditions.Node) bool {
	by := equality{related: true, by: func(f conditions.Field) bool {
		return f.Property != nil && f.As != mapper.Bool && !fewValues(f.Property.Type)
	}}
	return by.asked(n)
}

// fewValues reports a type with so few values that many rows share one.
func fewValues(t *mapper.Type) bool {
	return t != nil && (t.Kind == mapper.Bool || t.Enum != nil)
}

// equality is looked for in conditions.
type equality struct {
	// by reports a field that it counts for.
	by func(conditions.Field) bool
	// related says that one which a related row must meet counts too.
	related bool
}

// asked reports that rows meet n only where a field is equal to a value, or to one of a list.
func (q equality) asked(n conditions.Node) bool {
	switch n := n.(type) {
	case *conditions.AndNode:
		return slices.ContainsFunc(n.Nodes, q.asked)
	case *conditions.OrNode:
		return len(n.Nodes) > 0 && !slices.ContainsFunc(n.Nodes, func(m conditions.Node) bool { return !q.asked(m) })
	case *conditions.Compare:
		_, value := n.Value.(conditions.Slot)
		return value && n.Op == conditions.OpEq && n.Field.Func == "" && q.by(n.Field)
	case *conditions.InNode:
		_, list := n.Values.(conditions.Slot)
		return list && !n.Not && !n.OrNull && n.Field.Func == "" && q.by(n.Field)
	case *conditions.KeyIn:
		return !n.Not
	case *conditions.SomeNode:
		return q.related && !n.Not && q.asked(n.Where)
	default:
		return false
	}
}
