package orm

import (
	"errors"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// toOne assigns a reference, or the entity behind it.
func (a *assignment) toOne(at place, p *mapper.Property, v any) {
	if !p.Relation.Owning {
		a.fail(at, p, ErrNotAllowed, "the other side of the relation holds the reference")
		return
	}
	data, isMap := v.(map[string]any)
	if isMap && !a.follows() || p.Relation.Style == mapper.PointerField && at.m != nil && !at.m.IsNew() && !a.load(at, p) {
		return
	}
	if isMap {
		if p.Relation.IsAny() {
			a.anyTarget(at, p, data)
			return
		}
		a.target(at, p, data)
		return
	}
	if !a.allowed(at, p) {
		return
	}
	if v == nil {
		if !p.Nullable {
			a.fail(at, p, ErrRequired, "")
			return
		}
		a.do = append(a.do, func() { p.SetReference(at.at, nil, nil) })
		return
	}
	if entry := a.other(at, p, v); entry != nil {
		if p.Relation.Style == mapper.PointerField && !a.present(at, p, entry) {
			return
		}
		a.do = append(a.do, func() { p.SetReference(at.at, entry, entry.Entity) })
	}
}

// load reads a relation of a managed entity.
func (a *assignment) load(at place, p *mapper.Property) bool {
	if err := a.em.loader.Relation(a.ctx, at.m, p); err != nil {
		a.errs = append(a.errs, err)
		return false
	}
	return true
}

// other finds the place of an entity given by key or as it is.
func (a *assignment) other(at place, p *mapper.Property, v any) *slot.Entry {
	target := p.Relation.Target
	if e, x, err := a.em.locate("assign", v); err == nil && e.IsSubtypeOf(target) {
		if m := a.em.unit.Find(x); m != nil {
			return &m.Entry
		}
		return p.NewEntry(e, x, nil)
	}
	key, err := target.KeyFrom(v)
	if err != nil {
		a.failWith(at, p, err)
		return nil
	}
	return &a.em.unit.Entry(target, key).Entry
}

// present reads the entity of an entry where it is not there.
func (a *assignment) present(at place, p *mapper.Property, e *slot.Entry) bool {
	if e.Entity != nil {
		return true
	}
	if err := a.em.loader.Target(a.ctx, unit.Of(e)); err != nil {
		if errors.Is(err, ErrNotFound) {
			a.fail(at, p, ErrNotFound, "there is no "+p.Relation.Target.Name+" with this key")
		} else {
			a.errs = append(a.errs, err)
		}
		return false
	}
	return true
}

// anyTarget assigns to a polymorphic reference data that names the type of its target, as in
// {"Post": 7} or {"Post": {"title": ...}}.
func (a *assignment) anyTarget(at place, p *mapper.Property, data M) {
	for name, v := range data {
		switch branch := p.Relation.Target.Property(name); {
		case branch == nil || len(data) != 1:
			a.fail(at, p, ErrNotAllowed, "the data names the type of the target and nothing else, as in {\""+p.Relation.Target.Targets[0].Entity.Name+"\": key}")
		case v == nil:
			a.fail(at, p, ErrRequired, "the key of the target is nil; give nil in the place of the whole for no target")
		default:
			a.toOne(at, branch, v)
		}
		return
	}
	a.fail(at, p, ErrNotAllowed, "the data does not name the type of the target")
}

// target assigns to the entity behind a reference, or to a new one.
func (a *assignment) target(at place, p *mapper.Property, data M) {
	entry, x := p.Reference(at.at)
	if _, given := keyIn(p.Relation.Target, data); a.anew && !given {
		entry, x = nil, nil
	}
	if entry == nil && x == nil {
		if a.allowed(at, p) {
			made := p.Relation.Target.New()
			a.entity(place{p.Relation.Target, made, nil, at.join(p)}, data)
			a.do = append(a.do, func() { p.SetReference(at.at, p.NewEntry(p.Relation.Target, made, nil), made) })
		}
		return
	}
	if entry != nil {
		if entry.Entity == nil {
			if entry.Home == nil { // made by ToKey: it has no place yet
				if entry = a.other(at, p, entry.Key); entry == nil {
					return
				}
			}
			if !a.present(at, p, entry) {
				return
			}
		}
		x = entry.Entity
	}
	a.existing(at, p, x, data)
}

// existing assigns to a target, whose key the data may repeat.
func (a *assignment) existing(at place, p *mapper.Property, x unsafe.Pointer, data M) {
	target := p.Relation.Target
	if key, given := keyIn(target, data); given {
		wanted, err := target.KeyFrom(key)
		if own, ok := target.KeyOf(x); err != nil || !ok || own != wanted {
			a.fail(at, p, ErrNotFound, "it refers to another entity than the data; give the key alone to refer to that")
			return
		}
	}
	m := a.em.unit.Find(x)
	if m != nil {
		target = m.Meta
	}
	a.entity(place{target, x, m, at.join(p)}, without(data, p.Relation.Target))
}

// isData reports data of an entity, not a key or the entity itself.
func isData(v any) bool {
	_, is := v.(map[string]any)
	return is
}

// follows brings the views of relations together, once, before what the entity refers to is followed:
// another view may have said where that leads, and the former target must not be changed.
func (a *assignment) follows() bool {
	if a.met {
		return a.metWell
	}
	a.met = true
	if err := a.em.unit.Meet(); err != nil {
		a.errs = append(a.errs, told("assign", err))
		return false
	}
	a.metWell = true
	return true
}
