package flush

import (
	"errors"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// generate makes the values of new entities that are made before an insert.
func (w *Work) generate() error {
	var errs []error
	for _, m := range w.synced.New {
		for _, p := range m.Meta.Leaves {
			if p.OnCreate == nil || p.Kind.IsRelation() || p.Access.IsZero != nil && !p.Access.IsZero(m.Entity) {
				continue
			}
			errs = append(errs, w.give(m, p, p.OnCreate))
		}
	}
	return errors.Join(errs...)
}

// Regenerate makes the values of a changed row that are made anew with each update.
func (w *Work) Regenerate(c *changeset.Change) error {
	if c.Kind != changeset.Update {
		return nil
	}
	for _, p := range c.Entity.Leaves {
		if p.OnUpdate != nil && !p.Absent(c.Current) {
			if err := w.give(w.Unit.At(c.Ordinal), p, p.OnUpdate); err != nil {
				return err
			}
		}
	}
	return nil
}

// give gives a property the value that a function makes.
func (w *Work) give(m *unit.Managed, p *mapper.Property, value func() any) error {
	if err := w.Unit.Store(m, p, value()); err != nil {
		return &unit.Problem{Class: mapper.ErrValue, Entity: m.Meta.Name, Key: m.Key, Path: p.Path, Err: err}
	}
	return nil
}
