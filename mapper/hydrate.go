package mapper

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
)

// HydrateOptions say how rows are read.
type HydrateOptions struct {
	// Native scans non-null basic kinds straight into the fields; the driver must
	// store into *int64, *string and kin itself.
	Native bool
	// Nullable expects rows that may be absent as a whole, of outer joins: then
	// every column is NULL and Row.Key reports no entity.
	Nullable bool
}

// Hydrator is the plan of reading rows into entities of one type. It is
// immutable and safe for concurrent use.
type Hydrator struct {
	entity *Entity
	leaves []hydratedLeaf
	width  int
	opts   HydrateOptions
	keyAt  []int // positions among the columns of the key's columns; nil when not all are read
	typeAt int   // the position among leaves of the discriminator, -1 when rows are all of one type
	parts  []int // positions among leaves of the parts of polymorphic embedded values, their types first
	// direct and references are positions among leaves of those whose fields the driver scans
	// into, and of relations.
	direct, references []int
}

// hydratedLeaf is one property and where its columns stand.
type hydratedLeaf struct {
	prop   *Property
	first  int
	types  []*Type // of reference columns
	direct bool
}

// Resolver is the identity map seen from hydration.
type Resolver interface {
	// Resolve returns the place of the target with that canonical key.
	Resolve(target *Entity, key any) *slot.Entry
	// ResolveInt is Resolve for a key that is one integer, without a box.
	ResolveInt(target *Entity, key int64) *slot.Entry
}

// NewHydrator plans the reading of leaves of entity, in this order, one column
// for each of their Columns; computed properties have one column, the inverse
// side of a one-to-one has the target's key columns. To-many relations are not read.
func NewHydrator(entity *Entity, leaves []*Property, opts HydrateOptions) *Hydrator {
	h := &Hydrator{entity: entity, opts: opts, typeAt: discriminatorLeaf(entity, leaves)}
	keys := map[*Column]int{}
	for _, p := range leaves {
		if p.Kind.IsToMany() {
			continue
		}
		leaf := hydratedLeaf{prop: p, first: h.width}
		if p.Relation != nil {
			for _, c := range p.ReferenceColumns() {
				leaf.types = append(leaf.types, c.Type)
			}
			h.width += len(leaf.types)
		} else {
			leaf.direct = opts.Native && !opts.Nullable && h.typeAt < 0 && !p.Nullable && p.Access.Direct != nil
			h.width++
		}
		for i, c := range p.Columns {
			keys[c] = leaf.first + i
		}
		h.leaves = append(h.leaves, leaf)
	}
	for i, l := range h.leaves {
		if l.prop.OneOf() != nil {
			h.parts = append(h.parts, i)
		}
		switch {
		case l.prop.Relation != nil:
			h.references = append(h.references, i)
		case l.direct:
			h.direct = append(h.direct, i)
		}
	}
	slices.SortFunc(h.parts, func(a, b int) int { return h.leaves[a].prop.Index - h.leaves[b].prop.Index })
	for _, c := range entity.KeyColumns {
		i, ok := keys[c]
		if !ok {
			h.keyAt = nil
			break
		}
		h.keyAt = append(h.keyAt, i)
	}
	return h
}

// ReferenceColumns returns the columns that tell the target of a to-one
// relation: its own, or where these do not hold it the target's key.
func (p *Property) ReferenceColumns() []*Column {
	if p.Elsewhere() {
		return p.Relation.Target.KeyColumns
	}
	return p.Columns
}

// Width returns the number of columns a row has.
func (h *Hydrator) Width() int { return h.width }

// Leaves returns the properties that are read, in order.
func (h *Hydrator) Leaves() []*Property {
	out := make([]*Property, len(h.leaves))
	for i, l := range h.leaves {
		out[i] = l.prop
	}
	return out
}

// discriminatorLeaf finds the discriminator among the leaves of an entity that has subtypes.
func discriminatorLeaf(entity *Entity, leaves []*Property) int {
	if len(entity.Children) == 0 {
		return -1
	}
	at := 0
	for _, p := range leaves {
		if p.Kind.IsToMany() {
			continue
		}
		if len(p.Columns) == 1 && p.Columns[0] == entity.Discriminator {
			return at
		}
		at++
	}
	return -1
}

// Polymorphic reports that rows are of several types: the discriminator is among
// the leaves of an entity with subtypes. Then a row is scanned first; Row.Type
// tells the type, Bind an entity of it, and Finish fills that.
func (h *Hydrator) Polymorphic() bool { return h.typeAt >= 0 }

// Steady reports that the destinations of a scan are the same for all rows: no driver writes into
// fields of the entity itself.
func (h *Hydrator) Steady() bool { return len(h.direct) == 0 }

// Row returns the state for reading rows, one at a time. It is not safe for
// concurrent use; a query keeps one.
func (h *Hydrator) Row() *Row {
	r := &Row{h: h, targets: make([]any, h.width), refs: make([]refCell, 0, h.width), cells: make([]cell, len(h.leaves))}
	for i := range h.leaves {
		leaf := &h.leaves[i]
		if leaf.prop.Relation != nil {
			for k, t := range leaf.types {
				r.refs = append(r.refs, refCell{typ: t, row: r, prop: leaf.prop})
				r.targets[leaf.first+k] = &r.refs[len(r.refs)-1]
			}
			continue
		}
		r.cells[i] = cell{row: r, prop: leaf.prop}
		r.targets[leaf.first] = &r.cells[i]
		if h.typeAt >= 0 || leaf.prop.OneOf() != nil {
			r.targets[leaf.first] = (*heldCell)(&r.cells[i])
		}
	}
	if len(h.keyAt) == 1 {
		if c, ok := r.targets[h.keyAt[0]].(*cell); ok && c.holdsInt() && !h.isDirect(h.keyAt[0]) {
			r.key = c
		}
	}
	return r
}

// isDirect reports a column that the driver scans into the field itself.
func (h *Hydrator) isDirect(column int) bool {
	return slices.ContainsFunc(h.direct, func(i int) bool { return h.leaves[i].first == column })
}

// Row reads one row after the other into entities. Bind it to an entity, scan
// into Targets, then ask for Key and call Finish.
type Row struct {
	h       *Hydrator
	entity  unsafe.Pointer
	targets []any
	cells   []cell
	refs    []refCell
	null    *Property // a property that got NULL and cannot hold it
	typ     *Entity   // the type of a polymorphic row
	memory  memoryFor // of texts and of what pointers point at
	// known is asked about a key, and passed what it said of the row at hand.
	known  func(key int64) bool
	passed bool
	// key is the destination of a key that is one integer, nil for other keys.
	key *cell
}

// Ask makes known be asked about the key of each row, where that is one integer, as soon as
// it is there: a row it says true of is passed over from there on, and tells nothing but
// its key.
func (r *Row) Ask(known func(key int64) bool) {
	if r.key != nil {
		r.key.asks, r.known = true, known
	}
}

// Passed reports a row that was passed over.
func (r *Row) Passed() bool { return r.passed }

// Bind makes the entity at p the one that the next scan fills. It must be zero,
// or a managed one to be refreshed.
func (r *Row) Bind(p unsafe.Pointer) {
	r.entity, r.null, r.passed = p, nil, false
	for _, i := range r.h.direct {
		leaf := &r.h.leaves[i]
		r.targets[leaf.first] = leaf.prop.Access.Direct(p)
	}
}

// Release lets go of the last entity and of what was read, so that the state may
// be kept for another query.
func (r *Row) Release() {
	r.entity, r.memory = nil, memoryFor{}
	for _, i := range r.h.direct {
		r.targets[r.h.leaves[i].first] = nil
	}
	for i := range r.cells {
		r.cells[i].held = nil
	}
	for i := range r.refs {
		r.refs[i].value, r.refs[i].plain, r.refs[i].last = nil, false, nil
	}
}

// Targets returns the destinations of a scan. The slice is the same for all rows
// and must not be changed; its elements are valid after Bind.
func (r *Row) Targets() []any { return r.targets }

// Key returns the canonical key of the row just scanned; ok is false when the
// row has no entity.
func (r *Row) Key() (key any, ok bool) {
	if len(r.h.keyAt) == 1 {
		return r.part(r.h.keyAt[0])
	}
	if len(r.h.keyAt) == 0 {
		return nil, false
	}
	var buf [4]any
	parts := buf[:0]
	for _, i := range r.h.keyAt {
		part, ok := r.part(i)
		if !ok {
			return nil, false
		}
		parts = append(parts, part)
	}
	return NewTuple(parts), true
}

// IntKey returns the key of the row just scanned without a box, where it is one
// integer; otherwise ok is false and Key tells. A row without an entity has none.
func (r *Row) IntKey() (key int64, ok bool) {
	switch {
	case r.key != nil:
		if !r.key.null {
			return *at[int64](r.entity, r.key.prop.place.off), true
		}
	case len(r.h.keyAt) == 1:
		if c, ok := r.targets[r.h.keyAt[0]].(*refCell); ok {
			return c.n, c.plain
		}
	}
	return 0, false
}

// IntReference is Reference without a box, where the key is one integer;
// otherwise ok is false and Reference tells. A null reference has none.
func (r *Row) IntReference(i int) (key int64, ok bool) {
	leaf := &r.h.leaves[i]
	if len(leaf.types) != 1 {
		return 0, false
	}
	c := r.targets[leaf.first].(*refCell)
	return c.n, c.plain
}

// part is the canonical value of one key column.
func (r *Row) part(column int) (any, bool) {
	switch c := r.targets[column].(type) {
	case *refCell:
		v := c.boxed()
		return v, v != nil
	case *cell:
		if c.null {
			return nil, false
		}
		return c.prop.Access.Value(r.entity), true
	case *heldCell:
		v, err := c.prop.Type.Decode(c.held)
		return v, err == nil && v != nil
	}
	for i := range r.h.leaves {
		if l := &r.h.leaves[i]; l.first == column {
			return l.prop.Access.Value(r.entity), true
		}
	}
	return nil, false
}

// Reference returns the canonical key that the i-th leaf of the hydrator, a
// to-one relation, refers to in the row just scanned; nil when it is null. The
// columns of a composite reference are null together.
func (r *Row) Reference(i int) any {
	leaf := &r.h.leaves[i]
	if len(leaf.types) == 1 {
		return r.targets[leaf.first].(*refCell).boxed()
	}
	var buf [4]any
	parts := buf[:0]
	for k := range leaf.types {
		v := r.targets[leaf.first+k].(*refCell).boxed()
		if v == nil {
			return nil
		}
		parts = append(parts, v)
	}
	if len(parts) == 0 {
		return nil
	}
	return NewTuple(parts)
}

// Finish completes the entity after a scan: references are resolved and NULLs
// that a property cannot hold are reported. A Ref field gets its entry; a
// pointer field gets the target when it is loaded and stays nil otherwise.
func (r *Row) Finish(resolver Resolver) error {
	switch {
	case r.h.typeAt >= 0:
		if err := r.fill(); err != nil {
			return err
		}
	case r.h.parts != nil:
		if err := r.fillParts(); err != nil {
			return err
		}
	}
	if r.null != nil {
		return &PropertyError{r.null.String(), r.null.Type.notNull()}
	}
	for _, i := range r.h.references {
		prop := r.h.leaves[i].prop
		if r.typ != nil && !r.typ.IsSubtypeOf(prop.Entity) {
			continue
		}
		if _, ok := r.IntReference(i); ok {
			entry := r.targets[r.h.leaves[i].first].(*refCell).target(resolver)
			prop.SetReference(r.entity, entry, entry.Entity)
			continue
		}
		key := r.Reference(i)
		if key == nil {
			prop.SetReference(r.entity, nil, nil)
			continue
		}
		if err := prop.Relation.Target.checkType(prop, key); err != nil {
			return err
		}
		entry := resolver.Resolve(prop.Relation.Target, key)
		prop.SetReference(r.entity, entry, entry.Entity)
	}
	return nil
}
