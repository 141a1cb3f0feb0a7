package flush

import (
	"errors"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// Compute compares what may have changed with the snapshots. It does no I/O and
// changes no entity.
func (w *Work) Compute() error {
	found := w.discover()
	w.Changes, w.Links, w.bereft = make([]*changeset.Change, 0, len(found)), nil, nil
	opts := &changeset.Options{References: w, Unique: w.Model.Keys, Now: w.Now, Rows: len(found)}
	var errs []error
	for _, c := range found {
		write, err := c.Compute(opts)
		if err != nil {
			errs = append(errs, valueProblem(c, err))
		}
		if write {
			w.Changes = append(w.Changes, c)
			if err := Writable(c); err != nil {
				errs = append(errs, err)
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := w.succeeded(); err != nil {
		return err
	}
	w.carriers()
	if err := w.keptKeys(); err != nil {
		return err
	}
	inLockOrder(w.Changes)
	return w.computeLinks()
}

func valueProblem(c *changeset.Change, err error) error {
	var own *unit.Problem
	if errors.As(err, &own) {
		return err
	}
	return ValueProblem("", c, err)
}

// ValueProblem tells of a value that cannot be written, and of its property where that is known.
func ValueProblem(op string, c *changeset.Change, err error) *unit.Problem {
	problem := &unit.Problem{Class: mapper.ErrValue, Op: op, Entity: c.Entity.Name, Key: c.Key, Err: err}
	if of, ok := errors.AsType[*changeset.PropertyError](err); ok {
		problem.Path, problem.Err = of.Property.Path, of.Err
	}
	return problem
}

// discover lists the entities with their intents, in order of arrival.
func (w *Work) discover() []*changeset.Change {
	u := w.Unit
	// What is removed is mostly among the suspects.
	list := make([]*unit.Managed, 0, len(w.synced.New)+max(len(w.synced.Suspects), len(w.removed)))
	for _, m := range w.synced.New {
		if !m.Goes {
			list = append(list, m)
		}
	}
	for _, m := range w.synced.Suspects {
		if m.Stored() && !m.Goes {
			list = append(list, m)
		}
	}
	for _, m := range w.removed {
		if !m.IsNew() {
			list = append(list, m)
		}
	}
	memory := make([]changeset.Change, len(list))
	changes := make([]*changeset.Change, len(list))
	w.keys = nil
	unit.InArrival(list)
	for i, m := range list {
		c := &memory[i]
		c.Entity, c.Ordinal, c.Key, c.Current, c.Snapshot, c.Loaded = m.Meta, m.Ordinal(), m.Key, m.Entity, m.Snap, m.Loaded
		switch {
		case m.IsNew():
			c.Kind, c.Loaded = changeset.Insert, nil
			if key, ok := u.KeyOf(m); ok {
				c.Key = key
			}
		case m.Goes:
			c.Kind, c.Soft = changeset.Delete, w.soft(m)
		default:
			c.Kind = changeset.Update
			if key, changed := u.NewKey(m); changed {
				if w.keys == nil {
					w.keys = map[*unit.Managed]any{}
				}
				w.keys[m] = key
			}
		}
		changes[i] = c
	}
	w.carry(changes)
	w.found = changes
	return changes
}

// NotReadOnly refuses to write an entity that is mapped as read-only.
func NotReadOnly(e *mapper.Entity, key any) error {
	if !e.ReadOnly {
		return nil
	}
	return &unit.Problem{Class: ErrReadOnly, Entity: e.Name, Key: key, Detail: "write the entities that its rows are made of"}
}

// Writable refuses a read-only entity, a row of exactly an abstract type, and a new
// key for an entity whose rows in several tables refer to each other by it.
func Writable(c *changeset.Change) error {
	if err := NotReadOnly(c.Entity, c.Key); err != nil {
		return err
	}
	if c.Kind == changeset.Insert && c.Entity.Abstract {
		return &unit.Problem{Class: unit.ErrNotPersisted, Entity: c.Entity.Name,
			Detail: "the type is abstract; persist the entity itself, since a pointer to its base does not tell its type"}
	}
	if c.Kind != changeset.Update || len(c.Entity.StoredIn()) == 1 || !c.Writes(c.Entity.KeyColumns) {
		return nil
	}
	return &unit.Problem{Class: driver.ErrUnsupported, Entity: c.Entity.Name, Key: c.Key,
		Detail: "its key cannot change, because the rows of its tables refer to each other by it; persist a copy and remove this one"}
}
