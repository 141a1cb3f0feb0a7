package load

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// statement is a compiled read: everything that does not depend on values. It
// is shared by all managers and, but for related, immutable.
type statement struct {
	program driver.Program
	// tree is the condition, nil for reads by key.
	tree *conditions.Tree
	root *source
	// nodes are the relations to load along.
	nodes *populate.Tree
	// related are the statements of those of them that depend on the condition.
	related related
	// limited reports slots for limit and offset.
	limited bool
	// filters are the conditions of the filters that were on, in the order of Options.Filters.
	filters []*conditions.Tree
	// fixed are the values of the conditions that the mapping gives to collections.
	fixed []any
	// readers are kept for the next query.
	readers sync.Pool
	// rows is how many rows are expected, see expected.
	rows atomic.Int64
	// place reads the stored places of ordered items, behind all other columns; nil for none.
	place *mapper.Type
}

// expected returns how many rows the next query is likely to have, so that memory can
// be made ahead: about as many as the last ones had. 0 is not known.
func (st *statement) expected() int { return int(st.rows.Load()) }

// learn takes note of how many rows a query had. Expectations fall at once and rise
// slowly: too little room costs a little, too much of it memory.
func (st *statement) learn(n int) {
	const rise = 4
	if before := st.rows.Load(); before > 0 {
		n = min(n, rise*int(before))
	}
	st.rows.Store(int64(n))
}

// source is one entity in the rows of a statement: the root, or a joined relation.
type source struct {
	meta *mapper.Entity
	// node is the joined relation, nil for the root.
	node *populate.Node
	// output are the leaves read; loaded is the set of them, nil for all.
	output   []*mapper.Property
	loaded   changeset.Leaves
	hydrator *mapper.Hydrator
	// hydrated are the leaves in the hydrator's order.
	hydrated []*mapper.Property
	joined   []*source
	// doubtful are the sides without columns of one-to-one relations whose rows a filter may
	// hide: that none was found does not say that there is none.
	doubtful []*mapper.Property
}

// doubt notes the doubtful sides of a source and those joined to it.
func (s *source) doubt(filters []qb.Filter) {
	if len(filters) == 0 {
		return
	}
	for _, p := range s.meta.HierarchyLeaves() {
		if p.Kind.IsToOne() && !p.Relation.Owning && filtered(p.Relation.Target, filters) {
			s.doubtful = append(s.doubtful, p)
		}
	}
	for _, j := range s.joined {
		j.doubt(filters)
	}
}

// filtered reports an entity that one of the filters is about.
func filtered(e *mapper.Entity, filters []qb.Filter) bool {
	return slices.ContainsFunc(filters, func(f qb.Filter) bool { return f.Entity.Root() == e.Root() })
}

// newSource plans the reading of the given leaves of e, and of the joined nodes below it.
func newSource(db *Database, e *mapper.Entity, output []*mapper.Property, node *populate.Node, nodes []*populate.Node) *source {
	s := &source{meta: e, node: node, output: output, loaded: db.Shape(e).leaves(output)}
	s.hydrator = mapper.NewHydrator(e, output, mapper.HydrateOptions{Native: db.Caps.NativeScan, Nullable: node != nil})
	s.hydrated = s.hydrator.Leaves()
	for _, n := range find.Joined(nodes) {
		s.joined = append(s.joined, newSource(db, n.Relation.Relation.Target, n.Fields, n, n.Children))
	}
	return s
}
