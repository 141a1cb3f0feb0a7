package orm

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
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
func (em *EntityManager) SetFlushMode(mode FlushMode) {
	em = em.there()
	em.mode = mode
}

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
	em.readAnywhere()
	if mode == FlushCommit || em.writing() || r.opts.Refresh && !r.opts.Keep || r.opts.Limit == 0 || em.unresolved != nil {
		return nil
	}
	wide := mode == FlushAlways || len(r.opts.Populate) > 0 || paths(r.Cond)
	if !em.pending(func(e *mapper.Entity) bool { return wide || e.Root() == r.Entity.Root() }) {
		return nil
	}
	return em.flushFor(ctx, "find", r.Entity.Name)
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

// pending reports changes of types that concern a query and were not flushed. What
// is wrong with them counts as well: the flush reports it.
func (em *EntityManager) pending(concerns func(*mapper.Entity) bool) bool {
	if len(em.mistakes) > 0 {
		return true
	}
	found := false
	err := em.looking(func(synced unit.Synced) {
		found = len(synced.Unread) > 0 || em.changed(synced, concerns)
	})
	return found || err != nil
}

// looking brings the views of relations together and lets look see what is pending. What
// was written for that is taken back: a flush that follows may be, too, and what is wrong
// leaves nothing behind.
func (em *EntityManager) looking(look func(unit.Synced)) error {
	if em.unit.IsEmpty() {
		look(unit.Synced{})
		return nil
	}
	defer em.unit.Look().Undo()
	synced, err := em.unit.Sync()
	if err == nil {
		look(synced)
	}
	return err
}

// changed reports changes, among those that were brought together, of types that concern a query.
func (em *EntityManager) changed(synced unit.Synced, concerns func(*mapper.Entity) bool) bool {
	u := em.unit
	for _, m := range synced.New {
		if concerns(m.Meta) {
			return true
		}
	}
	for _, m := range synced.Suspects {
		switch {
		case m.State == unit.Removed && len(u.Shape(m.Meta).Spread) > 0:
			return true
		case concerns(m.Meta) && (m.State == unit.Removed || u.Dirty(m)):
			return true
		case slices.ContainsFunc(u.Missing(m), func(p *mapper.Property) bool {
			return p.Relation != nil && (concerns(m.Meta) || concerns(p.Relation.Target))
		}):
			return true // what it led to is not known yet
		}
	}
	for _, t := range u.Touched() {
		if s := u.Items(t.Owner, t.Property); s != nil && s.Dirty && (concerns(t.Owner.Meta) || concerns(t.Property.Relation.Target)) {
			return true
		}
	}
	return false
}
