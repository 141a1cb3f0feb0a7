package plan

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// Request is a find as asked for.
type Request struct {
	Registry *mapper.Registry
	Entity   *mapper.Entity
	// Where and Having are conditions, nil for none.
	Where, Having any
	// Populate is what to load along, PopulateWhere what restricts it: nil,
	// populate.Infer or a condition.
	Populate      []populate.Hint
	PopulateWhere any
	// Order, Fields and Group are as in orm's options; a Fields entry such as
	// "sum(pages)" makes a grouped query.
	Order, Fields, Group []string
	// Limit and Offset are -1 for none.
	Limit, Offset int
	// Strategy is "", "auto", "select-in", "joined" or "balanced".
	Strategy string
	// Filters apply wherever their entity is read.
	Filters []Filter
	// Count asks for the number of roots.
	Count bool
	// SemiJoin is that of [qb.Select].
	SemiJoin qb.SemiJoin
	// FewRoots is up to which limit the strategy "auto" expects few roots.
	FewRoots int
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
	if r.Grouped() {
		step, err := p.groups()
		return []*Step{step}, err
	}
	main, err := p.main()
	if err != nil {
		return nil, err
	}
	rest, err := p.apart(p.nodes)
	return append([]*Step{main}, rest...), err
}

// planner makes the steps of one request.
type planner struct {
	request *Request
	env     conditions.Env
	nodes   []*populate.Node
	// values are those of the main query that other queries use.
	values []any
}

// main is the read of the roots.
func (p *planner) main() (*Step, error) {
	r := p.request
	step := &Step{Name: "main", Keys: none}
	if r.Where != nil {
		var err error
		if step.Where, step.Args, err = conditions.Compile(p.env, r.Where, 0); err != nil {
			return nil, err
		}
	}
	roots, err := (&find.Find{
		Registry: r.Registry, Entity: r.Entity, Where: step.Where, Order: entries(r.Order), Fields: r.Fields,
		Populate: r.Populate, PopulateWhere: r.PopulateWhere, Strategy: r.Strategy, Few: r.Limit > 0 && r.Limit <= r.FewRoots, JoinToOneOnly: r.JoinToOneOnly,
		Limited: r.limited(), Count: r.Count, SemiJoin: r.SemiJoin,
	}).Roots()
	if err != nil {
		return nil, err
	}
	step.Query = roots.Select
	if step.Query.Limit != conditions.NoSlot {
		limits := find.Limits(r.Limit, r.Offset)
		step.Args = append(step.Args, limits[:]...)
	}
	if roots.Nodes != nil {
		step.Args = append(step.Args, roots.Nodes.Values...)
		p.nodes, p.values = roots.Nodes.Nodes, slices.Clone(step.Args)
	}
	return step, p.filters(step)
}

func (r *Request) limited() bool { return r.Limit >= 0 || r.Offset >= 0 }

func entries(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}

// filters adds the conditions that apply wherever an entity is read.
func (p *planner) filters(step *Step) error {
	for _, f := range p.request.Filters {
		var rd conditions.Reading
		if err := conditions.Read(&rd, f.Where); err != nil {
			return err
		}
		tree, err := find.Restrict(step.Query, f.Entity, &rd)
		if err != nil {
			return err
		}
		if step.Args, err = tree.Bind(step.Args, rd.Values); err != nil {
			return err
		}
	}
	fixed, err := qb.Fix(step.Query)
	step.Args = append(step.Args, fixed...)
	return err
}

// Walked are the relations that the query of a step walks, each as often as it does.
func Walked(s *Step) []*mapper.Property {
	var list []*mapper.Property
	if s.Query.Via != nil {
		list = append(list, s.Query.Via.Relation)
	}
	for _, n := range s.Query.Populate {
		list = append(list, n.Relation)
	}
	var visit func(f conditions.Field, where conditions.Node)
	visit = func(f conditions.Field, where conditions.Node) {
		list = append(list, f.Hops...)
		if where != nil || f.Property != nil && f.Property.Kind.IsToMany() {
			list = append(list, f.Property)
		}
		if where != nil {
			conditions.Walk(where, visit)
		}
	}
	if s.Query.Where != nil {
		conditions.Walk(s.Query.Where, visit)
	}
	return list
}
