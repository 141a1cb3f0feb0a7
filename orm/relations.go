package orm

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
)

// reference returns what a to-one property of m refers to, nil for null: the
// slot in the field, or, for a plain pointer that is nil, what the row said.
func (u *unit) reference(m *managed, p *mapper.Property) *slot.Entry {
	e, target := p.Reference(m.Entity)
	switch {
	case e != nil:
		return e
	case target != nil:
		if found := u.find(target); found != nil {
			return &found.Entry
		}
		return nil
	case m.foreign == nil:
		return nil
	}
	return m.foreign[slices.Index(u.db.shape(m.meta).owning, p)]
}

// point fills a plain pointer whose target arrived.
func (u *unit) point(m *managed, p *mapper.Property) {
	if _, target := p.Reference(m.Entity); target != nil || m.foreign == nil {
		return
	}
	if e := m.foreign[slices.Index(u.db.shape(m.meta).owning, p)]; e != nil && e.Entity != nil {
		u.setPointer(m, p, of(e))
	}
}

// setPointer makes a to-one field refer to target, as loaded and not as changed.
func (u *unit) setPointer(m *managed, p *mapper.Property, target *managed) {
	p.SetReference(m.Entity, &target.Entry, target.Entity)
	if m.snap != nil {
		p.SetReference(m.snap, &target.Entry, target.Entity)
	}
}

// items returns the state of a to-many property, nil while it was never touched.
// For plain slices it is kept beside the entity, with List taken from the field.
func (u *unit) items(m *managed, p *mapper.Property) *slot.Items {
	if p.Relation.Style == mapper.CollectionField {
		return p.Collection(m.Entity).Items
	}
	var s *slot.Items
	if m.slices != nil {
		s = m.slices[slices.Index(u.db.shape(m.meta).many, p)]
	}
	list := *p.Slice(m.Entity)
	if s == nil && list == nil {
		return nil
	}
	if s == nil {
		s = &slot.Items{Loaded: m.state == fresh, Replaced: m.state != fresh}
		u.keepSlice(m, p, s)
	}
	s.List = slot.Distinct(list)
	return s
}

// keepSlice stores the state of a plain slice.
func (u *unit) keepSlice(m *managed, p *mapper.Property, s *slot.Items) {
	many := u.db.shape(m.meta).many
	if m.slices == nil {
		m.slices = make([]*slot.Items, len(many))
	}
	m.slices[slices.Index(many, p)] = s
}

func (u *unit) itemsLoaded(m *managed, p *mapper.Property) bool {
	s := u.items(m, p)
	return s != nil && s.Loaded && !s.Partial
}

// setItems makes the items of a collection known. What was added or removed
// before stays so.
func (u *unit) setItems(m *managed, p *mapper.Property, targets []*managed, node *populate.Node) {
	list := make([]unsafe.Pointer, 0, len(targets))
	for _, t := range targets {
		list = append(list, t.Entity)
	}
	next := &slot.Items{Known: list, Loaded: true}
	next.Partial = node.Where != nil || node.Limit >= 0 || node.Offset >= 0
	before := u.items(m, p)
	next.List = slices.Clone(list)
	if before != nil && before.Dirty && !before.Loaded {
		next.List = slices.DeleteFunc(next.List, before.HasRemoved)
		for _, x := range before.List {
			if !next.Has(x) {
				next.Join(x)
			}
		}
		next.Dirty = true
	}
	if p.Relation.Style == mapper.CollectionField {
		c := p.Collection(m.Entity)
		next.Self = c
		c.Items = next
	} else {
		*p.Slice(m.Entity) = slices.Clone(next.List)
		u.keepSlice(m, p, next)
	}
	u.backReferences(m, p, targets)
}

// backReferences points the owning side of loaded items at their owner.
func (u *unit) backReferences(m *managed, p *mapper.Property, targets []*managed) {
	if inverse := p.Relation.Inverse; p.Kind == mapper.OneToMany && inverse.Relation.Style == mapper.PointerField {
		for _, t := range targets {
			u.point(t, inverse)
		}
	}
}

// grouped reads rows that begin with their owner's key.
func (l *populator) grouped(rows driver.Rows, st *statement, owner *mapper.Entity, o *findOptions) (map[any][]*managed, *reader, error) {
	var found groups[any]
	front := make([]any, len(owner.KeyColumns))
	parts := make([]any, len(front))
	for i := range front {
		front[i] = &parts[i]
	}
	rd := newReader(l.unit, st, o)
	for rows.Next() {
		m, err := rd.row(rows, front)
		if err == nil {
			var key any
			if key, err = ownerKey(owner, parts); err == nil {
				if len(rd.all) == 1 { // nothing joined repeats a row
					found.put(key, append(found.lists[key], m))
				} else {
					found.add(key, m)
				}
				continue
			}
		}
		rows.Close()
		return nil, nil, err
	}
	rd.finish()
	return found.lists, rd, rows.Close()
}

// ownerKey makes a canonical key of raw engine values.
func ownerKey(e *mapper.Entity, raw []any) (any, error) {
	parts := make([]any, len(raw))
	for i, v := range raw {
		var err error
		if parts[i], err = e.KeyColumns[i].Type.Decode(v); err != nil {
			return nil, err
		}
	}
	return mapper.NewTuple(parts), nil
}
