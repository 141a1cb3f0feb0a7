package load

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
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
	// repeats says that rows of one source repeat each other: items that several owners have.
	repeats bool
	// sorts says that the items of an owner come in no order, and belong into that of their keys.
	sorts bool
	// rows is how many rows are expected, see expected.
	rows atomic.Int64
	// graph is how many entities the roots and all that was loaded along with them were.
	graph atomic.Int64
	// past is what the finds of the same form share, nil where nothing depends on it.
	past *past
	// place reads the stored places of ordered items, behind all other columns; nil for none.
	place *mapper.Type
}

// expected returns how many rows the next query is likely to have, so that memory can
// be made ahead: about as many as the last ones had. 0 is not known.
func (st *statement) expected() int { return int(st.rows.Load()) }

// learn takes note of how many rows a query had. Expectations fall at once and rise
// slowly: too little room costs a little, too much of it memory.
func (st *statement) learn(n int) { learn(&st.rows, n) }

func learn(expected *atomic.Int64, n int) {
	const rise = 4
	if before := expected.Load(); before > 0 {
		n = min(n, rise*int(before))
	}
	expected.Store(int64(n))
}

// found takes note of how many roots a read has found.
func (st *statement) found(n int) {
	if st.learn(n); st.past != nil {
		st.past.rows.Store(int64(n))
	}
}

// source is one entity in the rows of a statement: the root, or a joined relation.
type source struct {
	meta *mapper.Entity
	// node is the joined relation, nil for the root.
	node *populate.Node
	// output are the leaves read; loaded is the set of them, nil for all.
	output   []*mapper.Property
	loaded   *changeset.Leaves
	hydrator *mapper.Hydrator
	// hydrated are the leaves in the hydrator's order.
	hydrated []*mapper.Property
	// pointers are the places among hydrated of relations kept as plain pointers.
	pointers []int
	// sided reports to-one sides without columns.
	sided  bool
	joined []*source
	// loops reports a reference among the leaves that may lead to an entity of the same hierarchy.
	loops bool
	// doubtful are the sides without columns of one-to-one relations whose rows a filter may
	// hide: that none was found does not say that there is none.
	doubtful []*mapper.Property
	// made is how many entities the rows of a query made: those of the last that made some.
	made atomic.Int64
	// pairs is how many owners and targets were joined, each pair once.
	pairs atomic.Int64
}

// room returns how many entities a query is likely to make that is expected to have so many
// rows of roots. Rows repeat what several owners have, and what is joined may be in all of them.
func (s *source) room(rows int) int {
	made := int(s.made.Load())
	switch {
	case s.node != nil || made > 0 && made < rows:
		return made
	}
	return rows
}

// doubt notes the doubtful sides of a source and those joined to it.
func (s *source) doubt(filters []qb.Filter) {
	if len(filters) == 0 {
		return
	}
	for _, p := range s.meta.HierarchyLeaves() {
		if isInverseOne(p) && filtered(p.Relation.Target, filters) {
			s.doubtful = append(s.doubtful, p)
		}
	}
	for _, j := range s.joined {
		j.doubt(filters)
	}
}

// filtered reports an entity that one of the filters is about, whatever leads to its rows.
func filtered(e *mapper.Entity, filters []qb.Filter) bool {
	return slices.ContainsFunc(filters, func(f qb.Filter) bool { return f.Relation == nil && f.Entity.Root() == e.Root() })
}

// newSource plans the reading of the given leaves of e, and of the joined nodes below it.
func newSource(db *Database, e *mapper.Entity, output []*mapper.Property, node *populate.Node, nodes []*populate.Node) *source {
	s := &source{meta: e, node: node, output: output, loaded: db.Shape(e).leaves(output)}
	s.hydrator = mapper.NewHydrator(e, output, mapper.HydrateOptions{Native: db.Caps.NativeScan, Nullable: node != nil})
	s.hydrated = s.hydrator.Leaves()
	s.sided = slices.ContainsFunc(e.HierarchyLeaves(), func(p *mapper.Property) bool { return p.Kind.IsToOne() && !p.Relation.Owning })
	for i, p := range s.hydrated {
		if p.Relation != nil && p.Relation.Style == mapper.PointerField {
			s.pointers = append(s.pointers, i)
		}
	}
	s.loops = slices.ContainsFunc(s.hydrated, func(p *mapper.Property) bool {
		return p.Relation != nil && (p.Relation.Target.Targets != nil || p.Relation.Target.Root() == e.Root())
	})
	for _, n := range find.Joined(nodes) {
		s.joined = append(s.joined, newSource(db, n.Relation.Relation.Target, n.Fields, n, n.Children))
	}
	return s
}

// statement looks the compiled form up by shape, and compiles it when it is new.
func (l *Loader) statement(r *Request) (*statement, error) {
	l.key = append(l.key[:0], 'R', flagByte(r.count))
	l.key = binary.AppendUvarint(l.key, uint64(r.Entity.Ordinal))
	key, cacheable := r.Options.shapeKey(l.key)
	if cacheable {
		key, cacheable = r.Options.restrictKey(key)
	}
	cacheable = cacheable && len(l.rd.Queries) == 0
	var past *past
	r.Options.few = false
	if cacheable {
		l.key = append(append(key, 0), l.rd.Shape...)
		past = l.past(r)
		if r.Options.few = past.few(r.Options.Limit, l.db.Caps.FewRoots); r.Options.few {
			l.key[0] = 'F'
		}
		if st, ok := l.db.Programs.Get(l.key).(*statement); ok {
			return st, nil
		}
	}
	st, err := l.compile(r)
	if err == nil && cacheable {
		st.past = past
		l.db.Programs.Put(l.key, st)
	}
	return st, err
}

func flagByte(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// compile makes the statement of a request whose condition was read into l.rd.
func (l *Loader) compile(r *Request) (*statement, error) {
	env := conditions.Env{Registry: l.db.Registry, Entity: r.Entity, Queries: l.rd.Queries}
	tree, err := conditions.Parse(env, l.rd.Shape, 0)
	if err != nil {
		return nil, err
	}
	roots, err := r.Options.find(l.db, r.Entity, tree, r.count).Roots()
	if err != nil {
		return nil, err
	}
	sel := roots.Select
	sel.Indexes = r.Options.Indexes
	st := &statement{tree: tree, limited: sel.Limit != conditions.NoSlot, nodes: roots.Nodes}
	if !r.count {
		st.root = newSource(l.db, r.Entity, sel.Output, nil, st.nodes.Nodes)
	}
	if err = r.Options.restrictSelect(sel, st); err != nil {
		return nil, err
	}
	if st.root != nil {
		st.root.doubt(sel.Filters)
	}
	if st.program, err = l.db.Compiler.Compile(sel); err != nil {
		return nil, err
	}
	return st, nil
}

// restrictKey appends what filters and schema contribute to the key of a statement.
func (o *Options) restrictKey(key []byte) (_ []byte, ok bool) {
	if o.Schema != "" {
		key = append(binary.AppendUvarint(append(key, 'S'), uint64(len(o.Schema))), o.Schema...)
	}
	for _, text := range o.Comments {
		key = append(binary.AppendUvarint(append(key, 'C'), uint64(len(text))), text...)
	}
	if o.Filters == nil {
		return key, !o.Unkept
	}
	key, ok = o.Filters.Key(key)
	return key, ok && !o.Unkept
}

// hintKey appends what a hint contributes to the shape.
func hintKey(key []byte, h *populate.Hint) (_ []byte, ok bool) {
	if h.Where != nil && h.Where != populate.Infer {
		return nil, false
	}
	key = append(append(key, h.Path...), 1, flagByte(h.Where == populate.Infer))
	if h.OrderBy == nil && h.Limit == 0 && h.Offset == 0 && h.Strategy == "" && h.Fields == nil {
		return key, true
	}
	return fmt.Appendf(key, "%q %d %d %s %q", h.OrderBy, h.Limit, h.Offset, h.Strategy, h.Fields), true
}

// shapeKey appends what the statement depends on besides the condition; ok is
// false when an option has no textual form and the statement cannot be cached.
func (o *Options) shapeKey(key []byte) (_ []byte, ok bool) {
	for _, entry := range o.OrderBy {
		text, isText := entry.(string)
		if !isText {
			return nil, false
		}
		key = append(append(key, text...), 1)
	}
	key = append(key, 2)
	key = append(append(key, strings.Join(o.Fields, "\x01")...), 2)
	for i := range o.Populate {
		if key, ok = hintKey(key, &o.Populate[i]); !ok {
			return nil, false
		}
	}
	if o.PopulateWhere != nil && o.PopulateWhere != populate.Infer {
		return nil, false
	}
	key = append(append(key, o.Strategy...), 2, flagByte(o.NoEager), byte(o.SemiJoin))
	for _, name := range o.Indexes {
		key = append(binary.AppendUvarint(append(key, 'I'), uint64(len(name))), name...)
	}
	for _, on := range []bool{o.Limit >= 0 || o.Offset >= 0, o.NullsLowest, o.PopulateWhere == populate.Infer} {
		if on {
			key = append(key, 'y')
		} else {
			key = append(key, 'n')
		}
	}
	return lockKey(key, o.Lock), true
}

// lockKey appends a lock to the shape of a statement.
func lockKey(key []byte, l qb.Lock) []byte {
	b := byte(l.Mode) << 2
	if l.NoWait {
		b |= 1
	}
	if l.SkipLocked {
		b |= 2
	}
	return append(key, 'L', b)
}

// relatedStatement returns the compiled query of a select-in node.
func (l *Loader) relatedStatement(node *populate.Node, o *Options) (*statement, error) {
	if err := o.restrict(); err != nil {
		return nil, err
	}
	key, known := nodeKey([]byte{'N', flagByte(o.NullsLowest), byte(o.SemiJoin)}, node)
	if !known && o.related != nil {
		return o.related.statement(node, func() (*statement, error) { return l.compileRelated(node, o) })
	}
	if known {
		key, known = o.restrictKey(key)
	}
	if known {
		if st, ok := l.db.Programs.Get(key).(*statement); ok {
			return st, nil
		}
	}
	st, err := l.compileRelated(node, o)
	if err == nil && known {
		l.db.Programs.Put(key, st)
	}
	return st, err
}

// positionsStatement returns the compiled query of the places of ordered items.
func (l *Loader) positionsStatement(node *populate.Node, o *Options) (*statement, error) {
	key, _ := nodeKey([]byte{'P'}, node)
	key, known := o.restrictKey(key)
	if known {
		if st, ok := l.db.Programs.Get(key).(*statement); ok {
			return st, nil
		}
	}
	sel, err := find.Related(l.db.Registry, node)
	if err != nil {
		return nil, err
	}
	sel.Via.Positions, sel.OrderBy = true, nil
	st, err := l.compileSelect(sel, node, o)
	if err == nil && known {
		l.db.Programs.Put(key, st)
	}
	return st, err
}

// compileRelated makes the statement of a select-in node.
func (l *Loader) compileRelated(node *populate.Node, o *Options) (*statement, error) {
	sel, err := find.Related(l.db.Registry, node)
	if err != nil {
		return nil, err
	}
	return l.compileSelect(sel, node, o)
}

func (l *Loader) compileSelect(sel *qb.Select, node *populate.Node, o *Options) (_ *statement, err error) {
	sel.NullsLowest, sel.SemiJoin = o.NullsLowest, o.SemiJoin
	st := &statement{root: newSource(l.db, sel.Entity, sel.Output, nil, node.Children)}
	st.repeats = sel.Via != nil && sel.Via.Relation.Kind == mapper.ManyToMany
	st.sorts = sel.Via != nil && sel.Via.Unordered
	if sel.Via != nil && sel.Via.Positions {
		st.place = sel.Via.Relation.Relation.Pivot.Order.Type
	}
	if err = o.restrictSelect(sel, st); err != nil {
		return nil, err
	}
	st.root.doubt(sel.Filters)
	if st.program, err = l.db.Compiler.Compile(sel); err != nil {
		return nil, err
	}
	return st, nil
}

// related keeps the statements of nodes that depend on the condition of the roots.
// It belongs to the roots' statement and is safe for concurrent use.
type related struct{ statements sync.Map }

func (r *related) statement(node *populate.Node, compile func() (*statement, error)) (*statement, error) {
	if st, ok := r.statements.Load(node); ok {
		return st.(*statement), nil
	}
	st, err := compile()
	if err == nil {
		r.statements.Store(node, st)
	}
	return st, err
}

// nodeKey appends what the statement of a node depends on; ok is false when that is
// a condition too.
func nodeKey(key []byte, node *populate.Node) (_ []byte, ok bool) {
	if node.Where != nil {
		return nil, false
	}
	key = binary.AppendUvarint(key, uint64(node.Relation.Entity.Ordinal))
	key = binary.AppendUvarint(key, uint64(node.Relation.Edge().Index))
	if node.Relation.Relation.Of != nil {
		key = binary.AppendUvarint(key, uint64(node.Relation.Relation.Target.Ordinal))
	}
	key = append(key, flagByte(node.Fields == nil), flagByte(node.Limit >= 0 || node.Offset >= 0))
	for _, f := range node.Fields {
		key = binary.AppendUvarint(key, uint64(f.Index)+1)
		key = binary.AppendUvarint(key, uint64(f.Entity.Ordinal))
	}
	key = fmt.Appendf(append(key, 0), "%q", node.OrderBy)
	for _, child := range find.Joined(node.Children) {
		// What was joined is found again by its path.
		if key, ok = nodeKey(append(append(key, '('), child.Path...), child); !ok {
			return nil, false
		}
		key = append(key, ')')
	}
	return key, true
}
