package plan

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/graph"
)

// rowKey identifies a row across a hierarchy.
type rowKey struct {
	entity *mapper.Entity
	key    any
}

// slotKey is one value of a unique key.
type slotKey struct {
	unique *constraint.Unique
	value  any
}

// cause is why an edge exists and how it may be broken.
type cause struct {
	patch *deferral // nil when it cannot
	// property is the relation it comes from, nil when text says what it is about.
	property *mapper.Property
	text     string
	// missing says why nothing can stand for a unique value.
	missing string
}

// String returns what the edge is about: "Book.author".
func (c *cause) String() string {
	if c.property != nil {
		return c.property.String()
	}
	return c.text
}

// wiring connects the operations of one attempt.
type wiring struct {
	build    *build
	model    *constraint.Model
	ops      []*Op
	main     table[part, int]
	made     []int32 // the inserts of rows whose keys the database makes, from 1, by Change.Number
	inserted table[rowKey, int]
	deleted  table[rowKey, int]
	moved    table[rowKey, int] // rows whose key changes, by the old one
	leaving  table[rowKey, int] // rows that are deleted, by the key that was carried on into them before
	// writers are the operations that give their rows another key; carried are those of them after
	// which a row that changes no key of its own has the key.
	writers  table[*changeset.Change, int]
	carried  table[rowKey, []int]
	released table[slotKey, int]
	// occupied are the unique keys that rows of the flush take new values of: only for
	// those it matters who had them.
	occupied table[*constraint.Unique, bool]
	edges    []graph.Edge
	// causes are what edges are about, by their tags. firm are those of edges that nothing can
	// break: most edges share one with all others of their relation.
	causes []cause
	firm   table[*mapper.Property, int32]
	values []any // memory
}

// connect returns the edges between operations, and by their tags what they are about.
func connect(b *build, ops []*Op) ([]graph.Edge, []cause) {
	w := &wiring{build: b, model: b.in.Model, ops: ops, edges: make([]graph.Edge, 0, likelyEdges(ops, b.in.Model))}
	w.occupy()
	for i, op := range ops {
		w.index(i, op)
	}
	w.carry()
	for i, op := range ops {
		w.follow(i, op)
		switch op.Role {
		case Insert, Update, Delete:
			w.beside(i, op)
			w.references(i, op)
			w.occupies(i, op)
		case Release, FollowUp:
			w.patched(i, op)
		case Unlink, Link, Move:
			w.links(i, op)
		}
	}
	w.clears()
	w.free()
	return w.edges, w.causes
}

// likelyEdges is how many edges there are when all that operations refer to is in the plan.
func likelyEdges(ops []*Op, model *constraint.Model) int {
	if len(ops) == 1 {
		return 0
	}
	n := 0
	for _, op := range ops {
		if op.Change == nil {
			n += min(len(op.Lists())+1+op.Rows(), len(ops)) // the owners, and the other ends
		} else {
			n += len(model.Of(op.Change.Entity).References)
		}
	}
	return n
}

// free lets a row go before those that rows refer to which the database deletes with it.
// One row stands for all of its entity.
func (w *wiring) free() {
	var list []int
	seen := map[*mapper.Entity]bool{}
	for i, op := range w.ops {
		if op.Role == Delete && op.first() && !seen[op.Change.Entity] {
			seen[op.Change.Entity] = true
			list = append(list, i)
		}
	}
	for _, i := range list {
		for _, target := range w.model.Of(w.ops[i].Change.Entity).Frees {
			for _, to := range list {
				if to != i && w.ops[to].Change.Entity.Root() == target {
					w.add(i, to, graph.Preferred, nil, "what goes with "+w.ops[i].Change.Entity.Name)
				}
			}
		}
	}
}

// occupy finds the unique keys that the flush takes new values of.
func (w *wiring) occupy() {
	if !slices.ContainsFunc(w.build.in.Changes, func(c *changeset.Change) bool { return c.Kind != changeset.Insert }) {
		return // nobody gives a value up
	}
	var inserts *mapper.Entity // the entity of the insert before
	for _, c := range w.build.in.Changes {
		if c.Kind == changeset.Delete || c.Kind == changeset.Insert && c.Entity == inserts {
			continue
		}
		for _, u := range w.model.Of(c.Entity).Unique {
			if c.Kind == changeset.Insert || c.Writes(u.Columns) {
				w.occupied.put(u, true)
			}
		}
		if c.Kind == changeset.Insert {
			inserts = c.Entity
		}
	}
}

// index remembers which rows the operation makes, ends and sets free.
func (w *wiring) index(i int, op *Op) {
	if op.Change == nil {
		return
	}
	c := op.Change
	switch op.Role {
	case Insert, Update, Delete:
		if !op.whole || len(w.build.patches) > 0 {
			w.main.put(part{c, op.Part}, i)
		}
		w.exists(i, op)
	case Release:
		for _, d := range *op.patches {
			if d.unique == nil {
				continue
			}
			if slot, ok := w.slotOf(d.unique, c, before); ok && !w.later(slot, c) {
				w.released.put(slot, i)
			}
		}
		return
	default:
		return
	}
	for _, u := range w.model.Of(c.Entity).Unique {
		if c.Kind == changeset.Insert || !w.occupied[u] || c.Kind == changeset.Update && !c.Writes(u.Columns) || !op.holds(u.Columns) {
			continue
		}
		if slot, ok := w.slotOf(u, c, before); ok {
			if _, early := w.released[slot]; !early || c.Given != nil && w.ops[w.released[slot]].Change.Given == nil {
				w.released.put(slot, i)
			}
		}
	}
}

// later reports that another row holds a unique value after the row of c: the database carries it
// there when the row of c has gone.
func (w *wiring) later(slot slotKey, c *changeset.Change) bool {
	i, taken := w.released[slot]
	return taken && c.Given == nil && w.ops[i].Change.Given != nil
}

// exists remembers the row that others refer to: the only one, or that of the root.
func (w *wiring) exists(i int, op *Op) {
	if !op.first() || !w.model.Of(op.Change.Entity).Referenced {
		return
	}
	w.named(i, op)
	row := rowKey{op.Change.Entity.Root(), op.Change.Key}
	switch op.Role {
	case Insert:
		if row.key == nil {
			if w.made == nil {
				w.made = make([]int32, len(w.build.in.Changes))
			}
			w.made[op.Change.Number] = int32(i + 1)
		} else {
			w.inserted.put(row, i)
		}
	case Delete:
		w.deleted.put(row, i)
		if carried := op.Change.Given; carried != nil {
			w.leaving.put(rowKey{row.entity, carried.Key}, i)
		}
	case Update:
		if op.Change.Writes(op.Change.Entity.KeyColumns) {
			w.moved.put(row, i)
			w.writers.put(op.Change, i)
			if key, ok := keyOf(w.standing(op.Change, op.Change.Entity.KeyColumns, after)); ok {
				w.inserted.put(rowKey{row.entity, key}, i)
			}
		}
	}
}

// references connects an operation with the rows it refers to: new targets come
// first, deleted ones afterwards.
func (w *wiring) references(i int, op *Op) {
	for _, ref := range w.model.Of(op.Change.Entity).References {
		columns := ref.Property.Columns
		if !op.holds(columns) {
			continue
		}
		if op.Role != Delete && op.Change.Writes(columns) && !w.build.known[deferral{change: op.Change, reference: ref}] {
			if target, handle, ok := w.referred(ref, w.valuesOf(op.Change, columns, after)); ok && (target != i || handle) && !planted.Is(planted.PlanReferences) {
				kind, patch := w.referenceKind(ref, handle), (*deferral)(nil)
				if kind != graph.Required {
					patch = &deferral{change: op.Change, reference: ref}
				}
				w.refer(target, i, kind, patch, ref.Property)
			}
			w.referCarried(i, op, ref)
		}
		if op.Role == Insert || len(w.deleted)+len(w.moved) == 0 {
			continue
		}
		key, known := keyOf(w.valuesOf(op.Change, columns, before))
		if !known {
			continue
		}
		key = referredKey(ref, key)
		if gone, ok := w.deleted[rowKey{ref.Target, key}]; ok && gone != i && !planted.Is(planted.PlanDeletes) {
			w.leave(i, gone, op, ref)
		}
		if to, ok := w.moved[rowKey{ref.Target, key}]; ok && to != i && ref.Enforced && !ref.Follows && (op.Role == Delete || op.Change.Writes(columns)) {
			w.refer(i, to, graph.Required, nil, ref.Property)
		}
	}
}

// leave lets a row give up its reference before the target goes.
func (w *wiring) leave(i, gone int, op *Op, ref *constraint.Reference) {
	switch {
	case op.Role == Update && op.Change.Writes(ref.Property.Columns):
		w.refer(i, gone, graph.Required, nil, ref.Property)
	case op.Role != Delete || w.build.known[deferral{change: op.Change, reference: ref}]:
	case ref.Cascades || !ref.Enforced:
		w.refer(i, gone, graph.Preferred, nil, ref.Property)
	case ref.Nullable:
		w.refer(i, gone, graph.PatchKey, &deferral{change: op.Change, reference: ref}, ref.Property)
	default:
		w.refer(i, gone, graph.Required, nil, ref.Property)
	}
}

func (w *wiring) referenceKind(ref *constraint.Reference, handle bool) graph.Kind {
	switch {
	case !ref.Enforced && !handle:
		return graph.Preferred
	case ref.Nullable:
		return graph.PatchKey
	default:
		return graph.Required
	}
}

// occupies connects an operation with the one that sets its unique values free.
func (w *wiring) occupies(i int, op *Op) {
	if op.Role == Delete {
		return
	}
	for _, u := range w.model.Of(op.Change.Entity).Unique {
		if !op.Change.Writes(u.Columns) || !op.holds(u.Columns) {
			continue
		}
		if len(w.released) == 0 {
			return
		}
		slot, ok := w.slotOf(u, op.Change, after)
		from, taken := w.released[slot]
		if !ok || !taken || from == i || planted.Is(planted.PlanUnique) {
			continue
		}
		w.frees(from, i, u)
	}
}

// frees lets one operation set a unique value free before another takes it.
func (w *wiring) frees(from, i int, u *constraint.Unique) {
	holder := w.ops[from]
	d := deferral{change: holder.Change, unique: u}
	switch missing := w.build.refused[d]; {
	case w.build.deferred[u]: // any order will do
	case holder.Role == Release || missing != "":
		w.edge(from, i, graph.Required, w.tag(cause{text: u.Name, missing: missing}))
	default:
		w.add(from, i, graph.PatchUnique, &d, u.Name)
	}
}

// patched connects the operations that exist because of a patch.
func (w *wiring) patched(i int, op *Op) {
	main := w.main[part{op.Change, op.Part}]
	if op.Role == Release {
		w.add(i, main, graph.Required, nil, op.name())
		for _, d := range *op.patches {
			ref := d.reference
			if ref == nil {
				continue
			}
			if key, known := keyOf(valuesOf(op.Change, ref.Property.Columns, before)); known {
				if gone, ok := w.deleted[rowKey{ref.Target, referredKey(ref, key)}]; ok && gone != main {
					w.refer(i, gone, graph.Required, nil, ref.Property)
				}
			}
		}
		return
	}
	w.add(main, i, graph.Required, nil, op.name())
	ref := (*op.patches)[0].reference
	if target, _, ok := w.referred(ref, op.Written()); ok {
		w.refer(target, i, graph.Required, nil, ref.Property)
	}
	w.awaits(i, ref.Target, op.Written(), ref.Property)
}

// links connects a link with both of its ends.
func (w *wiring) links(i int, op *Op) {
	relation := op.Links.Relation
	if op.added != nil {
		w.added(i, op)
		return
	}
	values := op.Matched()
	if op.Role == Link {
		values = op.Written()
	}
	pivot := relation.Relation.Pivot
	if op.links == targetLinks {
		w.end(i, op, relation.Relation.Target, values)
		return
	}
	n := len(pivot.Owner)
	w.end(i, op, relation.Entity, values[:n])
	if len(values) >= n+len(pivot.Target) {
		w.end(i, op, relation.Relation.Target, values[n:n+len(pivot.Target)])
	}
}

// added connects the new links of lists with both of their ends, each of them once.
func (w *wiring) added(i int, op *Op) {
	relation := op.Links.Relation
	met := make([]bool, len(w.ops))
	end := func(root *mapper.Entity, values []any) {
		if target, _, ok := w.target(root, values); ok && !met[target] {
			met[target] = true
			w.refer(target, i, graph.Required, nil, relation)
		}
		w.awaits(i, root, values, relation)
	}
	owner, other := relation.Entity.Root(), relation.Relation.Target.Root()
	for _, l := range op.Lists() {
		end(owner, l.Owner)
		for k := range l.Added {
			end(other, l.Added[k].Target)
		}
	}
}

func (w *wiring) end(i int, op *Op, e *mapper.Entity, values []any) {
	if target, _, ok := w.target(e.Root(), values); ok && (op.Role != Unlink || w.ops[target].Role == Update) {
		w.refer(target, i, graph.Required, nil, op.Links.Relation)
	}
	w.awaits(i, e.Root(), values, op.Links.Relation)
	if op.Role != Unlink || len(w.deleted) == 0 {
		return
	}
	if key, known := keyOf(values); known {
		if gone, ok := w.leaving[rowKey{e.Root(), key}]; ok {
			w.refer(i, gone, graph.Required, nil, op.Links.Relation)
		} else if gone, ok := w.deleted[rowKey{e.Root(), key}]; ok {
			w.refer(i, gone, graph.Required, nil, op.Links.Relation)
		}
	}
}

// clears lets the removal of all links of an owner come before its new links.
func (w *wiring) clears() {
	var cleared table[*changeset.LinkChange, int]
	for i, op := range w.ops {
		if op.clears() {
			cleared.put(op.Links, i)
		}
	}
	if cleared == nil {
		return
	}
	for i, op := range w.ops {
		if op.Links == nil || op.clears() {
			continue
		}
		lists := op.Lists()
		if lists == nil {
			lists = []*changeset.LinkChange{op.Links}
		}
		for _, l := range lists {
			if from, ok := cleared[l]; ok {
				w.refer(from, i, graph.Required, nil, l.Relation)
			}
		}
	}
}

// target finds the insert that makes the referenced row, and whether its key is
// only known afterwards.
func (w *wiring) target(root *mapper.Entity, values []any) (op int, handle, ok bool) {
	for _, v := range values {
		if h, is := v.(changeset.Handle); is {
			if w.made == nil || w.made[h.Of.Number] == 0 {
				return 0, true, false
			}
			return int(w.made[h.Of.Number]) - 1, true, true
		}
	}
	if len(w.inserted) == 0 {
		return 0, false, false
	}
	key, known := keyOf(values)
	if !known {
		return 0, false, false
	}
	i, ok := w.inserted[rowKey{root, key}]
	return i, false, ok
}

func (w *wiring) add(from, to int, kind graph.Kind, patch *deferral, text string) {
	w.edge(from, to, kind, w.tag(cause{patch: patch, text: text}))
}

func (w *wiring) edge(from, to int, kind graph.Kind, tag int32) {
	w.edges = append(w.edges, graph.Edge{From: int32(from), To: int32(to), Kind: kind, Tag: tag})
}

// tag returns the tag of a cause.
func (w *wiring) tag(why cause) int32 {
	w.causes = append(w.causes, why)
	return int32(len(w.causes) - 1)
}

// refer adds an edge that comes from a relation.
func (w *wiring) refer(from, to int, kind graph.Kind, patch *deferral, property *mapper.Property) {
	tag, known := w.firm[property]
	if patch != nil || !known {
		tag = w.tag(cause{patch: patch, property: property})
	}
	if patch == nil && !known {
		w.firm.put(property, tag)
	}
	w.edge(from, to, kind, tag)
}

func before(c changeset.Cell) any { return c.Before }
func after(c changeset.Cell) any  { return c.After }

// valuesOf returns one side of the cells of columns, nil when one is unknown.
func valuesOf(c *changeset.Change, columns []*mapper.Column, side func(changeset.Cell) any) []any {
	values := make([]any, len(columns))
	for i, column := range columns {
		cell, ok := c.Cell(column)
		if !ok {
			return nil
		}
		values[i] = side(cell)
	}
	return values
}

// keyOf makes a comparable key of values; a NULL or an unknown value is no key.
func keyOf(values []any) (any, bool) {
	if len(values) == 1 {
		v := keyPart(values[0])
		return v, v != nil
	}
	if len(values) == 0 {
		return nil, false
	}
	parts := make([]any, len(values))
	for i, v := range values {
		if parts[i] = keyPart(v); parts[i] == nil {
			return nil, false
		}
	}
	return mapper.NewTuple(parts), true
}

// keyPart returns a value as part of a key.
func keyPart(v any) any {
	switch v := v.(type) {
	case []byte:
		return "bytes:" + string(v)
	case []any, map[string]any:
		return fmt.Sprint(v)
	}
	return v
}

// slotOf returns one side of a unique key of a change.
func (w *wiring) slotOf(u *constraint.Unique, c *changeset.Change, side func(changeset.Cell) any) (slotKey, bool) {
	if u.Primary && c.Kind != changeset.Update {
		w.values = c.FoundParts(w.values[:0])
	} else if w.standing(c, u.Columns, side) == nil {
		return slotKey{}, false
	}
	key, ok := keyOf(w.values)
	return slotKey{u, key}, ok
}

// valuesOf is valuesOf with memory that lasts until the next call.
func (w *wiring) valuesOf(c *changeset.Change, columns []*mapper.Column, side func(changeset.Cell) any) []any {
	return w.valuesIn(c.Cell, columns, side)
}

// standing is valuesOf, but that what the database has carried on into the key counts as there before.
func (w *wiring) standing(c *changeset.Change, columns []*mapper.Column, side func(changeset.Cell) any) []any {
	return w.valuesIn(c.Standing, columns, side)
}

// valuesIn is both, of the cells that a change is asked for.
func (w *wiring) valuesIn(cell func(*mapper.Column) (changeset.Cell, bool), columns []*mapper.Column, side func(changeset.Cell) any) []any {
	w.values = w.values[:0]
	for _, column := range columns {
		found, ok := cell(column)
		if !ok {
			return nil
		}
		w.values = append(w.values, side(found))
	}
	return w.values
}
