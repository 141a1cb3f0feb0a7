package exec

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// Outcome is what the database answered to a plan.
type Outcome struct {
	changes  int
	returned [][]any // by Change.Number; nil before the first
	// free are the values that stand for others meanwhile.
	free map[*plan.Free]any
	// Statements is the number of operations sent.
	Statements int
}

// Returned returns the values of c.Returning, nil when there are none.
func (o *Outcome) Returned(c *changeset.Change) []any {
	if o.returned == nil {
		return nil
	}
	return o.returned[c.Number]
}

// Return adds what columns of a row have become to what its operations returned.
func (o *Outcome) Return(c *changeset.Change, columns []*mapper.Column, values []any) {
	if o.returned == nil {
		o.returned = make([][]any, o.changes)
	}
	list, returned := slices.Clone(c.Returning()), slices.Clone(o.returned[c.Number])
	for i, column := range columns {
		if at := slices.Index(list, column); at >= 0 && at < len(returned) {
			returned[at] = values[i]
		} else {
			list, returned = append(list[:len(returned)], column), append(returned, values[i])
		}
	}
	c.Return(list)
	o.returned[c.Number] = returned
}

// put keeps the values an operation read back, which are all of its change's
// Returning or, where several tables hold the entity, a part of them.
func (o *Outcome) put(op *plan.Op, values []any) {
	c := op.Change
	if o.returned == nil {
		o.returned = make([][]any, o.changes)
	}
	if len(op.Returning) == len(c.Returning()) {
		o.returned[c.Number] = values
		return
	}
	if o.returned[c.Number] == nil {
		o.returned[c.Number] = make([]any, len(c.Returning()))
	}
	for i, column := range op.Returning {
		o.returned[c.Number][slices.Index(c.Returning(), column)] = values[i]
	}
}

// Key returns the key of an inserted row, now that all of its parts are known.
func (o *Outcome) Key(c *changeset.Change) any {
	if c.Key != nil {
		return c.Key
	}
	if len(c.Entity.KeyColumns) == 1 {
		return o.part(changeset.Handle{Of: c})
	}
	parts := make([]any, len(c.Entity.KeyColumns))
	for i := range parts {
		parts[i] = o.part(changeset.Handle{Of: c, Part: i})
	}
	return mapper.NewTuple(parts)
}

// Resolve replaces a handle with the value that exists by now, and a free value with
// the one that was chosen.
func (o *Outcome) Resolve(v any) any {
	switch v := v.(type) {
	case changeset.Handle:
		return o.part(v)
	case *plan.Free:
		return o.free[v]
	}
	return v
}

// part returns the value a handle stands for. Where the part is a reference to
// another new row, its value is a handle as well.
func (o *Outcome) part(h changeset.Handle) any {
	for {
		column := h.Of.Entity.KeyColumns[h.Part]
		if v, ok := o.returnedColumn(h.Of, column); ok {
			return v
		}
		cell, _ := h.Of.Cell(column)
		next, ok := cell.After.(changeset.Handle)
		if !ok {
			return cell.After
		}
		h = next
	}
}

func (o *Outcome) returnedColumn(c *changeset.Change, column *mapper.Column) (any, bool) {
	values := o.Returned(c)
	for i, r := range c.Returning() {
		if r == column && i < len(values) {
			return values[i], true
		}
	}
	return nil, false
}
