package exec

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Outcome is what the database answered to a plan.
type Outcome struct {
	returned map[*changeset.Change][]any
	// Statements is the number of operations sent.
	Statements int
}

// Returned returns the values of c.Returning, nil when there are none.
func (o *Outcome) Returned(c *changeset.Change) []any { return o.returned[c] }

// Key returns the key of an inserted row, now that all of its parts are known.
func (o *Outcome) Key(c *changeset.Change) any {
	if c.Key != nil {
		return c.Key
	}
	parts := make([]any, len(c.Entity.KeyColumns))
	for i := range parts {
		parts[i] = o.resolve(changeset.Handle{Of: c, Part: i})
	}
	return mapper.NewTuple(parts)
}

// resolve replaces a handle with the value that exists by now.
func (o *Outcome) resolve(v any) any {
	for {
		h, ok := v.(changeset.Handle)
		if !ok {
			return v
		}
		column := h.Of.Entity.KeyColumns[h.Part]
		if v, ok = o.returnedColumn(h.Of, column); ok {
			return v
		}
		cell, _ := h.Of.Cell(column)
		v = cell.After
	}
}

func (o *Outcome) returnedColumn(c *changeset.Change, column *mapper.Column) (any, bool) {
	values := o.returned[c]
	for i, r := range c.Returning {
		if r == column && i < len(values) {
			return values[i], true
		}
	}
	return nil, false
}
