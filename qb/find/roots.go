package find

import (
	"math"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// Find describes a read of roots and what is loaded along with them.
type Find struct {
	Registry *mapper.Registry
	Entity   *mapper.Entity
	// Where is the condition, whose slots begin at 0; nil finds all.
	Where *conditions.Tree
	// Order are order entries in the forms of [qb.ParseOrder]; without any the
	// entity's own order holds.
	Order []any
	// Fields are the properties to read, as paths; those that go through a relation
	// are about populated rows. Without any all that is not lazy is read.
	Fields []string
	// Populate is what to load along, PopulateWhere what restricts it, see
	// [populate.Options].
	Populate      []populate.Hint
	PopulateWhere any
	// Strategy is the loading strategy of nodes that name none, and Few says that few roots
	// are expected, see [populate.Options].
	Strategy string
	Few      bool
	// JoinToOneOnly says that the engine joins targets of to-one relations only.
	JoinToOneOnly bool
	// Limited says that a limit or an offset is given: two slots hold them, and the
	// order is made total.
	Limited bool
	// Count asks for the number of roots; nothing is loaded along then.
	Count bool
	// NullsLowest, SemiJoin and Lock are those of [qb.Select].
	NullsLowest bool
	SemiJoin    qb.SemiJoin
	Lock        qb.Lock
	// NoEager leaves out relations that are mapped as eager.
	NoEager bool
}

// Roots is the read of the roots.
type Roots struct {
	// Select is the query. Its values are those of the condition, then limit and
	// offset (int64) where it has them, then Nodes.Values.
	Select *qb.Select
	// Nodes is what is loaded along; nil for a count.
	Nodes *populate.Tree
}

// Roots makes the read of the roots. Mistakes are those of packages populate and qb.
func (f *Find) Roots() (*Roots, error) {
	sel := &qb.Select{
		Registry: f.Registry, Entity: f.Entity, Limit: conditions.NoSlot, Offset: conditions.NoSlot,
		Count: f.Count, NullsLowest: f.NullsLowest, SemiJoin: f.SemiJoin, Lock: f.Lock,
	}
	if f.Where != nil {
		sel.Where, sel.Slots = f.Where.Root, f.Where.Slots
	}
	if f.Count {
		return &Roots{Select: sel}, nil
	}
	var err error
	if sel.Output, err = Output(f.Entity, f.Fields); err != nil {
		return nil, err
	}
	if sel.OrderBy, err = f.order(); err != nil {
		return nil, err
	}
	if f.Limited {
		sel.Limit = conditions.Slot(len(sel.Slots))
		sel.Offset = sel.Limit + 1
		sel.Slots = append(slices.Clip(sel.Slots), conditions.SlotInfo{Path: "limit"}, conditions.SlotInfo{Path: "offset"})
	}
	nodes, err := populate.Parse(f.env(f.Entity), populate.Options{
		Strategy: f.Strategy, Few: f.Few, JoinToOneOnly: f.JoinToOneOnly, Filter: f.Where, Where: f.PopulateWhere, Slots: sel.Slots, Fields: f.Fields, NoEager: f.NoEager,
	}, f.Populate...)
	if err != nil {
		return nil, err
	}
	unordered(nodes.Nodes)
	along(sel, nodes)
	sel.Slots = append(slices.Clip(sel.Slots), nodes.Slots...)
	sel.Populate = Joined(nodes.Nodes)
	return &Roots{sel, nodes}, nil
}

// along adds what is read of the roots for what is loaded along: lazy leaves that are
// asked for, and the references that select-in nodes follow.
func along(sel *qb.Select, nodes *populate.Tree) {
	leaves := nodes.Lazy
	for _, n := range nodes.Nodes {
		if n.Relation.Kind.IsToOne() && n.Strategy == populate.SelectIn && !ByOwners(n.Relation) {
			leaves = append(slices.Clip(leaves), n.Relation.Edge())
		}
	}
	for _, p := range leaves {
		if !slices.Contains(sel.Output, p) {
			sel.Output = append(sel.Output, p)
		}
	}
}

// unordered marks the joined nodes whose items need not be sorted with all rows of the join.
func unordered(nodes []*populate.Node) {
	for _, n := range nodes {
		n.Unordered = n.Strategy == populate.Joined && sortedByReader(n)
		unordered(n.Children)
	}
}

func (f *Find) env(e *mapper.Entity) conditions.Env {
	return conditions.Env{Registry: f.Registry, Entity: e}
}

// order parses the order entries and, where only some of the roots come back, makes
// the order total.
func (f *Find) order() ([]qb.Order, error) {
	entries := f.Order
	if len(entries) == 0 && f.Where != nil && conditions.ByDistance(f.Where.Root) {
		return nil, nil // the engine sorts by distance, and makes that total
	}
	if len(entries) == 0 {
		entries = entriesOf(f.Entity.OrderBy)
	}
	order, err := qb.ParseOrder(f.env(f.Entity), entries...)
	if err != nil || !f.Limited {
		return order, err
	}
	return TotalOrder(order, f.Entity), nil
}

// Limits returns the values of the slots for limit and offset; -1 is none.
func Limits(limit, offset int) [2]any {
	values := [2]any{int64(math.MaxInt64), int64(0)}
	if limit >= 0 {
		values[0] = int64(limit)
	}
	if offset >= 0 {
		values[1] = int64(offset)
	}
	return values
}

// Restrict adds a condition that applies wherever rows of e are read. Its values,
// which the returned tree binds, follow those the query has so far.
func Restrict(sel *qb.Select, e *mapper.Entity, rd *conditions.Reading) (*conditions.Tree, error) {
	env := conditions.Env{Registry: sel.Registry, Entity: e, Queries: rd.Queries}
	tree, err := conditions.Parse(env, rd.Shape, conditions.Slot(len(sel.Slots)))
	if err != nil {
		return nil, err
	}
	sel.Filters = append(slices.Clip(sel.Filters), qb.Filter{Entity: e, Where: tree.Root})
	sel.Slots = append(slices.Clip(sel.Slots), tree.Slots...)
	return tree, nil
}
