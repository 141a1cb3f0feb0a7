package load

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// hydration turns the cells of one source into managed entities.
type hydration struct {
	loader *Loader
	unit   *unit.Unit
	src    *source
	opts   *Options
	cur    *mapper.Row
	// scratch is an entity nobody has seen yet; the next row is scanned into it.
	scratch unsafe.Pointer
	// fresh is where scratch comes from, where together says so: entities of one read
	// lie together.
	fresh    mapper.Slab
	together bool
	// parent is the source this one is joined to, found the entity of the row at
	// hand, nil when there is none. groups are the targets by owner, owners in order.
	parent *hydration
	found  *managed
	groups groups[*managed]
	owners []*managed
}

// release forgets everything about the query it served.
func (h *hydration) release() {
	h.cur.Release()
	h.loader, h.unit, h.opts, h.scratch, h.found, h.groups, h.owners = nil, nil, nil, nil, nil, groups[*managed]{}, nil
	h.fresh, h.together = mapper.Slab{}, false
}

// bind returns the destinations of the next row.
func (h *hydration) bind() []any {
	if h.scratch == nil {
		if h.together {
			h.scratch = h.fresh.New()
		} else {
			h.scratch = h.src.meta.New()
		}
	}
	h.cur.Bind(h.scratch)
	return h.cur.Targets()
}

// accept puts the scanned row into the identity map. It returns nil when an outer
// join found no entity.
func (h *hydration) accept() (*managed, error) {
	m := h.entry()
	if m == nil {
		if h.src.node != nil {
			return nil, nil
		}
		if len(h.src.meta.Key) == 0 {
			return h.keyless()
		}
		return nil, &fault.Error{Class: fault.ErrNotLoaded, Op: "find", Entity: h.src.meta.Name, Detail: "a row has no key"}
	}
	h.unit.Pin(m)
	if m.Entity != nil && !h.isNews(m) {
		h.src.meta.Reset(h.scratch)
		return m, nil
	}
	if err := h.narrow(m); err != nil {
		return nil, err
	}
	if err := h.cur.Finish(Resolver{h.unit}); err != nil {
		return nil, err
	}
	if m.Entity == nil {
		m.Loaded = h.loaded(m)
		h.doubt(m)
		h.unit.Adopt(m, h.scratch)
		h.unit.MarkUnread(m)
		h.noteTargets(m)
		h.unit.Part(m)
		h.unit.Snapshot(m)
		h.unit.NoteNulls(m)
		h.unit.Greet(m)
		h.loader.arrived(m, true)
	} else if err := h.merge(m); err != nil {
		return nil, err
	} else if h.opts.Refresh {
		h.loader.arrived(m, false)
	}
	h.scratch = nil
	return m, nil
}

// entry returns the place of the row just scanned, nil when it has no key.
func (h *hydration) entry() *managed {
	if n, ok := h.cur.IntKey(); ok {
		return h.unit.EntryInt(h.src.meta, n)
	}
	if key, ok := h.cur.Key(); ok {
		return h.unit.Entry(h.src.meta, key)
	}
	return nil
}

// keyless takes the scanned row of an entity that has no key, a view or a query:
// each row is an entity of its own, which the unit cannot know again and so does not manage.
func (h *hydration) keyless() (*managed, error) {
	if err := h.cur.Finish(Resolver{h.unit}); err != nil {
		return nil, err
	}
	m := &managed{Meta: h.src.meta}
	m.Entity, h.scratch = h.scratch, nil
	return m, nil
}

// narrow gives m and the scratch entity the type of the row just scanned: m may
// have been referred to by a base type, and where rows of several types are read
// only the discriminator tells.
func (h *hydration) narrow(m *managed) error {
	typ := h.src.meta
	if h.src.hydrator.Polymorphic() {
		var err error
		if typ, err = h.cur.Type(); err != nil {
			return err
		}
	}
	if m.Entity == nil {
		m.Meta = typ
	}
	if typ == h.src.meta {
		return nil
	}
	h.scratch = typ.New()
	h.cur.Bind(h.scratch)
	return nil
}

// loaded returns the leaves of m that the row holds, nil for all.
func (h *hydration) loaded(m *managed) changeset.Leaves {
	if h.src.loaded == nil || m.Meta == h.src.meta {
		return h.src.loaded.Clone()
	}
	return leavesOf(m.Meta, h.src.output)
}

// isNews reports whether the row can tell anything new about m.
func (h *hydration) isNews(m *managed) bool {
	if m.IsNew() {
		return false
	}
	if h.opts.Refresh || m.Snap == nil && !h.unit.IsReadOnly() {
		return true
	}
	return m.Lacks(h.src.output)
}

// merge takes over from the scratch entity what m does not know yet, when it is
// locked what the user has not changed, and with Refresh everything.
func (h *hydration) merge(m *managed) error {
	how := unit.Complete
	switch {
	case h.opts.Refresh && h.opts.Keep:
		how = unit.Renew
	case h.opts.Refresh:
		how = unit.Overwrite
	}
	for i, p := range h.src.hydrated {
		if !m.Meta.IsSubtypeOf(p.Entity) {
			continue
		}
		if h.doubts(p) {
			if how == unit.Overwrite {
				h.unit.Unknow(m, p)
			}
			continue
		}
		if err := h.unit.Take(m, p, h.scratch, h.rowTarget(i, p), how); err != nil {
			return err
		}
	}
	if how != unit.Complete {
		h.unit.Unmake(m, h.src.hydrated, h.scratch)
	}
	h.unit.Completed(m)
	if how == unit.Overwrite && m.State == unit.Removed {
		m.State = unit.Clean
	}
	return nil
}

// doubts reports a side without columns that the row at hand found no target of, where a
// filter may hide one.
func (h *hydration) doubts(p *mapper.Property) bool {
	if !slices.Contains(h.src.doubtful, p) {
		return false
	}
	e, x := p.Reference(h.scratch)
	return e == nil && x == nil
}

// doubt makes such sides of m ones that were not read.
func (h *hydration) doubt(m *managed) {
	for _, p := range h.src.doubtful {
		if m.Meta.IsSubtypeOf(p.Entity) && h.doubts(p) && m.Loaded.Has(p.Index) {
			if m.Loaded == nil {
				m.Loaded = leavesOf(m.Meta, m.Meta.Leaves)
			}
			m.Loaded.Delete(p.Index)
		}
	}
}

// rowTarget returns what the row said about a relation kept as a plain pointer.
func (h *hydration) rowTarget(i int, p *mapper.Property) *slot.Entry {
	if p.Relation == nil || p.Relation.Style != mapper.PointerField {
		return nil
	}
	if key := h.cur.Reference(i); key != nil {
		return Resolver{h.unit}.Resolve(p.Relation.Target, key)
	}
	return nil
}

// noteTargets remembers what the row said about relations kept as plain pointers.
func (h *hydration) noteTargets(m *managed) {
	for i, p := range h.src.hydrated {
		if p.Relation != nil && p.Relation.Style == mapper.PointerField {
			h.unit.SetForeign(m, p, h.rowTarget(i, p))
		}
	}
}
