package orm

import (
	"slices"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// record remembers what a publication changed, so that the rollback of the
// transaction around it can take it back. A nil record remembers nothing.
//
// What the user assigned since stays: a written value is restored only where the
// field still holds it, and collections keep their items and become dirty.
type record struct {
	unit        *unit
	entities    []entityState
	writes      []fieldState
	collections []collectionState
}

type entityState struct {
	m      *managed
	before managed
}

type fieldState struct {
	m             *managed
	p             *mapper.Property
	before, after any
}

type collectionState struct {
	c      *slot.Collection // nil for a plain slice
	m      *managed
	p      *mapper.Property
	items  *slot.Items
	owner  *slot.Entry
	before slot.Items
}

func (r *record) entity(m *managed) {
	if r != nil {
		r.entities = append(r.entities, entityState{m, *m})
	}
}

func (r *record) wrote(m *managed, p *mapper.Property, before any) {
	if r != nil {
		r.writes = append(r.writes, fieldState{m, p, before, p.Access.Value(m.Entity)})
	}
}

// collection remembers the header of a collection field.
func (r *record) collection(c *slot.Collection) {
	if r == nil {
		return
	}
	s := collectionState{c: c, items: c.Items, owner: c.Owner}
	if c.Items != nil {
		s.before = *c.Items
	}
	r.collections = append(r.collections, s)
}

// items remembers the state of a collection's items.
func (r *record) items(m *managed, p *mapper.Property, s *slot.Items) {
	if r == nil {
		return
	}
	if p.Relation.Style == mapper.CollectionField {
		r.collection(p.Collection(m.Entity))
		return
	}
	r.collections = append(r.collections, collectionState{m: m, p: p, items: s, before: *s})
}

// replay takes the publication back.
func (r *record) replay() {
	for _, w := range slices.Backward(r.writes) {
		if now := w.p.Access.Value(w.m.Entity); changeset.Same(now, w.after) {
			// The value was in the field before, so that storing it cannot fail.
			_ = w.p.Access.Store(w.m.Entity, w.before)
		}
	}
	for _, c := range slices.Backward(r.collections) {
		c.restore()
	}
	for _, e := range slices.Backward(r.entities) {
		r.restore(e)
	}
}

// restore gives an entity its former state and place.
func (r *record) restore(e entityState) {
	m, u := e.m, r.unit
	if m.Key != nil {
		u.ids.Delete(m.meta, m.Key, &m.Entry)
	}
	home, ordinal := m.Home, m.ordinal
	*m = e.before
	m.Home, m.ordinal = home, ordinal
	if m.Key != nil {
		u.ids.Put(m.meta, m.Key, &m.Entry)
	}
	if ordinal >= len(u.tracked) || u.tracked[ordinal] != m {
		u.track(m)
	}
}

// restore makes a collection compare with what it was compared with before.
func (c collectionState) restore() {
	if c.c != nil {
		if c.items == nil {
			if c.c.Items != nil && len(c.c.Items.List) > 0 {
				c.c.Items.Known, c.c.Items.Dirty = nil, true
			} else {
				c.c.Items = nil
			}
			c.c.Owner = c.owner
			return
		}
		if c.c.Items == nil {
			c.c.Items = c.items
		}
		c.c.Owner = c.owner
	}
	list := c.items.List
	if list == nil {
		list = c.before.List
	}
	*c.items = c.before
	c.items.List = list
	c.items.Dirty = !slices.Equal(list, c.before.Known) || len(c.before.Removed) > 0
}

// unresolved is a flush, or the records of a transaction, whose COMMIT may or
// may not have happened.
type unresolved struct {
	work *work
	undo []*record
}
