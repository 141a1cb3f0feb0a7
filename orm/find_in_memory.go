package orm

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
)

// identifying are the values that a condition asks for when it names at most one row: a
// key, or values of properties a unique one is among.
type identifying struct {
	entity *mapper.Entity
	key    any
	values map[*mapper.Property]any
}

// identifying returns what the condition of a request identifies a row by; ok is false when it
// does not, or when the answer is not the manager's to give.
func (em *EntityManager) identifying(r *request, key any, byKey bool) (id identifying, ok bool) {
	o := &r.opts
	if o.readOnly || o.Refresh || o.Lock.Mode != qb.NoLock || o.Offset > 0 || o.Limit == 0 || em.filtering.hides(r.Entity, o) {
		return id, false
	}
	if byKey {
		return identifying{entity: r.Entity, key: key}, true
	}
	cond, is := r.Cond.(M)
	if !is {
		return id, false
	}
	id = identifying{entity: r.Entity, values: map[*mapper.Property]any{}}
	unique, parts := false, 0
	for name, given := range cond {
		p := r.Entity.Property(name)
		if p == nil || p.Virtual || p.Index < 0 || p.Kind.IsToMany() || p.Kind == mapper.Inline {
			return id, false
		}
		v, is := identity(p, given)
		if !is {
			return id, false
		}
		id.values[p] = v
		unique = unique || p.Unique
		if p.Primary {
			parts++
		}
	}
	return id, unique || parts > 0 && parts == len(r.Entity.Key) || id.together()
}

// together reports that the values are all of a unique index over several columns.
func (id identifying) together() bool {
	return slices.ContainsFunc(id.entity.Indexes, func(x *mapper.Index) bool {
		other := func(c *mapper.Column) bool { return c.Property == nil || id.values[c.Property] == nil }
		return x.Unique && x.Where == "" && len(x.Columns) > 0 && !slices.ContainsFunc(x.Columns, other)
	})
}

// identity is the canonical value that a property must have to equal what was given.
func identity(p *mapper.Property, given any) (any, bool) {
	var v any
	var err error
	switch {
	case given == nil:
		return nil, false
	case p.Relation != nil && !p.Relation.Owning:
		return nil, false
	case p.Relation != nil:
		v, err = p.Relation.Target.KeyFrom(given)
	case p.Type == nil:
		return nil, false
	default:
		v, err = p.Type.Convert(given)
	}
	return v, err == nil && v != nil
}

// meets reports that an entity has the identifying values.
func (id identifying) meets(u *unit.Unit, m *managed) bool {
	if m.Entity == nil || !m.Meta.IsSubtypeOf(id.entity) {
		return false
	}
	if id.values == nil {
		key, ok := u.KeyOf(m)
		return ok && key == id.key
	}
	for p, want := range id.values {
		if p.Relation != nil {
			e := u.Reference(m, p)
			if e == nil {
				return false
			}
			if key, ok := p.Relation.Target.EntryKey(e); !ok || key != want {
				return false
			}
			continue
		}
		if !m.Loaded.Has(p.Index) || !changeset.Same(p.Access.Value(m.Entity), want) {
			return false
		}
	}
	return true
}

// pendingOne answers a read of one row from what was not flushed, in modes that do not
// flush before: a new entity is found, one that is to be removed is not.
func (em *EntityManager) pendingOne(id identifying, ok bool) (found *managed, removed bool) {
	if !ok {
		return nil, false
	}
	// What is wrong with the views the flush reports.
	_ = em.looking(func(synced unit.Synced) {
		for _, m := range synced.New {
			if id.meets(em.unit, m) {
				found = m
				return
			}
		}
		removed = slices.ContainsFunc(synced.Suspects, func(m *managed) bool { return m.State == unit.Removed && id.meets(em.unit, m) })
	})
	return found, removed
}

// known answers a read by primary key from the identity map.
func (em *EntityManager) known(r *request, key any) (*managed, bool) {
	if r.opts.Refresh || r.opts.Lock.Mode != qb.NoLock || r.opts.readOnly || r.opts.Offset > 0 || em.filtering.hides(r.Entity, &r.opts) {
		return nil, false
	}
	m := em.unit.Lookup(r.Entity, key)
	if m == nil || m.Entity == nil || m.Loaded != nil || m.State == unit.Removed {
		return nil, false
	}
	em.unit.Pin(m)
	return m, m.Meta.IsSubtypeOf(r.Entity)
}

func (em *EntityManager) populateKnown(ctx context.Context, m *managed, r *request) error {
	if err := em.loader.Populate(r.opts.logged(ctx), r.Entity, []*managed{m}, r.Options); err != nil {
		return err
	}
	return em.loadHooks(ctx, em.loader)
}
