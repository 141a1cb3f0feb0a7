package orm

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// compute discovers what the unit intends and compares it with the snapshots. It
// does no I/O and changes no entity.
func (w *work) compute() error {
	candidates := w.discover()
	opts := &changeset.Options{References: w, Unique: w.unit.db.model.Keys, Now: w.now}
	var errs []error
	for _, c := range candidates {
		write, err := c.Compute(opts)
		if err != nil {
			errs = append(errs, &Error{Class: mapper.ErrValue, Op: "flush", Entity: c.Entity.Name, Key: c.Key, Err: err})
		}
		if write {
			w.changes = append(w.changes, c)
			errs = append(errs, writable(c))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	inLockOrder(w.changes)
	return w.computeLinks()
}

// inLockOrder sorts the changes of existing rows by entity and key, so that two
// units that write the same rows lock them in the same order instead of waiting
// for each other. New rows keep their order of arrival, and their places.
func inLockOrder(changes []*changeset.Change) {
	var at []int
	var rows []*changeset.Change
	for i, c := range changes {
		if c.Kind != changeset.Insert {
			at, rows = append(at, i), append(rows, c)
		}
	}
	slices.SortStableFunc(rows, func(a, b *changeset.Change) int {
		if by := cmp.Compare(a.Entity.Ordinal, b.Entity.Ordinal); by != 0 {
			return by
		}
		return compareKeys(a.Key, b.Key)
	})
	for i, c := range rows {
		changes[at[i]] = c
	}
}

// compareKeys orders canonical keys of one entity; kinds without an order of
// their own go by their text.
func compareKeys(a, b any) int {
	switch a := a.(type) {
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(a, b)
		}
	case mapper.Tuple:
		if b, ok := b.(mapper.Tuple); ok {
			return cmp.Or(compareKeys(a.Head, b.Head), compareKeys(a.Tail, b.Tail))
		}
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// notReadOnly refuses to write an entity that is mapped as read-only.
func notReadOnly(op string, e *mapper.Entity, key any) error {
	if !e.ReadOnly {
		return nil
	}
	return &Error{Class: ErrReadOnlyEntity, Op: op, Entity: e.Name, Key: key, Detail: "write the entities that its rows are made of"}
}

// writable refuses a read-only entity, a row of exactly an abstract type, and a new
// key for an entity whose rows in several tables refer to each other by it.
func writable(c *changeset.Change) error {
	if err := notReadOnly("flush", c.Entity, c.Key); err != nil {
		return err
	}
	if c.Kind == changeset.Insert && c.Entity.Abstract {
		return &Error{Class: ErrNotPersisted, Op: "flush", Entity: c.Entity.Name,
			Detail: "the type is abstract; persist the entity itself, since a pointer to its base does not tell its type"}
	}
	if c.Kind != changeset.Update || len(c.Entity.StoredIn()) == 1 || !c.Writes(c.Entity.KeyColumns) {
		return nil
	}
	return &Error{
		Class: driver.ErrUnsupported, Op: "flush", Entity: c.Entity.Name, Key: c.Key,
		Detail: "its key cannot change, because the rows of its tables refer to each other by it; persist a copy and remove this one",
	}
}

// discover lists the entities with their intents, in order of arrival.
func (w *work) discover() []*changeset.Change {
	list := make([]*changeset.Change, 0, len(w.unit.tracked))
	memory := make([]changeset.Change, len(w.unit.tracked))
	for i, m := range w.unit.tracked {
		if m == nil {
			continue
		}
		m.change = nil
		c := &memory[i]
		*c = changeset.Change{Entity: m.meta, Ordinal: m.ordinal, Key: m.Key, Current: m.Entity, Snapshot: m.snap, Loaded: m.loaded}
		switch {
		case m.state == fresh:
			c.Kind, c.Loaded = changeset.Insert, nil
			if key, ok := m.meta.KeyOf(m.Entity); ok {
				c.Key = key
			}
			m.change = c
		case m.snap == nil:
			continue
		case m.state == removed:
			c.Kind = changeset.Delete
		default:
			c.Kind = changeset.Update
		}
		list = append(list, c)
	}
	return list
}

// Reference compares a to-one field with its snapshot.
func (w *work) Reference(c *changeset.Change, p *mapper.Property, always bool) (changeset.Parts, error) {
	m := w.unit.tracked[c.Ordinal]
	before := w.before(m, p)
	now := before
	if c.Kind != changeset.Delete {
		now = w.after(m, p, before)
	}
	parts := changeset.Parts{Changed: before != now}
	if !parts.Changed && !always {
		return parts, nil
	}
	var err error
	if before != nil && c.Kind != changeset.Insert {
		if parts.Before, err = w.parts(m, p, before); err != nil {
			return parts, err
		}
	}
	if now != nil {
		parts.After, err = w.parts(m, p, now)
	}
	return parts, err
}

// before is the reference as the row holds it.
func (w *work) before(m *managed, p *mapper.Property) *slot.Entry {
	if m.snap == nil {
		return nil
	}
	if e := w.unit.fieldEntry(m, m.snap, p); e != nil || m.foreign == nil {
		return e
	}
	return m.foreign[slices.Index(w.unit.db.shape(m.meta).owning, p)]
}

// after is the reference as the entity holds it. A plain pointer that is nil
// means NULL only where it was loaded, or the entity is new.
func (w *work) after(m *managed, p *mapper.Property, before *slot.Entry) *slot.Entry {
	e := w.unit.fieldEntry(m, m.Entity, p)
	if e != nil || p.Relation.Style != mapper.PointerField || m.snap == nil {
		return e
	}
	if _, loaded := p.Reference(m.snap); loaded == nil {
		return before
	}
	return nil
}

// parts returns the key of a target, with handles for what is not known yet.
func (w *work) parts(m *managed, p *mapper.Property, e *slot.Entry) ([]any, error) {
	target := w.unit.entryOf(e)
	switch {
	case target == nil:
		return nil, &Error{Class: ErrDetached, Op: "flush", Entity: m.meta.Name, Key: m.Key, Path: p.Path, Detail: "it refers to an entity of another manager"}
	case target.Key != nil:
		return mapper.Parts(nil, target.Key), nil
	case target.change != nil:
		return target.change.KeyParts(nil), nil
	}
	return nil, &Error{Class: ErrNotPersisted, Op: "flush", Entity: m.meta.Name, Key: m.Key, Path: p.Path, Detail: "it refers to a removed entity"}
}

// linkWork is a link change and the collection it comes from.
type linkWork struct {
	change *changeset.LinkChange
	owner  *managed
	list   []unsafe.Pointer
}

// computeLinks compares the owning sides of many-to-many relations with their known items.
func (w *work) computeLinks() error {
	for _, m := range w.unit.tracked {
		if m == nil || m.Entity == nil || m.state == removed || m.snap == nil && m.state == clean {
			continue
		}
		for _, p := range w.unit.db.shape(m.meta).many {
			if p.Kind != mapper.ManyToMany || !p.Relation.Owning {
				continue
			}
			l, err := w.link(m, p)
			if err != nil {
				return err
			}
			if l != nil && !l.change.Empty() {
				if err := notReadOnly("flush", m.meta, m.Key); err != nil {
					return err
				}
				w.links = append(w.links, l)
			}
		}
	}
	return nil
}

// link computes the link change of one collection, nil when it cannot have changed.
func (w *work) link(m *managed, p *mapper.Property) (*linkWork, error) {
	s := w.unit.items(m, p)
	if s == nil || slices.Equal(s.List, s.Known) && len(s.Removed) == 0 && !s.Replaced {
		return nil, nil
	}
	owner, err := w.parts(m, p, &m.Entry)
	if err != nil {
		return nil, err
	}
	l := &linkWork{owner: m, list: s.List}
	l.change = &changeset.LinkChange{Relation: p, Ordinal: m.ordinal, Owner: owner, Clear: s.Replaced && m.state != fresh}
	known := s.Known
	if l.change.Clear {
		known = nil
	}
	d := changeset.DiffItems(known, s.List)
	if l.change.Added, err = w.targets(m, p, s.List, d.Added); err != nil {
		return nil, err
	}
	if p.Relation.Ordered {
		if l.change.Moved, err = w.targets(m, p, s.List, d.Moved); err != nil {
			return nil, err
		}
	}
	if l.change.Clear {
		return l, nil
	}
	gone := slices.Clone(s.Removed)
	for _, i := range d.Removed {
		if !s.HasRemoved(known[i]) {
			gone = append(gone, known[i])
		}
	}
	every := make([]int, len(gone))
	for i := range every {
		every[i] = i
	}
	l.change.Removed, err = w.targets(m, p, gone, every)
	return l, err
}

// targets makes links of the items at the given indexes.
func (w *work) targets(m *managed, p *mapper.Property, items []unsafe.Pointer, at []int) ([]changeset.Link, error) {
	var links []changeset.Link
	for _, i := range at {
		target := w.unit.find(items[i])
		if target == nil || target.state == removed && target.Key == nil {
			continue
		}
		parts, err := w.parts(m, p, &target.Entry)
		if err != nil {
			return nil, err
		}
		links = append(links, changeset.Link{Target: parts, Position: i})
	}
	return links, nil
}
