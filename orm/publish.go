package orm

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// publish writes the outcome of a successful flush back: keys, versions and
// generated values into entities, snapshots, identity map and collections. With
// a record it can be taken back.
func (w *work) publish(r *record) {
	u := w.unit
	moved := make([]*managed, 0, len(w.changes))
	for _, c := range w.changes {
		m := u.tracked[c.Ordinal]
		r.entity(m)
		switch c.Kind {
		case changeset.Insert:
			w.inserted(m, c, r)
			moved = append(moved, m)
		case changeset.Update:
			w.updated(m, c, r)
			moved = append(moved, m)
		case changeset.Delete:
			u.forget(m)
		}
	}
	var moves moves
	for _, m := range moved {
		w.settled(m, &moves, r)
	}
	for _, s := range moves.shifts {
		w.shift(s, r)
	}
	for _, l := range w.links {
		w.linked(l, r)
	}
	w.tidy(r)
}

// inserted gives a new entity its key and its place.
func (w *work) inserted(m *managed, c *changeset.Change, r *record) {
	w.returned(m, c, r)
	m.Key = w.outcome.Key(c)
	w.unit.ids.Put(m.meta, m.Key, &m.Entry)
	m.state, m.loaded, m.change = clean, nil, nil
	for _, p := range w.unit.db.shape(m.meta).many {
		if p.Relation.Style != mapper.CollectionField {
			continue
		}
		c := p.Collection(m.Entity)
		r.collection(c)
		if c.Items == nil {
			c.Items = &slot.Items{Self: c, Loaded: true}
		}
		c.Owner = &m.Entry
	}
}

// updated moves the entity when its key changed.
func (w *work) updated(m *managed, c *changeset.Change, r *record) {
	w.returned(m, c, r)
	if !c.Writes(m.meta.KeyColumns) {
		return
	}
	if key, ok := m.meta.KeyOf(m.Entity); ok {
		w.unit.ids.Delete(m.meta, m.Key, &m.Entry)
		m.Key = key
		w.unit.ids.Put(m.meta, key, &m.Entry)
	}
}

// returned writes what the database and the version made into the entity.
func (w *work) returned(m *managed, c *changeset.Change, r *record) {
	values := w.outcome.Returned(c)
	for i, column := range c.Returning {
		if i < len(values) && column.Property != nil {
			w.write(m, column.Property, values[i], r)
		}
	}
	if c.Lock != nil {
		w.write(m, c.Lock.Column.Property, c.Lock.After, r)
	}
}

func (w *work) write(m *managed, p *mapper.Property, value any, r *record) {
	before := p.Access.Value(m.Entity)
	if err := p.Access.Store(m.Entity, value); err != nil {
		return // the database returned what the field cannot hold; the next read reports it
	}
	r.wrote(m, p, before)
}

// settled takes the new snapshot, once all keys are known.
func (w *work) settled(m *managed, moves *moves, r *record) {
	shape := w.unit.db.shape(m.meta)
	w.moved(m, shape, moves)
	w.foreign(m, shape)
	if r == nil && m.snap != nil {
		m.meta.Copy(m.snap, m.Entity)
		return
	}
	w.unit.snapshot(m)
}

// foreign remembers what plain pointers refer to now.
func (w *work) foreign(m *managed, shape *shape) {
	for i, p := range shape.owning {
		if p.Relation.Style != mapper.PointerField {
			continue
		}
		if m.foreign == nil {
			m.foreign = make([]*slot.Entry, len(shape.owning))
		} else if i == 0 {
			m.foreign = slices.Clone(m.foreign)
		}
		m.foreign[i] = w.after(m, p, m.foreign[i])
	}
}

func (w *work) storeSlice(owner *managed, p *mapper.Property, s *slot.Items) {
	if p.Relation.Style == mapper.SliceField {
		*p.Slice(owner.Entity) = slices.Clone(s.List)
	}
}

// linked remembers the items of a written collection as known.
func (w *work) linked(l *linkWork, r *record) {
	w.known(l.owner, l.change.Relation, r)
}

func (w *work) known(m *managed, p *mapper.Property, r *record) {
	s := w.unit.items(m, p)
	if s == nil || !s.Dirty && slices.Equal(s.Known, s.List) {
		return
	}
	r.items(m, p, s)
	s.Dirty, s.Removed = false, nil
	if s.Loaded {
		s.Replaced = false
		s.Known = slices.Clone(s.List)
		return
	}
	s.List, s.Known = nil, nil
	if p.Relation.Style == mapper.CollectionField {
		p.Collection(m.Entity).Items = nil
	}
}

// tidy ends the flush for everything that was tracked: collections are clean,
// deleted items have left them.
func (w *work) tidy(r *record) {
	gone := w.deleted()
	for _, m := range w.unit.tracked {
		if m == nil || m.Entity == nil || m.snap == nil {
			continue
		}
		for _, p := range w.unit.db.shape(m.meta).many {
			if len(gone) > 0 {
				w.dropDeleted(m, p, gone, r)
			}
			w.known(m, p, r)
		}
	}
	w.unit.compact()
	w.unit.pending = false
}

// deleted returns the addresses of the entities the flush deleted.
func (w *work) deleted() map[unsafe.Pointer]bool {
	var gone map[unsafe.Pointer]bool
	for _, c := range w.changes {
		if c.Kind == changeset.Delete {
			if gone == nil {
				gone = map[unsafe.Pointer]bool{}
			}
			gone[c.Current] = true
		}
	}
	return gone
}

// dropDeleted takes deleted entities out of a collection.
func (w *work) dropDeleted(m *managed, p *mapper.Property, gone map[unsafe.Pointer]bool, r *record) {
	s := w.unit.items(m, p)
	isGone := func(x unsafe.Pointer) bool { return gone[x] }
	if s == nil || !slices.ContainsFunc(s.List, isGone) {
		return
	}
	r.items(m, p, s)
	s.List = slices.DeleteFunc(slices.Clone(s.List), isGone)
	s.Known = slices.DeleteFunc(slices.Clone(s.Known), isGone)
	w.storeSlice(m, p, s)
}
