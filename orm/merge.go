package orm

import (
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Merge makes a detached entity with a key managed, without asking the database,
// and returns the managed one. It is for entities from a cache, or from a manager
// that has ended.
//
// Where the manager does not have the key yet, entity itself becomes managed, as if
// it had just been read: what it holds counts as stored, later changes are written.
// Where another instance is managed and loaded, that one takes over the plain values and
// to-one references of entity, as changes, and is returned; a version other than its
// own is an *OptimisticLockError. Collections are not merged; those of an entity that
// becomes managed are not loaded.
func Merge[T any](em *EntityManager, entity *T) (*T, error) {
	if err := em.guard.enter("merge"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	e, x, err := em.unit.locate("merge", entity)
	if err != nil {
		return nil, err
	}
	m, err := em.unit.merge(e, x)
	if err != nil {
		return nil, err
	}
	return (*T)(m.Entity), nil
}

func (u *unit) merge(e *mapper.Entity, x unsafe.Pointer) (*managed, error) {
	if m := u.find(x); m != nil {
		return m, nil
	}
	key, ok := e.KeyOf(x)
	if !ok {
		return nil, &Error{Class: ErrDetached, Op: "merge", Entity: e.Name, Detail: "it has no key; persist it instead"}
	}
	m := u.entry(e, key)
	if m.Entity == nil {
		m.meta = e
		u.detach(m, x)
		u.adopt(m, x)
		u.snapshot(m)
		return m, nil
	}
	switch {
	case m.state == removed, m.snap == nil, m.loaded != nil:
		return nil, &Error{Class: ErrDetached, Op: "merge", Entity: e.Name, Key: key, Detail: "another instance of it is managed, which is removed or loaded in part"}
	case m.meta != e:
		return nil, &Error{Class: ErrDetached, Op: "merge", Entity: e.Name, Key: key, Detail: "another instance of it is managed, as " + m.meta.Name}
	}
	if v := e.Version; v != nil && !changeset.Same(v.Access.Value(x), v.Access.Value(m.Entity)) {
		return nil, &OptimisticLockError{Entity: e.Name, Key: key, Expected: v.Access.Value(x)}
	}
	return m, u.takeOver(m, x)
}

// detach takes what belongs to another manager out of the entity at x, before it
// becomes that of m: references lead to this manager's places, collections are not loaded.
func (u *unit) detach(m *managed, x unsafe.Pointer) {
	shape := u.db.shape(m.meta)
	for i, p := range shape.owning {
		entry := u.targetOf(p, x)
		if p.Relation.Style != mapper.PointerField {
			p.SetReference(x, entry, nil)
			continue
		}
		if m.foreign == nil {
			m.foreign = make([]*slot.Entry, len(shape.owning))
		}
		m.foreign[i] = entry
		if entry == nil || entry.Entity == nil {
			p.SetReference(x, nil, nil) // not loaded: the row's value is remembered beside
			continue
		}
		p.SetReference(x, nil, entry.Entity)
	}
	for _, p := range shape.inverse {
		p.SetReference(x, nil, nil)
	}
	for _, p := range shape.many {
		if p.Relation.Style == mapper.CollectionField {
			p.Collection(x).Items = nil
		} else {
			*p.Slice(x) = nil
		}
	}
}

// targetOf returns this manager's place of what a reference of a detached entity leads to.
func (u *unit) targetOf(p *mapper.Property, x unsafe.Pointer) *slot.Entry {
	key, ok := p.TargetKey(x)
	if !ok {
		return nil
	}
	return &u.entry(p.Relation.Target, key).Entry
}

// takeOver copies plain values and references of a detached entity.
func (u *unit) takeOver(m *managed, x unsafe.Pointer) error {
	for _, p := range m.meta.Leaves {
		if p.Primary || p.Version || p.Virtual || p.Formula != "" || p.Relation != nil {
			continue
		}
		if err := p.CopyLeaf(m.Entity, x); err != nil {
			return err
		}
	}
	for _, p := range u.db.shape(m.meta).owning {
		if p.Primary {
			continue
		}
		entry := u.targetOf(p, x)
		if p.Relation.Style == mapper.PointerField && (entry == nil || entry.Entity == nil) {
			if entry != nil && u.reference(m, p) == entry {
				continue // the same, not loaded on either side
			}
			if entry != nil {
				return &Error{Class: ErrNotLoaded, Op: "merge", Entity: m.meta.Name, Key: m.Key, Path: p.Path,
					Detail: "it leads to an entity that is not loaded here"}
			}
			continue
		}
		var target unsafe.Pointer
		if entry != nil {
			target = entry.Entity
		}
		p.SetReference(m.Entity, entry, target)
	}
	return nil
}
