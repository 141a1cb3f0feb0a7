package plan

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/graph"
)

// Carried is a row that no change gives another key, and that has one after those that give it to
// rows whose keys are in its own: the database carries them on.
type Carried struct {
	Entity *mapper.Entity
	// Parts are those of the key that it gets.
	Parts []any
	By    []*changeset.Change
}

// carry remembers which operations give rows other keys that have none of their own for it.
func (w *wiring) carry() {
	for i := range w.build.in.Carried {
		c := &w.build.in.Carried[i]
		key, known := keyOf(c.Parts)
		if !known {
			continue
		}
		var by []int
		for _, change := range c.By {
			if op, ok := w.writers[change]; ok {
				by = append(by, op)
			}
		}
		w.carried.put(rowKey{c.Entity.Root(), key}, by)
	}
}

// follow lets an operation on a row come after those by which its key becomes the one that the row
// is found by.
func (w *wiring) follow(i int, op *Op) {
	if op.Change == nil || op.Change.Given == nil {
		return
	}
	for _, by := range op.Change.Given.By {
		if from, ok := w.writers[by]; ok {
			w.add(from, i, graph.Required, nil, op.name()+" key")
		}
	}
}

// awaits lets an operation that refers to a row by a key that is carried on come after what does so.
func (w *wiring) awaits(i int, root *mapper.Entity, values []any, property *mapper.Property) {
	if len(w.carried) == 0 {
		return
	}
	if key, known := keyOf(values); known {
		for _, from := range w.carried[rowKey{root, key}] {
			w.refer(from, i, graph.Required, nil, property)
		}
	}
}

// referCarried is awaits for a reference that may be written later.
func (w *wiring) referCarried(i int, op *Op, ref *constraint.Reference) {
	if len(w.carried) == 0 || ref.Property.Relation.By != nil {
		return
	}
	key, known := keyOf(w.valuesOf(op.Change, ref.Property.Columns, after))
	if !known {
		return
	}
	kind, patch := w.referenceKind(ref, false), (*deferral)(nil)
	if kind != graph.Required {
		patch = &deferral{change: op.Change, reference: ref}
	}
	for _, from := range w.carried[rowKey{ref.Target, key}] {
		if from != i || patch != nil {
			w.refer(from, i, kind, patch, ref.Property)
		}
	}
}
