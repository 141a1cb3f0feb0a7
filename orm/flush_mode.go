package orm

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// FlushMode says when pending changes are written.
type FlushMode uint8

// The flush modes.
const (
	// FlushAuto writes before a query that touches the types of pending changes.
	FlushAuto FlushMode = iota
	// FlushCommit writes on Flush and at the end of a transaction only.
	FlushCommit
	// FlushAlways writes before every query.
	FlushAlways
)

// SetFlushMode sets the mode of the manager; the default is FlushAuto.
func (em *EntityManager) SetFlushMode(mode FlushMode) { em.mode = mode }

// FlushWith sets the flush mode of one read.
func FlushWith(mode FlushMode) FindOption {
	return func(o *findOptions) { o.mode = &mode }
}

// flushBefore writes pending changes a read would miss.
func (em *EntityManager) flushBefore(ctx context.Context, r *request) error {
	mode := em.mode
	if r.opts.mode != nil {
		mode = *r.opts.mode
	}
	if mode == FlushCommit || em.hooking || r.opts.refresh || r.opts.err != nil || r.opts.limit == 0 || em.scope.unresolved != nil {
		return nil
	}
	if em.unit.idle() {
		return nil
	}
	wide := mode == FlushAlways || len(r.opts.populate) > 0 || paths(r.cond)
	if !em.unit.changed(func(e *mapper.Entity) bool { return wide || e.Root() == r.meta.Root() }) {
		return nil
	}
	return em.flushFor(ctx, "find", r.meta.Name)
}

func anyEntity(*mapper.Entity) bool { return true }

// paths reports a condition that may look beyond the root's own columns.
func paths(cond any) bool {
	var c M
	switch cond := cond.(type) {
	case M:
		c = cond
	case nil:
		return false
	default:
		_, isTree := cond.(conditions.Expr)
		_, isDocument := cond.(D)
		return isTree || isDocument
	}
	for key, value := range c {
		switch value.(type) {
		case M, D, []any, []M, conditions.Expr:
			return true
		}
		if slices.Contains([]byte(key), '.') {
			return true
		}
	}
	return false
}

// idle reports that nothing is managed that could have changed.
func (u *unit) idle() bool { return len(u.tracked) == 0 && len(u.mistakes) == 0 }

// changed reports pending work on the types that concern a query. It compares
// with the snapshots and changes nothing.
func (u *unit) changed(concerns func(*mapper.Entity) bool) bool {
	if len(u.mistakes) > 0 {
		return true
	}
	for _, m := range u.tracked {
		if m == nil || m.Entity == nil || !u.touches(m, concerns) {
			continue
		}
		if m.state == fresh || m.state == removed || m.snap != nil && u.dirty(m) {
			return true
		}
	}
	return false
}

// touches reports whether writing m may concern a query: by its own type, or, for a
// new entity, by those it may bring along.
func (u *unit) touches(m *managed, concerns func(*mapper.Entity) bool) bool {
	if concerns(m.meta) {
		return true
	}
	if m.state != fresh {
		return false
	}
	s := u.db.shape(m.meta)
	for _, relations := range [][]*mapper.Property{s.owning, s.inverse, s.many} {
		for _, p := range relations {
			if p.Relation.Cascade.Has(mapper.CascadePersist) && concerns(p.Relation.Target) {
				return true
			}
		}
	}
	return false
}

// dirty reports whether m differs from its snapshot.
func (u *unit) dirty(m *managed) bool {
	for _, p := range m.meta.Leaves {
		switch {
		case !m.loaded.Has(p.Index) || p.Virtual:
		case p.Kind.IsToMany():
			s := u.items(m, p)
			if s != nil && (s.Dirty || !slices.Equal(s.List, s.Known)) {
				return true
			}
		case p.Kind.IsToOne():
			now, target := p.Reference(m.Entity)
			before, old := p.Reference(m.snap)
			if now != before || target != old {
				return true
			}
		case p.Formula == "" && !p.Access.Equal(m.Entity, m.snap):
			return true
		}
	}
	return false
}
