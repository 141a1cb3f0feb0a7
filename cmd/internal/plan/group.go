package plan

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// Grouped reports that the rows are groups, not entities.
func (r *Request) Grouped() bool {
	return len(r.Group) > 0 || r.Having != nil || slices.ContainsFunc(r.Fields, isAggregate)
}

func isAggregate(field string) bool { return strings.HasSuffix(field, ")") }

// groups plans a query whose rows are groups, as the query builder makes it: the
// columns grouped by, then the aggregates.
func (p *planner) groups() (*Step, error) {
	r := p.request
	columns := make([]any, 0, len(r.Group)+len(r.Fields))
	for _, name := range slices.Concat(r.Group, slices.DeleteFunc(slices.Clone(r.Fields), func(f string) bool { return !isAggregate(f) })) {
		columns = append(columns, name)
	}
	b := qb.New(r.Registry, r.Entity.Name, "").Select(columns...).GroupBy(entries(r.Group)...).OrderBy(entries(r.Order)...)
	if r.Where != nil {
		b = b.Where(r.Where)
	}
	if r.Having != nil {
		b = b.Having(r.Having)
	}
	if r.Limit >= 0 {
		b = b.Limit(r.Limit)
	}
	if r.Offset >= 0 {
		b = b.Offset(r.Offset)
	}
	switch r.SemiJoin {
	case qb.SemiJoinExists:
		b = b.Exists()
	case qb.SemiJoinKeyIn:
		b = b.KeyIn()
	}
	if r.Count {
		b = b.Count()
	}
	query, args, err := b.Query()
	if err != nil {
		return nil, err
	}
	step := &Step{Name: "main", Keys: none, Query: query.(*qb.Select), Args: args}
	if r.Where != nil {
		step.Where = &conditions.Tree{Entity: r.Entity, Root: step.Query.Where, Slots: step.Query.Slots}
	}
	return step, p.filters(step)
}
