package flush

import (
	"slices"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// Freeze keeps the entities and collections as they are written, for a flush whose outcome
// will be known only after the user's own code has run.
func (w *Work) Freeze() {
	w.lists = w.Unit.FreezeLists()
	w.Unit.Wanting(&w.wanted)
	for _, c := range w.Changes {
		if c.Kind == changeset.Delete {
			w.frozen = append(w.frozen, nil)
			continue
		}
		w.frozen = append(w.frozen, w.Unit.Freeze(w.At(c)))
	}
}

// Publish writes the outcome of a successful flush back: keys, versions and
// generated values into entities, snapshots, identity map and collections. With a
// journal it can be taken back.
func (w *Work) Publish(journal *unit.Journal) {
	p := w.Unit.Publish(journal)
	p.Lists(w.lists)
	managed := make([]*unit.Managed, len(w.Changes))
	deletes, inserts := 0, 0
	for i, c := range w.Changes {
		managed[i] = w.At(c)
		switch c.Kind {
		case changeset.Delete:
			deletes++
			continue
		case changeset.Insert:
			if inserts++; i+1 == len(w.Changes) || w.Changes[i+1].Kind != c.Kind || w.Changes[i+1].Entity != c.Entity {
				p.Inserts(c.Entity, inserts)
				inserts = 0
			}
		}
		w.returned(managed[i], c)
	}
	only := deletes == len(w.Changes)
	if !only {
		p.Deletes(deletes)
	}
	if w.carrying != nil {
		p.Carried(w.carrying)
	}
	// Keys come first, so that snapshots have those of targets beside references.
	for i, c := range w.Changes {
		if len(w.Unit.Shape(c.Entity).Shared) == 0 || c.Kind == changeset.Delete {
			continue
		}
		follow := func() {
			if c.Kind == changeset.Insert {
				w.Unit.FollowKey(managed[i], w.Outcome.Key(c))
			}
			w.Unit.FollowReferences(managed[i])
		}
		if w.frozen == nil {
			follow()
		} else {
			w.Unit.AsFrozen(managed[i], w.frozen[i], follow)
		}
	}
	rest := w.Changes
	if only {
		p.DeletedAll(managed)
		rest = nil
	}
	for i, c := range rest {
		m := managed[i]
		frozen := w.thaw(i, m, c)
		var touched []*mapper.Property
		if journal != nil {
			touched = w.written(c)
		}
		switch c.Kind {
		case changeset.Insert:
			p.Inserted(m, w.Outcome.Key(c), touched, frozen)
		case changeset.Update:
			p.Updated(m, touched, frozen)
		case changeset.Delete:
			p.Deleted(m)
		}
	}
	for _, m := range w.removed {
		if m.IsNew() {
			p.Removed(m)
		}
	}
	p.Done()
	w.Unmark()
	for _, m := range w.wanted {
		_, _ = w.Unit.Persist(m.Meta, m.Entity) // whose row is gone, so that nothing is in its way
	}
}

// thaw returns the entity as it was written, with what the database made.
func (w *Work) thaw(i int, m *unit.Managed, c *changeset.Change) (frozen *unit.Frozen) {
	if w.frozen == nil || c.Kind == changeset.Delete {
		return nil
	}
	frozen = w.frozen[i]
	for _, p := range made(c) {
		frozen.Take(p, m)
	}
	return frozen
}

// returned writes what the database and the version made into the entity.
func (w *Work) returned(m *unit.Managed, c *changeset.Change) {
	values := w.Outcome.Returned(c)
	for i, column := range c.Returning() {
		if i < len(values) && column.Property != nil {
			// What a field cannot hold is reported by the next read.
			_ = w.Unit.Store(m, column.Property, values[i])
		}
	}
	if c.Lock != nil && c.Lock.After != nil && !planted.Is(planted.PublishVersion) {
		_ = w.Unit.Store(m, c.Lock.Column.Property, c.Lock.After)
	}
}

// made are the properties that the database and the version made.
func made(c *changeset.Change) []*mapper.Property {
	var list []*mapper.Property
	for _, column := range c.Returning() {
		if column.Property != nil {
			list = append(list, column.Property)
		}
	}
	if c.Lock != nil {
		list = append(list, c.Lock.Column.Property)
	}
	return list
}

// written are the properties whose stored values the flush has changed: all that share a
// column that was written.
func (w *Work) written(c *changeset.Change) []*mapper.Property {
	list := made(c)
	for _, column := range c.Columns() {
		if p := column.Property; p != nil {
			list = append(list, p)
		}
	}
	for _, sh := range w.Unit.Shape(c.Entity).Shared {
		for _, pair := range [][2]*mapper.Property{{sh.Scalar, sh.Reference}, {sh.Reference, sh.Scalar}} {
			if slices.Contains(list, pair[0]) && !slices.Contains(list, pair[1]) {
				list = append(list, pair[1])
			}
		}
	}
	return list
}
