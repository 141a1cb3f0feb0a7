package orm

import (
	"context"
	"errors"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/load"
	"github.com/weft-orm/weft/qb"
)

// CountBy returns the number of entities for each value of a property that those which match
// cond have; NULL is nil. The values are canonical, of a relation the keys.
func CountBy[T any](ctx context.Context, em *EntityManager, property string, cond any) (map[any]int64, error) {
	em = em.there()
	if em.guard.fault != nil {
		return nil, em.guard.fault
	}
	e, err := entityOf[T](em.db.registry)
	if err != nil {
		return nil, err
	}
	list := leavesAt(e, property)
	if p := e.Property(property); p != nil && p.TypeOf() != nil {
		list = []*mapper.Property{p}
	}
	switch {
	case len(list) == 0:
		return nil, unknown(ErrUnknownProperty, "count by", e, property, property, e.PropertyNames())
	case len(list) > 1 || len(list[0].Columns) != 1 || list[0].Type != nil && (list[0].Type.Kind == mapper.Bytes || list[0].Type.Kind == mapper.JSON || list[0].Type.Kind == mapper.Array):
		return nil, &Error{Class: ErrInvalidOption, Op: "count by", Entity: e.Name, Path: property, Detail: "count by one value that can be compared and is kept in the entity's own row"}
	}
	q := QB[T](em, "").Select(property).AddSelect(qb.Count()).GroupBy(property)
	if !empty(orAll(cond)) {
		q = q.Where(asKey(cond))
	}
	counts, err := groupCounts(ctx, em, q)
	if errors.Is(err, ErrUnsupported) { // an engine that does not group
		return counts, em.countEach(ctx, e, list[0], cond, counts)
	}
	return counts, err
}

// countColumn is what a count without a name is called, which no property can be.
const countColumn = "count(*)"

// groupCounts runs a query that selects a value and how many rows have it.
func groupCounts(ctx context.Context, em *EntityManager, q qb.Source) (map[any]int64, error) {
	counts := map[any]int64{}
	rows, err := Result[map[string]any](ctx, em, q)
	for _, row := range rows {
		n, _ := row[countColumn].(int64)
		delete(row, countColumn)
		for _, v := range row {
			counts[v] += n
		}
	}
	return counts, err
}

// countItems lets the database count the items of one-to-many collections by owner; ok is
// false where it cannot, since a key has several columns or the engine does not group.
func (em *EntityManager) countItems(ctx context.Context, owners []*managed, p *mapper.Property, cond any) (counts map[any]int64, ok bool, err error) {
	owner := p.Relation.Inverse
	if p.Kind != mapper.OneToMany || owner == nil || owner.Relation.By != nil || len(owner.Columns) != 1 || owner.Columns[0].Type.Kind == mapper.Bytes {
		return nil, false, nil
	}
	keys := make([]any, len(owners))
	for i, m := range owners {
		keys[i] = m.Key
	}
	q := em.builder(p.Relation.Target.Name, "").Select(owner.Path).AddSelect(qb.Count()).GroupBy(owner.Path).Where(M{owner.Path: M{"$in": keys}})
	if fixed := p.Relation.Where; fixed != nil {
		q = q.AndWhere(fixed)
	}
	if !empty(orAll(cond)) {
		q = q.AndWhere(asKey(cond))
	}
	counts, err = groupCounts(ctx, em, q)
	if errors.Is(err, ErrUnsupported) {
		return nil, false, nil
	}
	if err != nil {
		return nil, true, err
	}
	asked := make(map[any]bool, len(keys))
	for _, key := range keys {
		asked[key] = true
	}
	for key := range counts {
		if !asked[key] {
			return nil, true, load.Misspelled("load count", p.Entity, owner, key)
		}
	}
	return counts, true, nil
}

// countEach counts row by row.
func (em *EntityManager) countEach(ctx context.Context, e *mapper.Entity, p *mapper.Property, cond any, counts map[any]int64) error {
	of := func(*mapper.Registry) (*mapper.Entity, error) { return e, nil }
	return em.stream(ctx, of, cond, []FindOption{Fields(p.Path), ReadOnly()}, func(x unsafe.Pointer) bool {
		if p.Relation != nil {
			key, _ := p.TargetKey(x)
			counts[key]++
		} else {
			counts[p.Access.Value(x)]++
		}
		return true
	})
}
