package qb

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// CheckFilter refuses the condition of a filter that asks for NULL where the mapping has
// none: that is what becomes of a parameter that nobody gave. The error is an [*Error]
// of class [ErrParameter].
func CheckFilter(e *mapper.Entity, name string, where conditions.Node) error {
	for _, n := range append(conditions.Members(where), where) {
		null, ok := n.(*conditions.Null)
		if !ok || null.Not || null.Field.JSON != nil || null.Field.Property == nil || len(null.Field.Hops) > 0 {
			continue
		}
		if p := null.Field.Property; !p.Nullable && len(p.Columns) > 0 && e.IsSubtypeOf(p.Entity) {
			return &Error{Class: ErrParameter, Entity: e.Name, Path: p.Path, Hint: name + " asks for NULL, which the property never is"}
		}
	}
	return nil
}

// CheckFilters refuses filters whose conditions lead, through relations, back to
// the rows they hide: whether such a row is visible has no answer. Compilers call
// it before they apply filters; the error is an [*Error] of class [ErrFilter].
func CheckFilters(filters []Filter) error {
	for i, f := range filters {
		if leadsTo(filters, f, i, make([]bool, len(filters))) {
			if f.Relation != nil {
				return &Error{Class: ErrFilter, Entity: f.Relation.Entity.Name, Path: f.Relation.Path, Hint: "the condition of a collection may not lead through the collection itself"}
			}
			return &Error{Class: ErrFilter, Entity: f.Entity.Name, Hint: "the condition of a filter may not walk to rows that it hides"}
		}
	}
	return nil
}

// leadsTo reports that applying f means to apply the filter at goal; seen are
// those looked at already.
func leadsTo(filters []Filter, f Filter, goal int, seen []bool) bool {
	found := false
	reached(f.Where, func(through *mapper.Property) {
		for i, next := range filters {
			if found || !next.Applies(through.Relation.Target, through) {
				continue
			}
			if i == goal {
				found = true
			} else if !seen[i] {
				seen[i] = true
				found = leadsTo(filters, next, goal, seen)
			}
		}
	})
	return found
}

// reached calls visit for the relations through which a condition looks at other rows than
// the one it is about.
func reached(n conditions.Node, visit func(*mapper.Property)) {
	conditions.Walk(n, func(f conditions.Field, where conditions.Node) {
		through := slices.Clone(f.Hops)
		if p := f.Property; p != nil && p.Relation != nil && len(p.Columns) == 0 {
			through = append(through, p)
		}
		for _, p := range through {
			visit(p)
		}
		reached(where, visit)
	})
}
