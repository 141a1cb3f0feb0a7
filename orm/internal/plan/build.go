package plan

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/graph"
	"github.com/weft-orm/weft/qb"
)

// Input is what a flush wants done, in order of ordinals.
type Input struct {
	Registry *mapper.Registry
	Model    *constraint.Model
	Changes  []*changeset.Change
	Links    []*changeset.LinkChange
	// Whole reports an engine that keeps an entity in one place although its
	// mapping spreads it over several tables (driver.Caps.WholeEntities).
	Whole bool
	// Defers reports an engine that checks deferrable constraints at the end when asked
	// (driver.Caps.DeferrableUnique).
	Defers bool
	// OwnReferences reports an engine that lets no row go that refers to itself
	// (driver.Caps.OwnReferences).
	OwnReferences bool
	// KeyArrays reports an engine that keeps links as arrays of keys on the owner
	// (driver.Caps.KeyArrays), which no constraint clears when a target goes.
	KeyArrays bool
	// Revises reports an engine that writes what differs inside of documents and lists
	// (driver.Caps.Revisions).
	Revises bool
}

// Build plans the changes. The error is a [*CycleError] when a ring of rows
// cannot be broken.
func Build(in Input) (*Plan, error) {
	for i, c := range in.Changes {
		c.Number = i
	}
	b := &build{in: &in, releases: releases{in: &in}}
	b.ownReferences()
	for {
		ops := decompose(b)
		edges := connect(b, ops)
		broken, err := graph.Cut(len(ops), edges)
		if err != nil {
			return nil, b.named(err, ops)
		}
		more := false
		for _, i := range broken {
			if d := edges[i].Tag.(*cause).patch; d != nil && b.give(d) {
				more = true
			}
		}
		if !more {
			return b.finish(ops, without(edges, broken)), nil
		}
	}
}

// build is the state of one Build: what was decided in its rounds.
type build struct {
	in       *Input
	patches  []*deferral
	known    table[deferral, bool]
	releases releases
	// refused are the unique values that nothing can stand for, with the reason.
	refused table[deferral, string]
	// deferred are the constraints to be checked at the end.
	deferred table[*constraint.Unique, bool]
}

// give decides how a row gives up a value, and reports whether that is news.
func (b *build) give(d *deferral) bool {
	if d.unique == nil {
		return b.patch(d)
	}
	if d.unique.Deferrable && b.in.Defers {
		b.deferred.put(d.unique, true)
		return true
	}
	if why := b.releases.choose(*d); why != "" {
		b.refused.put(*d, why)
		return true
	}
	return b.patch(d)
}

func (b *build) patch(d *deferral) bool {
	if b.known[*d] {
		return false
	}
	b.known.put(*d, true)
	b.patches = append(b.patches, d)
	return true
}

// ownReferences lets rows give up references to themselves before they go, where the
// engine asks for that.
func (b *build) ownReferences() {
	if !b.in.OwnReferences {
		return
	}
	for _, c := range b.in.Changes {
		if c.Kind != changeset.Delete || c.Soft {
			continue
		}
		for _, ref := range b.in.Model.Of(c.Entity).References {
			if ref.Target != c.Entity.Root() || !ref.Nullable || !ref.Enforced || ref.Cascades {
				continue
			}
			if by := ref.Property.Relation.By; by != nil {
				own, known := keyOf(valuesOf(c, by.Columns, before))
				if key, ok := keyOf(valuesOf(c, ref.Property.Columns, before)); ok && known && key == own {
					b.patch(&deferral{change: c, reference: ref})
				}
				continue
			}
			if key, ok := keyOf(valuesOf(c, ref.Property.Columns, before)); ok && key == c.Key {
				b.patch(&deferral{change: c, reference: ref})
			}
		}
	}
}

// finish orders the operations.
func (b *build) finish(ops []*Op, edges []graph.Edge) *Plan {
	p := order(ops, edges)
	p.Changes = len(b.in.Changes)
	for _, d := range b.patches {
		if free := b.releases.chosen[*d].free; free != nil {
			p.Free = append(p.Free, free)
		}
	}
	if len(b.deferred) == 0 {
		return p
	}
	for _, e := range b.in.Registry.Entities() {
		for _, u := range b.in.Model.Of(e).Unique {
			if b.deferred[u] && !slices.Contains(p.Deferred, u) {
				p.Deferred = append(p.Deferred, u)
			}
		}
	}
	return p
}

func without(edges []graph.Edge, broken []int) []graph.Edge {
	if len(broken) == 0 {
		return edges
	}
	kept := make([]graph.Edge, 0, len(edges))
	for i, e := range edges {
		if _, gone := slices.BinarySearch(broken, i); !gone {
			kept = append(kept, e)
		}
	}
	return kept
}

// order groups the operations by shape and puts the groups in order.
func order(ops []*Op, edges []graph.Edge) *Plan {
	if len(ops) == 1 {
		op := ops[0]
		return &Plan{Steps: []*Step{{Role: op.Role, Shape: string(op.shape(make([]byte, 0, 64))), Ops: ops}}}
	}
	shapes, of := group(ops)
	rank := rankGroups(shapes, of, edges)
	ranked := make([]int, len(ops))
	for i := range ops {
		ranked[i] = rank[of[i]]
	}
	p := &Plan{}
	for _, batch := range graph.Batches(len(ops), edges, ranked) {
		s := shapes[of[batch[0]]]
		step := &Step{Role: s.op.Role, Shape: s.key, Ops: make([]*Op, len(batch))}
		for i, at := range batch {
			step.Ops[i] = ops[at]
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

// shape is a group of operations with the same statement.
type shape struct {
	key  string
	op   *Op // the first of its kind
	seen int
}

// group returns the shapes in order of appearance, and the shape of each operation.
func group(ops []*Op) (shapes []*shape, of []int) {
	index := map[string]int{}
	of = make([]int, len(ops))
	var key []byte
	for i, op := range ops {
		key = op.shape(key[:0])
		at, ok := index[string(key)]
		if !ok {
			at = len(shapes)
			s := &shape{key: string(key), op: op, seen: at}
			index[s.key] = at
			shapes = append(shapes, s)
		}
		of[i] = at
	}
	return shapes, of
}

// rankGroups gives each shape its place: what must come first by the edges,
// then by role, entity and first appearance. Shapes on a common ring keep that
// natural order among themselves and are taken apart row by row.
func rankGroups(shapes []*shape, of []int, edges []graph.Edge) []int {
	natural := make([]int, len(shapes)) // shape -> natural position
	sorted := make([]int, len(shapes))
	for i := range sorted {
		sorted[i] = i
	}
	slices.SortFunc(sorted, func(a, b int) int { return shapes[a].compare(shapes[b]) })
	for position, s := range sorted {
		natural[s] = position
	}
	between := groupEdges(natural, of, edges)
	components, component := graph.Components(len(shapes), between)
	first := make([]int, len(components)) // component -> smallest natural position
	for i, members := range components {
		first[i] = members[0]
	}
	condensed := make([]graph.Edge, 0, len(between))
	for _, e := range between {
		if from, to := component[e.From], component[e.To]; from != to {
			condensed = append(condensed, graph.Edge{From: from, To: to})
		}
	}
	rank := make([]int, len(shapes))
	next := 0
	for _, batch := range graph.Batches(len(components), condensed, first) {
		for _, c := range batch {
			for _, position := range components[c] {
				rank[sorted[position]] = next
				next++
			}
		}
	}
	return rank
}

// groupEdges returns the distinct edges between shapes, by natural position.
func groupEdges(natural, of []int, edges []graph.Edge) []graph.Edge {
	type pair struct{ from, to int }
	seen := map[pair]bool{}
	var list []graph.Edge
	for _, e := range edges {
		p := pair{natural[of[e.From]], natural[of[e.To]]}
		if p.from != p.to && !seen[p] {
			seen[p] = true
			list = append(list, graph.Edge{From: p.from, To: p.to})
		}
	}
	return list
}

func (s *shape) compare(t *shape) int {
	if d := int(s.op.Role) - int(t.op.Role); d != 0 {
		return d
	}
	if d := s.op.entity().Ordinal - t.op.entity().Ordinal; d != 0 {
		return d
	}
	return s.seen - t.seen
}

// shape appends what the statement of the operation depends on.
func (o *Op) shape(key []byte) []byte {
	key = append(key, byte(o.Role))
	key = binary.AppendUvarint(key, uint64(o.entity().Ordinal))
	if o.Links != nil {
		key = append(key, o.Links.Relation.Path...)
		return append(key, byte(len(o.Set)), byte(len(o.Match)), o.links)
	}
	for _, b := range o.Set {
		key = binary.AppendUvarint(key, uint64(b.Column.Index))
	}
	key = append(key, 0xff)
	for _, b := range o.Match {
		key = binary.AppendUvarint(key, uint64(b.Column.Index))
	}
	key = append(key, 0xff)
	for _, c := range o.Returning {
		key = binary.AppendUvarint(key, uint64(c.Index))
	}
	return key
}

// Write makes the step's shape as a logical write, whatever the schema.
func (s *Step) Write(reg *mapper.Registry) *qb.Write {
	o := s.Ops[0]
	w := &qb.Write{Registry: reg, Kind: o.Role.write(), Returning: o.Returning}
	if o.Links != nil {
		if o.links == unsureLink {
			w.Conflict = &qb.Conflict{}
		}
		w.Pivot = o.Links.Relation
		w.Table = w.Pivot.Relation.Pivot.Table
	} else {
		w.Entity, w.Table = o.Part, o.Part.Table
	}
	for _, b := range o.Set {
		w.Set = append(w.Set, b.Column)
	}
	for _, b := range o.Match {
		w.Match = append(w.Match, b.Column)
	}
	return w
}

// named turns node numbers into names of entities and properties.
func (b *build) named(err error, ops []*Op) error {
	var ring *graph.CycleError
	if !errors.As(err, &ring) {
		return err
	}
	c := &CycleError{}
	for _, e := range ring.Ring {
		why := e.Tag.(*cause)
		c.Path = append(c.Path, why.String())
		c.Entities = append(c.Entities, ops[e.From].name())
		if why.missing != "" && !slices.Contains(c.Missing, why.missing) {
			c.Missing = append(c.Missing, why.missing)
		}
	}
	return c
}
