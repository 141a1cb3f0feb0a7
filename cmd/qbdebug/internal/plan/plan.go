package plan

import (
	"math"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// Request is a find as asked for.
type Request struct {
	Registry *mapper.Registry
	Entity   *mapper.Entity
	// Where and Having are conditions, nil for none.
	Where, Having any
	// Populate is what to load along.
	Populate []populate.Hint
	// Order, Fields and Group are as in orm's options; a Fields entry such as
	// "sum(pages)" makes a grouped query.
	Order, Fields, Group []string
	// Limit and Offset are -1 for none.
	Limit, Offset int
	// Strategy is "", "select-in", "joined" or "balanced".
	Strategy string
	// Filters apply wherever their entity is read.
	Filters []Filter
	// Count asks for the number of roots.
	Count bool
	// KeyIn asks for semi-joins as key IN (sub-query).
	KeyIn bool
	// JoinToOneOnly says that the engine joins targets of to-one relations only.
	JoinToOneOnly bool
}

// Filter is a condition that applies wherever an entity is read.
type Filter struct {
	Entity *mapper.Entity
	Where  any
}

// Step is one query.
type Step struct {
	// Name is "main", or the populated path.
	Name string
	// Query is the logical query.
	Query *qb.Select
	// Args are the canonical values by slot.
	Args []any
	// Keys is the slot of the keys that only an earlier query's rows tell, or
	// conditions.NoSlot.
	Keys conditions.Slot
	// KeysOf says which keys those are, KeysName how to print them.
	KeysOf, KeysName string
	// Where is the condition's tree, nil without one.
	Where *conditions.Tree
}

// Make plans a request. Mistakes are those of packages conditions, populate and qb.
func Make(r *Request) ([]*Step, error) {
	p := &planner{request: r, env: conditions.Env{Registry: r.Registry, Entity: r.Entity}}
	main, err := p.main()
	if err != nil {
		return nil, err
	}
	rest, err := p.apart(p.hints)
	return append([]*Step{main}, rest...), err
}

// planner makes the steps of one request.
type planner struct {
	request *Request
	env     conditions.Env
	hints   []*populate.Node
}

// main is the read of the roots.
func (p *planner) main() (*Step, error) {
	r := p.request
	step := &Step{Name: "main", Keys: conditions.NoSlot, Query: &qb.Select{
		Registry: r.Registry, Entity: r.Entity, Limit: conditions.NoSlot, Offset: conditions.NoSlot, Count: r.Count, KeyIn: r.KeyIn,
	}}
	if r.Where != nil {
		tree, err := step.condition(p.env, r.Where)
		if err != nil {
			return nil, err
		}
		step.Where, step.Query.Where = tree, tree.Root
	}
	if err := p.rows(step); err != nil {
		return nil, err
	}
	return step, p.filters(step)
}

// rows decides what the rows of the main query hold, and which come back.
func (p *planner) rows(step *Step) (err error) {
	r, q := p.request, step.Query
	switch {
	case r.Count:
		return nil
	case r.grouped():
		err = p.group(step)
	default:
		if err = p.populate(step); err == nil {
			q.Output, err = p.output(r.Entity)
		}
	}
	if err != nil {
		return err
	}
	return p.page(step)
}

// populate parses what is to be loaded along; joined relations become part of the main query.
func (p *planner) populate(step *Step) error {
	opts := populate.Options{
		Strategy: p.request.Strategy, JoinToOneOnly: p.request.JoinToOneOnly, Filter: step.Where,
		First: conditions.Slot(len(step.Args)), Fields: p.request.Fields,
	}
	tree, err := populate.Parse(p.env, opts, p.request.Populate...)
	if err != nil {
		return err
	}
	p.hints = tree.Nodes
	step.Query.Populate = joined(tree.Nodes)
	step.Args = append(step.Args, tree.Values...)
	step.Query.Slots = append(step.Query.Slots, tree.Slots...)
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

// page adds order and limits. Where only some roots come back the order is made total by the key.
func (p *planner) page(step *Step) error {
	r, q := p.request, step.Query
	entries := r.Order
	if len(entries) == 0 && !r.grouped() {
		entries = r.Entity.OrderBy
	}
	order, err := p.order(p.env, entries)
	if err != nil {
		return err
	}
	q.OrderBy = order
	if r.Limit < 0 && r.Offset < 0 {
		return nil
	}
	if !r.grouped() {
		q.OrderBy = totalOrder(order, r.Entity)
	}
	q.Limit, q.Offset = step.number("limit", r.Limit, math.MaxInt64), step.number("offset", r.Offset, 0)
	return nil
}

// number takes a slot for a limit or offset.
func (s *Step) number(name string, n, none int) conditions.Slot {
	if n < 0 {
		n = none
	}
	slot := conditions.Slot(len(s.Args))
	s.Args = append(s.Args, int64(n))
	s.Query.Slots = append(s.Query.Slots, conditions.SlotInfo{Path: name})
	return slot
}

// order parses order entries.
func (p *planner) order(env conditions.Env, entries []string) ([]qb.Order, error) {
	list := make([]any, len(entries))
	for i, e := range entries {
		list[i] = e
	}
	return qb.ParseOrder(env, list...)
}

// totalOrder appends the key unless a unique property is part of the order already.
func totalOrder(order []qb.Order, e *mapper.Entity) []qb.Order {
	for _, o := range order {
		f, ok := o.Expr.(qb.FieldExpr)
		if !ok || len(f.Field.Hops) > 0 || f.Field.Property == nil {
			continue
		}
		if q := f.Field.Property; q.Unique && !q.Nullable || q.Primary && len(q.Entity.Key) == 1 {
			return order
		}
	}
	for _, k := range e.Key {
		order = append(order, qb.Order{Expr: qb.FieldExpr{Field: conditions.Field{Property: k}}})
	}
	return order
}

// filters adds the conditions that apply wherever an entity is read.
func (p *planner) filters(step *Step) error {
	for _, f := range p.request.Filters {
		tree, err := step.condition(conditions.Env{Registry: p.request.Registry, Entity: f.Entity}, f.Where)
		if err != nil {
			return err
		}
		step.Query.Filters = append(step.Query.Filters, qb.Filter{Entity: f.Entity, Where: tree.Root})
	}
	return nil
}
