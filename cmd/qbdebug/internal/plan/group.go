package plan

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// aggregates are the functions of a grouped query.
var aggregates = []string{"count", "sum", "avg", "min", "max"}

// grouped reports that the rows are groups, not entities.
func (r *Request) grouped() bool {
	return len(r.Group) > 0 || r.Having != nil || slices.ContainsFunc(r.Fields, isAggregate)
}

func isAggregate(field string) bool { return strings.HasSuffix(field, ")") }

// groups plans a query whose rows are groups: the columns grouped by, then the aggregates.
func (p *planner) groups() (*Step, error) {
	r := p.request
	step := &Step{Name: "main", Keys: none, Query: &qb.Select{
		Registry: r.Registry, Entity: r.Entity, Limit: conditions.NoSlot, Offset: conditions.NoSlot, KeyIn: r.KeyIn,
	}}
	q := step.Query
	if r.Where != nil {
		tree, err := step.condition(p.env, r.Where)
		if err != nil {
			return nil, err
		}
		step.Where, q.Where = tree, tree.Root
	}
	order, err := p.order(r.Group)
	if err != nil {
		return nil, err
	}
	for i, o := range order {
		q.GroupBy = append(q.GroupBy, o.Expr)
		q.Exprs = append(q.Exprs, qb.Output{Expr: o.Expr, Name: r.Group[i]})
	}
	if err := p.aggregates(step); err != nil {
		return nil, err
	}
	if q.OrderBy, err = p.order(r.Order); err != nil {
		return nil, err
	}
	if r.limited() {
		limits := find.Limits(r.Limit, r.Offset)
		q.Limit = conditions.Slot(len(q.Slots))
		q.Offset = q.Limit + 1
		step.Args = append(step.Args, limits[:]...)
		q.Slots = append(q.Slots, conditions.SlotInfo{Path: "limit"}, conditions.SlotInfo{Path: "offset"})
	}
	return step, p.filters(step)
}

// aggregates adds the computed columns, and the condition on groups.
func (p *planner) aggregates(step *Step) error {
	for _, field := range p.request.Fields {
		if !isAggregate(field) {
			continue
		}
		expr, err := p.aggregate(field)
		if err != nil {
			return err
		}
		step.Query.Exprs = append(step.Query.Exprs, qb.Output{Expr: expr, Name: field})
	}
	if p.request.Having == nil {
		return nil
	}
	having, err := step.condition(p.env, p.request.Having)
	if err != nil {
		return err
	}
	step.Query.Having = having.Root
	return nil
}

// condition compiles a condition into the slots that follow those taken.
func (s *Step) condition(env conditions.Env, cond any) (*conditions.Tree, error) {
	tree, values, err := conditions.Compile(env, cond, conditions.Slot(len(s.Args)))
	if err != nil {
		return nil, err
	}
	s.Args = append(s.Args, values...)
	s.Query.Slots = append(s.Query.Slots, tree.Slots...)
	return tree, nil
}

// order parses order entries about the root.
func (p *planner) order(texts []string) ([]qb.Order, error) {
	return qb.ParseOrder(p.env, entries(texts)...)
}

func hint(name string, names []string) string {
	if near := suggest.Nearest(name, names); near != "" {
		return "did you mean \"" + near + "\"?"
	}
	return ""
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
	order, err := p.order([]string{path})
	if err != nil {
		return conditions.Field{}, err
	}
	if f, ok := order[0].Expr.(qb.FieldExpr); ok {
		return f.Field, nil
	}
	return conditions.Field{}, &qb.Error{Class: qb.ErrStep, Step: "fields", Entity: p.env.Entity.Name, Path: path}
}
