package orm

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// toMany assigns the items of a collection.
func (a *assignment) toMany(at place, p *mapper.Property, v any) {
	if p.Relation.ReadOnly {
		a.fail(at, p, ErrReadOnlyRelation, p.ReadOnlyHint())
		return
	}
	list, ok := anyList(v)
	if !ok {
		a.fail(at, p, mapper.ErrValue, "a to-many relation takes a list of all its items")
		return
	}
	if slices.ContainsFunc(list, isData) && !a.follows() || at.m != nil && !at.m.IsNew() && !a.em.unit.ItemsLoaded(at.m, p) && !a.load(at, p) {
		return
	}
	before := itemsAt(p, at.at)
	next := make([]unsafe.Pointer, 0, len(list))
	for _, item := range list {
		if x := a.item(at, p, before, item); x != nil {
			next = append(next, x)
		}
	}
	next = slot.Distinct(next)
	there := slot.ListOf(before)
	joined := slices.DeleteFunc(slices.Clone(next), there.Has)
	switch same := len(next) == len(before) && len(joined) == 0 && !p.Relation.Ordered; {
	case a.add && len(joined) == 0:
	case a.add:
		if a.allowed(at, p) {
			a.do = append(a.do, func() { addItemsAt(p, at.at, joined) })
		}
	case same: // which needs no permission: the data may be about what is in the items
		if a.permits(at, p) && p.Relation.Style == mapper.CollectionField {
			a.do = append(a.do, p.Collection(at.at).Confirm)
		}
	case a.allowed(at, p):
		a.do = append(a.do, func() { setItemsAt(p, at.at, next) })
	}
}

// anyList returns the members of a list of any kind that data is written with; nil is empty.
func anyList(v any) ([]any, bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case []any:
		return v, true
	case []M:
		return toAny(v), true
	case []string:
		return toAny(v), true
	case []int:
		return toAny(v), true
	case []int64:
		return toAny(v), true
	}
	return nil, false
}

func toAny[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// item returns the entity that a member of a list means, nil after a mistake.
func (a *assignment) item(at place, p *mapper.Property, items []unsafe.Pointer, v any) unsafe.Pointer {
	target := p.Relation.Target
	data, ok := v.(map[string]any)
	if !ok {
		entry := a.other(at, p, v)
		if entry == nil || !a.present(at, p, entry) {
			return nil
		}
		return entry.Entity
	}
	key, given := keyIn(target, data)
	if !given {
		made := target.New()
		a.entity(place{target, made, nil, at.join(p)}, data)
		return made
	}
	wanted, err := target.KeyFrom(key)
	if err != nil {
		a.failWith(at, p, err)
		return nil
	}
	for _, x := range items {
		if own, ok := target.KeyOf(x); ok && own == wanted {
			a.existing(at, p, x, data)
			return x
		}
	}
	a.fail(at, p, ErrNotFound, "no item has the key "+subject(target.Name, wanted)+" of the data; give the key alone to add that")
	return nil
}

// itemsAt returns the items of a to-many property.
func itemsAt(p *mapper.Property, x unsafe.Pointer) []unsafe.Pointer {
	if p.Relation.Style != mapper.CollectionField {
		return *p.Slice(x)
	}
	if c := p.Collection(x); c.Items != nil {
		return c.Items.View()
	}
	return nil
}

// setItemsAt replaces the items of a to-many property.
func setItemsAt(p *mapper.Property, x unsafe.Pointer, list []unsafe.Pointer) {
	if p.Relation.Style != mapper.CollectionField {
		*p.Slice(x) = list
		return
	}
	p.Collection(x).Replace(list)
}

// addItemsAt adds items that are not there yet.
func addItemsAt(p *mapper.Property, x unsafe.Pointer, list []unsafe.Pointer) {
	if p.Relation.Style != mapper.CollectionField {
		field := p.Slice(x)
		*field = append(slices.Clip(*field), list...)
		return
	}
	p.Collection(x).Add(list)
}
