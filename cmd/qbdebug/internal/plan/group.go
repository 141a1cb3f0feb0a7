package plan

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// aggregates are the functions of a grouped query.
var aggregates = []string{"count", "sum", "avg", "min", "max"}

// grouped reports that the rows are groups, not entities.
func (r *Request) grouped() bool {
	return len(r.Group) > 0 || r.Having != nil || slices.ContainsFunc(r.Fields, isAggregate)
}

func isAggregate(field string) bool { return strings.HasSuffix(field, ")") }

// group makes a query whose rows are groups: the columns grouped by, then the aggregates.
func (p *planner) group(step *Step) error {
	q := step.Query
	order, err := p.order(p.env, p.request.Group)
	if err != nil {
		return err
	}
	for i, o := range order {
		q.GroupBy = append(q.GroupBy, o.Expr)
		q.Exprs = append(q.Exprs, qb.Output{Expr: o.Expr, Name: p.request.Group[i]})
	}
	for _, field := range p.request.Fields {
		if !isAggregate(field) {
			continue
		}
		expr, err := p.aggregate(field)
		if err != nil {
			return err
		}
		q.Exprs = append(q.Exprs, qb.Output{Expr: expr, Name: field})
	}
	if p.request.Having == nil {
		return nil
	}
	having, err := step.condition(p.env, p.request.Having)
	if err != nil {
		return err
	}
	q.Having = having.Root
	return nil
}

// aggregate parses "count(*)", "sum(pages)", "count(distinct author.name)".
func (p *planner) aggregate(text string) (qb.Expr, error) {
	name, arg, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	name, arg = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(arg)
	if !slices.Contains(aggregates, name) {
		return nil, &qb.Error{Class: qb.ErrStep, Step: "fields", Entity: p.env.Entity.Name, Path: text, Hint: hint(name, aggregates)}
	}
	if arg == "*" || arg == "" {
		if name != "count" {
			return nil, &qb.Error{Class: qb.ErrStep, Step: "fields", Entity: p.env.Entity.Name, Path: text, Hint: "write " + name + "(property)"}
		}
		return qb.Aggregate{Func: name}, nil
	}
	rest, distinct := strings.CutPrefix(arg, "distinct ")
	field, err := p.field(rest)
	return qb.Aggregate{Func: name, Field: field, Distinct: distinct}, err
}

// field parses a path as the order of rows does.
func (p *planner) field(path string) (conditions.Field, error) {
	order, err := p.order(p.env, []string{path})
	if err != nil {
		return conditions.Field{}, err
	}
	if f, ok := order[0].Expr.(qb.FieldExpr); ok {
		return f.Field, nil
	}
	return conditions.Field{}, &qb.Error{Class: qb.ErrStep, Step: "fields", Entity: p.env.Entity.Name, Path: path}
}
