package memory

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// sort orders the results; equal ones stay in order of insertion, or where only
// some roots come back in that of their keys, so that pages do not overlap.
func (p *selectProgram) sort(v *view, found []result) ([]result, error) {
	orders := slices.Clip(p.query.OrderBy)
	if p.query.Limit != conditions.NoSlot || p.query.Offset != conditions.NoSlot {
		for _, key := range p.query.Entity.Key {
			for part := range key.Columns {
				orders = append(orders, qb.Order{Expr: qb.FieldExpr{Field: conditions.Field{Property: key, Part: part}}})
			}
		}
	}
	if len(orders) == 0 {
		return found, nil
	}
	type sortable struct {
		result
		keys []any
	}
	list := make([]sortable, len(found))
	for i, f := range found {
		list[i].result = f
		for _, o := range orders {
			k, err := sortKey(f.root, o)
			if err != nil {
				return nil, err
			}
			list[i].keys = append(list[i].keys, k)
		}
	}
	slices.SortStableFunc(list, func(a, b sortable) int {
		for i, o := range orders {
			if c := compareKeys(a.keys[i], b.keys[i], o); c != 0 {
				return c
			}
		}
		return 0
	})
	for i := range list {
		found[i] = list[i].result
	}
	return found, nil
}

// sortKey returns the value a root is sorted by: behind a to-many relation the
// smallest, or the largest when descending.
func sortKey(root *row, o qb.Order) (any, error) {
	field := o.Expr.(qb.FieldExpr).Field.OnForeignKey()
	rows := []*row{root}
	for _, hop := range field.Hops {
		var next []*row
		for _, r := range rows {
			if hop.Kind.IsToMany() {
				many, _, err := r.view.related(hop, r.cells(r.entity.KeyColumns))
				if err != nil {
					return nil, err
				}
				next = append(next, many...)
				continue
			}
			target, err := r.one(hop)
			if err != nil {
				return nil, err
			}
			if target != nil {
				next = append(next, target)
			}
		}
		rows = next
	}
	var best any
	for _, r := range rows {
		v, err := sortValue(r, field)
		if err != nil {
			return nil, err
		}
		if c := compareValues(v, best); v != nil && (best == nil || c < 0 != o.Desc && c != 0) {
			best = v
		}
	}
	return best, nil
}

func sortValue(r *row, f conditions.Field) (any, error) {
	columns := r.entity.KeyColumns
	if f.Property != nil && f.Property.Elsewhere() {
		target, err := r.keyed(f.Property)
		if target == nil || err != nil {
			return nil, err
		}
		return sortValue(target, conditions.Field{Part: f.Part})
	}
	if f.Property != nil {
		columns = f.Property.Columns
	}
	if f.Part >= len(columns) {
		return nil, unsupported("order by %s", f.Property)
	}
	v := r.cells(columns)[f.Part]
	if v != nil && len(f.JSON) > 0 {
		return f.Inside(v)
	}
	return v, nil
}

func compareKeys(a, b any, o qb.Order) int {
	if a == nil || b == nil {
		if a == nil && b == nil {
			return 0
		}
		first := o.Nulls == qb.NullsFirst || o.Nulls == qb.NullsDefault && !o.Desc
		if (a == nil) == first {
			return -1
		}
		return 1
	}
	if o.Desc {
		a, b = b, a
	}
	return compareValues(a, b)
}

// compareValues orders canonical values of one kind.
func compareValues(a, b any) int {
	c, _ := conditions.Order(a, b)
	return c
}
