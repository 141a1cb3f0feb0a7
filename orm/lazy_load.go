package orm

import (
	"context"
	"strconv"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// home is the manager as references and collections see it. Clear gives the
// manager a new one, so that references of before are told apart.
type home struct {
	slot.Manager // leads to the home itself
	em           *EntityManager
	cleared      bool
}

// homeOf returns a new home of a manager; one that is cleared reads no more, and needs none.
func homeOf(em *EntityManager, cleared bool) *home {
	h := &home{}
	h.of(em, cleared)
	return h
}

// of makes h a home of a manager.
func (h *home) of(em *EntityManager, cleared bool) { h.Home, h.em, h.cleared = h, em, cleared }

// Load reads the entity behind e, or the items of c.
func (h *home) Load(ctx context.Context, e *slot.Entry, c *slot.Collection) error {
	em := h.em
	switch {
	case h.whole(e, c):
		return nil
	case h.cleared:
		return &Error{Class: ErrDetached, Op: "load", Detail: unit.Of(e).Describe() + " was read by ReadOnly, cleared from its manager, or released by a stream that has gone on"}
	}
	if err := em.guard.enter("load"); err != nil {
		return err
	}
	defer em.guard.leave()
	m := unit.Of(e)
	if c != nil {
		p := h.property(m, c)
		err := em.loads(ctx, p.Entity.Name+"."+p.Path, strconv.Quote(p.Path))
		if err == nil {
			err = em.loader.Relation(ctx, m, p)
		}
		return join(err, em.loadHooks(ctx, em.loader))
	}
	err := em.loads(ctx, m.Meta.Name, "the relation that leads to "+m.Meta.Name)
	switch {
	case err != nil:
	case m.Entity != nil:
		err = em.loader.Complete(ctx, []*managed{m})
	case m.Unread:
		err = em.loader.Unread(ctx, m)
	default:
		err = em.loader.Target(ctx, m)
	}
	return join(err, em.loadHooks(ctx, em.loader))
}

// whole reports that there is nothing to read: what is asked for is in memory, and so are
// the properties of it that an ordinary read has. A manager that let go of it reads no more.
func (h *home) whole(e *slot.Entry, c *slot.Collection) bool {
	m := unit.Of(e)
	if c == nil {
		return e.Entity != nil && (h.cleared || h.em.loader.Whole(m))
	}
	if h.cleared {
		return c.Items != nil && c.Items.Loaded
	}
	p := h.property(m, c)
	return p != nil && h.em.loader.ItemsWhole(m, p)
}

// Changed keeps the other side of a relation in step with a collection.
func (h *home) Changed(owner *slot.Entry, c *slot.Collection, item unsafe.Pointer, joined bool) {
	m := unit.Of(owner)
	if p := h.property(m, c); p != nil && !h.cleared {
		h.em.unit.Changed(m, p, item, joined)
	}
}

// Heeds reports that the manager wants to be told of items that are there already.
func (h *home) Heeds() bool { return !h.cleared && h.em.unit.Heeds() }

// TypeOf tells of which type the entity behind e is.
func (h *home) TypeOf(e *slot.Entry) (typ any, name string) {
	m := unit.Of(e)
	return m.Meta.GoType, m.Meta.Name
}

// ItemKey returns the key of an item, nil while it has none.
func (h *home) ItemKey(owner *slot.Entry, c *slot.Collection, item unsafe.Pointer) any {
	p := h.property(unit.Of(owner), c)
	if p == nil {
		return nil
	}
	if key, ok := p.Relation.Target.KeyOf(item); ok {
		return key
	}
	return nil
}

// Describe names an entity and one of its collections.
func (h *home) Describe(e *slot.Entry, c *slot.Collection) string {
	m := unit.Of(e)
	if c == nil {
		return m.Describe()
	}
	if p := h.property(m, c); p != nil {
		return m.Describe() + "." + p.Path
	}
	return ""
}

// property finds the relation whose field c is, nil when c lies outside of m's entity.
func (h *home) property(m *managed, c *slot.Collection) *mapper.Property {
	if m.Entity == nil {
		return nil
	}
	for _, p := range h.em.unit.Shape(m.Meta).Collections {
		if p.Collection(m.Entity) == c {
			return p
		}
	}
	return nil
}
