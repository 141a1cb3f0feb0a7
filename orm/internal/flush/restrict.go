package flush

import (
	"fmt"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// Held is what a database says of a row that another one refers to by p and so keeps from
// being deleted, or changed, on an engine that has no foreign keys: rule tells why.
type Held struct {
	Engine string
	By     *mapper.Property
	// Entity and Key name the row that is kept, HolderKey is the key of the row of Holder.
	Entity         string
	Key, HolderKey any
	Holder         *mapper.Entity
	Rule           string
}

// Violation returns the error, in terms of the model.
func (h *Held) Violation(op string) *fault.ConstraintError {
	e := &driver.Error{
		Class: driver.ErrForeignKeyViolation, Engine: h.Engine, Table: h.Holder.Table.Name, Op: -1, Row: -1,
		Err: fmt.Errorf("%s.%s refers to it: %s", fault.Subject(h.Holder.Name, h.HolderKey), h.By.Path, h.Rule),
	}
	for _, c := range h.By.Columns {
		e.Columns = append(e.Columns, c.Name)
	}
	return &fault.ConstraintError{Op: op, Entity: h.Entity, Key: h.Key, Err: e}
}

// holder is a row that refers to one that is deleted.
type holder struct {
	row *unit.Managed
	by  *mapper.Property
}

// held refuses the deletion of a row to which another one refers in the end that is not
// deleted itself, where the mapping says so and the database does not.
func (w *Work) held() error {
	if len(w.holders) == 0 {
		return nil
	}
	deleted := w.deleted()
	for _, h := range w.holders {
		target := w.Unit.EntryOf(w.Unit.Reference(h.row, h.by))
		if h.row.Goes || !h.row.Stored() || target == nil || !deleted[target] {
			continue
		}
		held := Held{
			Engine: w.Engine, By: h.by, Entity: target.Meta.Name, Key: target.Key,
			Holder: h.row.Meta, HolderKey: h.row.Key, Rule: "onDelete=" + string(h.by.Relation.OnDelete),
		}
		return held.Violation("")
	}
	return nil
}

// leads notes a reference that is written and leads to a row that is deleted.
func (w *Work) leads(m *unit.Managed, p *mapper.Property, to *slot.Entry) {
	if target := w.Unit.EntryOf(to); target != nil && target.Goes && !target.IsNew() && !w.soft(target) {
		w.bereft = append(w.bereft, holder{m, p})
	}
}

// succeeded refuses the deletion of a row that a reference leads to which is written, where another
// row takes the value that stands for it: the reference would lead to that one, and no database
// could tell.
func (w *Work) succeeded() error {
	for _, h := range w.bereft {
		target := w.Unit.EntryOf(w.Unit.Reference(h.row, h.by))
		values, name, by := mapper.Parts(nil, target.Key), "key", h.by.Relation.By
		if by != nil {
			values, name = []any{by.Access.Value(target.Snap)}, by.Path
		}
		for _, c := range w.Changes {
			columns := c.Entity.KeyColumns
			if by != nil {
				columns = by.Columns
			}
			if c.Kind != changeset.Delete && c.Entity.Root() == target.Meta.Root() && takes(c, columns, values) {
				held := Held{
					Engine: w.Engine, By: h.by, Entity: target.Meta.Name, Key: target.Key,
					Holder: h.row.Meta, HolderKey: h.row.Key, Rule: "another row takes its " + name,
				}
				return held.Violation("")
			}
		}
	}
	return nil
}

// takes reports a change after which a row has these values that has not had them all before.
func takes(c *changeset.Change, columns []*mapper.Column, values []any) bool {
	for i, column := range columns {
		if cell, known := c.Cell(column); !known || !changeset.Same(cell.After, values[i]) {
			return false
		}
	}
	return c.Writes(columns)
}
