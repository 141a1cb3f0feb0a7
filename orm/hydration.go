package orm

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// hydration turns the cells of one source into managed entities.
type hydration struct {
	unit *unit
	src  *source
	opts *findOptions
	cur  *mapper.Row
	// scratch is an entity nobody has seen yet; the next row is scanned into it.
	scratch unsafe.Pointer
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
	h.unit, h.opts, h.scratch, h.found, h.groups, h.owners = nil, nil, nil, nil, groups[*managed]{}, nil
}

// Resolve returns the place of a referenced row, for the hydrator.
func (h *hydration) Resolve(target *mapper.Entity, key any) *slot.Entry {
	return &h.unit.entry(target, key).Entry
}

// bind returns the destinations of the next row.
func (h *hydration) bind() []any {
	if h.scratch == nil {
		h.scratch = h.src.meta.New()
	}
	h.cur.Bind(h.scratch)
	return h.cur.Targets()
}

// take puts the scanned row into the identity map. It returns nil when an outer
// join found no entity.
func (h *hydration) take() (*managed, error) {
	key, ok := h.cur.Key()
	if !ok {
		if h.src.node != nil {
			return nil, nil
		}
		if len(h.src.meta.Key) == 0 {
			return h.keyless()
		}
		return nil, &Error{Class: ErrNotLoaded, Op: "find", Entity: h.src.meta.Name, Detail: "a row has no key"}
	}
	m := h.unit.entry(h.src.meta, key)
	if m.Entity != nil && !h.wants(m) {
		h.src.meta.Reset(h.scratch)
		return m, nil
	}
	if err := h.narrow(m); err != nil {
		return nil, err
	}
	if err := h.cur.Finish(h); err != nil {
		return nil, err
	}
	if m.Entity == nil {
		m.loaded = h.loaded(m)
		h.unit.adopt(m, h.scratch)
		h.foreign(m)
		h.unit.snapshot(m)
		h.unit.arrived(m, true)
	} else if err := h.merge(m); err != nil {
		return nil, err
	} else if h.opts.refresh {
		h.unit.arrived(m, false)
	}
	h.scratch = nil
	return m, nil
}

// keyless takes the scanned row of an entity that has no key, a view or a query:
// each row is an entity of its own, which the unit cannot know again and so does not manage.
func (h *hydration) keyless() (*managed, error) {
	if err := h.cur.Finish(h); err != nil {
		return nil, err
	}
	m := &managed{meta: h.src.meta}
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
		m.meta = typ
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
	if h.src.loaded == nil || m.meta == h.src.meta {
		return h.src.loaded.Clone()
	}
	return leavesOf(m.meta, h.src.output)
}

// wants reports whether the row can tell anything new about m.
func (h *hydration) wants(m *managed) bool {
	if m.state == fresh {
		return false
	}
	if h.opts.refresh || m.snap == nil && !h.unit.readOnly {
		return true
	}
	return m.lacks(h.src.output)
}

// merge takes over from the scratch entity what m does not know yet, and with
// Refresh what it knows as well.
func (h *hydration) merge(m *managed) error {
	for _, p := range h.src.output {
		if !m.meta.IsSubtypeOf(p.Entity) || !h.opts.refresh && m.loaded.Has(p.Index) {
			continue
		}
		if err := h.unit.take(m, p, h.scratch); err != nil {
			return err
		}
	}
	h.foreign(m)
	if h.opts.refresh && m.state == removed {
		m.state = clean
	}
	return nil
}

// foreign remembers what the row said about relations kept as plain pointers.
func (h *hydration) foreign(m *managed) {
	owning := h.unit.db.shape(m.meta).owning
	for i, p := range h.src.hydrated {
		if p.Relation == nil || p.Relation.Style != mapper.PointerField || !p.Relation.Owning {
			continue
		}
		if m.foreign == nil {
			m.foreign = make([]*slot.Entry, len(owning))
		}
		at := slices.Index(owning, p)
		if at < 0 {
			continue // of another subtype
		}
		m.foreign[at] = nil
		if key := h.cur.Reference(i); key != nil {
			m.foreign[at] = h.Resolve(p.Relation.Target, key)
		}
	}
}

// take copies one property of the entity at src into m, as loaded and unchanged.
func (u *unit) take(m *managed, p *mapper.Property, src unsafe.Pointer) error {
	if err := p.CopyLeaf(m.Entity, src); err != nil {
		return err
	}
	if m.snap == nil {
		u.snapshot(m)
	} else if err := p.CopyLeaf(m.snap, src); err != nil {
		return err
	}
	m.loaded.Add(p.Index)
	return nil
}
