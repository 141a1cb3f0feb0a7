package flush

import (
	"fmt"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// carry finds which rows get other keys because theirs hold those of rows that change: they are
// found and referred to by these.
func (w *Work) carry(changes []*changeset.Change) {
	w.carrying = nil
	if len(w.keys) == 0 {
		return
	}
	k := w.Unit.Carry(w.keys, w.Enforced)
	w.carrying = k
	for _, c := range changes {
		m := w.At(c)
		switch carried := k.Of(m); {
		case c.Kind == changeset.Insert && c.Key != nil:
			c.Key = k.Final(m)
		case carried != nil:
			c.Given = &changeset.GivenKey{Key: carried.Key}
		}
	}
	keys := make(map[*unit.Managed]any, len(w.keys)+len(k.Rows))
	for m := range w.keys {
		keys[m] = k.Final(m)
	}
	for _, c := range k.Rows {
		keys[c.Row] = c.Final
	}
	w.keys = keys
}

// carriers tells the changes of rows that are carried on which changes come before.
func (w *Work) carriers() {
	w.Carried = nil
	if w.carrying == nil || len(w.carrying.Rows) == 0 {
		return
	}
	writers := map[*unit.Managed]*changeset.Change{}
	for _, c := range w.Changes {
		if c.Kind == changeset.Update && c.Writes(c.Entity.KeyColumns) {
			writers[w.At(c)] = c
		}
	}
	for _, c := range w.Changes {
		if c.Given != nil {
			c.Given.By = w.carriersOf(nil, w.carrying.Of(w.At(c)), writers)
		}
	}
	for _, c := range w.carrying.Rows {
		if writers[c.Row] == nil {
			w.Carried = append(w.Carried, plan.Carried{Entity: c.Row.Meta, Parts: mapper.Parts(nil, c.Final), By: w.carriersOf(nil, c, writers)})
		}
	}
}

// carriersOf appends the changes that give a row its key: of the rows it refers to, or of those
// these refer to.
func (w *Work) carriersOf(list []*changeset.Change, c *unit.Carried, writers map[*unit.Managed]*changeset.Change) []*changeset.Change {
	for _, target := range c.Targets {
		if by := writers[target]; by != nil {
			list = append(list, by)
		} else if carried := w.carrying.Of(target); carried != nil {
			list = w.carriersOf(list, carried, writers)
		}
	}
	return list
}

// keptKeys refuses another key for a row to which one of its own table refers, where the engine lets
// no such reference follow. Of rows that were not read the engine itself says so.
func (w *Work) keptKeys() error {
	if !w.OwnReferences || w.carrying == nil {
		return nil
	}
	for _, c := range w.Changes {
		if c.Kind != changeset.Update || !c.Writes(c.Entity.KeyColumns) {
			continue
		}
		m := w.At(c)
		if row, p := w.Unit.Refers(m); row != nil {
			return &unit.Problem{Class: driver.ErrUnsupported, Entity: c.Entity.Name, Key: c.Key,
				Detail: fmt.Sprintf("its key cannot change while %s.%s refers to it: on %s a reference within a table does not follow; empty it and flush first",
					fault.Subject(row.Meta.Name, row.Key), p.Path, w.Engine)}
		}
	}
	return nil
}
