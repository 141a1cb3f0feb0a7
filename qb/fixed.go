package qb

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// Applies reports that the filter holds for rows of e that a relation leads to; nil is a
// row that none does.
func (f *Filter) Applies(e *mapper.Entity, through *mapper.Property) bool {
	return e.IsSubtypeOf(f.Entity) && (f.Relation == nil || f.Relation == through)
}

// Fix adds the conditions that the mapping gives to collections to a query that can lead
// through them. Their values, which are returned, follow those the query has so far.
func Fix(q *Select) (values []any, err error) {
	for _, rel := range q.Registry.Fixed() {
		tree, own, err := fixedTree(q.Registry, rel, conditions.Slot(len(q.Slots)))
		if err != nil {
			return nil, err
		}
		q.Filters = append(slices.Clip(q.Filters), fixedFilter(rel, tree.Root))
		q.Slots = append(slices.Clip(q.Slots), tree.Slots...)
		values = append(values, own...)
	}
	return values, nil
}

// CheckFixed refuses conditions of collections that cannot be: each about a property that
// is not there, or leading through the collection itself. The error is of the mapping's
// first mistake.
func CheckFixed(r *mapper.Registry) error {
	var filters []Filter
	for _, rel := range r.Fixed() {
		tree, _, err := fixedTree(r, rel, 0)
		if err != nil {
			return err
		}
		filters = append(filters, fixedFilter(rel, tree.Root))
	}
	for _, rel := range r.Firsts() {
		if _, err := FirstOrder(rel); err != nil {
			return err
		}
	}
	return CheckFilters(filters)
}

// FirstOrder is the order by which a reference leads to the first item of a collection. NULL
// counts as lowest on every engine, and the key decides between equals.
func FirstOrder(rel *mapper.Property) ([]Order, error) {
	target := rel.Relation.Target
	entries := make([]any, len(rel.Relation.OrderBy))
	for i, text := range rel.Relation.OrderBy {
		entries[i] = text
	}
	order, err := ParseOrder(conditions.Env{Entity: target}, entries...)
	if err != nil {
		return nil, &Error{Class: mapper.ErrMapping, Step: "through", Entity: rel.Entity.Name, Path: rel.Path, Err: err}
	}
	for i := range order {
		if order[i].Nulls == NullsDefault && mayBeNull(order[i]) {
			order[i].Nulls = NullsFirst
			if order[i].Desc {
				order[i].Nulls = NullsLast
			}
		}
	}
	return append(order, Order{Expr: FieldExpr{Field: conditions.Field{Property: target.Key[0]}}}), nil
}

// mayBeNull reports an order by what may be NULL; a place said for others keeps indexes from
// being used.
func mayBeNull(o Order) bool {
	f, ok := o.Expr.(FieldExpr)
	return !ok || f.Field.Property == nil || f.Field.JSON != nil || len(f.Field.Hops) > 0 || f.Field.Property.Nullable || f.Field.Property.Formula != ""
}

func fixedFilter(rel *mapper.Property, where conditions.Node) Filter {
	return Filter{Entity: rel.Relation.Target, Relation: rel, Name: rel.String(), Where: where}
}

// fixedTree compiles the condition of a collection.
func fixedTree(r *mapper.Registry, rel *mapper.Property, first conditions.Slot) (*conditions.Tree, []any, error) {
	tree, values, err := conditions.Compile(conditions.Env{Registry: r, Entity: rel.Relation.Target}, rel.Relation.Where, first)
	if err != nil {
		return nil, nil, &Error{Class: mapper.ErrMapping, Step: "where", Entity: rel.Entity.Name, Path: rel.Path, Err: err}
	}
	return tree, values, nil
}
